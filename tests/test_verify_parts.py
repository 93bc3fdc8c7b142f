"""What `genfile verify` reads and decides without an engine: listeners, databases, contents, mends, progress."""

import io
import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as xml

import pytest

import genfile
from genfile.cli import progress, verify
from genfile.cli.app import run
from genfile.dockerfile.reader import read_dockerfile
from genfile.parsers.data import parse_yaml
from genfile.preset.layout import Layout
from genfile.spec.project import parse_spec
from genfile.verify import beside, contents, docker, gates, prove, running, traces
from genfile.verify.beside import Beside, Other, read_beside
from genfile.verify.causes import Diagnosis, by_finding
from genfile.verify.contents import Contents
from genfile.verify.diagnose import diagnose
from genfile.verify.docker import BuildInput, Result
from genfile.verify.gates import Gate, Report
from genfile.verify.layers import BuiltImage, Layer, LayerFile
from genfile.verify.listening import ListeningSocket, read_table
from genfile.verify.mends import MENDS, MendTree
from genfile.verify.prove import Proof, Wish
from genfile.verify.running import GateOutcome

if TYPE_CHECKING:
    from genfile.spec.project import Spec

_HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def test_listeners_of_the_kernels_table() -> None:
    table = (
        _HEAD
        + "   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 1 1\n"
        + "   1: 0B00007F:A1B2 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 2 1\n"
        + "   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000 0 0 3 1\n"
        + _HEAD
        + "   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 0 0 0 0 0 0\n"
        + "   1: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A 0 0 0 0 0 0\n"
        + "   2: 0000000000000000FFFF00000100007F:1F93 00000000000000000000000000000000:0000 0A 0 0 0 0 0 0\n"
        + "cat: /proc/net/tcp6: No such file or directory\n   x: zz:zz q 0A\n"
    )
    found = read_table(table)
    assert [str(item) for item in found] == ["127.0.0.1:3000", "[::]:8081", "[::1]:8082", "[::ffff:7f00:1]:8083"]
    assert [item.is_loopback for item in found] == [True, False, True, True]


def spec_of(**values: Any) -> "Spec":
    return parse_spec(
        {"language": "node", "name": "shop", "package_manager": {"name": "npm"}, "port": 3000, "start": ["node", "x"]}
        | values
    )


@pytest.mark.parametrize(
    ("listens", "values", "known", "settings"),
    [
        ([ListeningSocket(3000, "127.0.0.1")], {}, "loopback", {}),
        (
            [ListeningSocket(3000, "127.0.0.1")],
            {"start": ["serve", "--host=127.0.0.1"]},
            "loopback",
            {"start": ["serve", "--host=0.0.0.0"]},
        ),
        (
            [ListeningSocket(3000, "::1")],
            {"start": ["serve", "localhost:3000"]},
            "loopback",
            {"start": ["serve", "0.0.0.0:3000"]},
        ),
        (
            [ListeningSocket(3000, "127.0.0.1")],
            {"environment": [{"name": "HOST", "phase": "run"}, {"name": "A", "phase": "run", "value": "b"}]},
            "loopback",
            {
                "environment": [
                    {"name": "HOST", "phase": "run", "value": "0.0.0.0"},
                    {"name": "A", "phase": "run", "value": "b"},
                ]
            },
        ),
        ([ListeningSocket(3000, "127.0.0.1"), ListeningSocket(8081, "0.0.0.0")], {}, "wrong-port", {"port": 8081}),
        ([ListeningSocket(3000, "0.0.0.0")], {}, None, {}),
        ([], {}, None, {}),
    ],
)
def test_where_it_listens_tells_the_cause(
    listens: list[ListeningSocket], values: dict[str, Any], known: str | None, settings: dict[str, Any]
) -> None:
    found = by_finding("answer", GateOutcome(False, "no answer", listens=tuple(listens)), spec_of(**values))
    assert (None if found is None else found.id) == known
    assert (dict(found.settings) if found is not None else {}) == settings
    assert by_finding("stop", GateOutcome(False, "", listens=tuple(listens)), spec_of(**values)) is None


def test_lines_of_toml_are_toml() -> None:
    import tomllib

    settings = {"environment": [{"name": "A", "value": 'x"y'}], "system_packages.run": ["a"], "port": 80}
    lines = Diagnosis("x", "x", "x", settings).toml()
    assert tomllib.loads("\n".join(lines)) == settings


COMPOSE = """
services:
  web:
    build: .
    environment:
      DATABASE_URL: postgres://app:secret@db:5432/app
      PGPASSWORD: secret
      NODE_ENV: development
      CACHE: redis://cache:6379
      OTHER: https://dbx.example/db.html
    depends_on: [db, migrate]
  migrate:
    image: web:dev
    command: ["node", "migrate.js"]
    depends_on:
      db:
        condition: service_healthy
  db:
    image: ${REGISTRY:-postgres}:18
    environment: ["POSTGRES_PASSWORD=secret"]
    healthcheck:
      test: ["CMD", "pg_isready", "--host=a b"]
  cache:
    image: redis:8
  tools:
    image: adminer
    profiles: [tools]
"""


def test_databases_of_a_compose_file() -> None:
    found = read_beside(parse_yaml(COMPOSE), "compose.yaml", "Dockerfile", "shop")
    assert found.others == (Other("db", "postgres:18", {"POSTGRES_PASSWORD": "secret"}, (), "pg_isready '--host=a b'"),)
    assert found.environment == {"DATABASE_URL": "postgres://app:secret@db:5432/app", "PGPASSWORD": "secret"}
    assert found.jobs == (("node", "migrate.js"),)


def test_an_entry_of_the_same_image_for_whose_end_the_service_waits_is_a_job() -> None:
    text = """
x-shared:
  web: &web
    build: .
services:
  web:
    <<: *web
    depends_on:
      db: {condition: service_healthy}
      setup: {condition: service_completed_successfully}
      worker: {condition: service_started}
  setup:
    <<: *web
    command: ["node", "setup.js"]
  worker:
    <<: *web
    command: ["node", "worker.js"]
  db:
    image: postgres:18
"""
    found = read_beside(parse_yaml(text), "compose.yaml", "Dockerfile", "web")
    assert [item.name for item in found.others] == ["db"]
    assert found.jobs == (("node", "setup.js"),)


def test_what_the_service_requires_has_the_value_of_the_compose_file() -> None:
    more = "      COOKIE_SECURE: 'false'\n      LEVEL: debug\n"
    text = COMPOSE.replace("      NODE_ENV: development\n", more)
    found = read_beside(parse_yaml(text), "compose.yaml", "Dockerfile", "shop", required=["COOKIE_SECURE", "KEY"])
    assert found.environment.get("COOKIE_SECURE") == "false"
    assert not {"LEVEL", "KEY"} & found.environment.keys()


def test_the_name_of_a_database_counts_though_its_image_is_not_told_it() -> None:
    text = """
services:
  web:
    build: .
    environment:
      MONGO_URL: mongodb://store:27017/shop
      DB_NAME: shop
      QUEUE_HOST: jobs
      QUEUE_PORT: "6380"
      CACHEHOST: jobs
      CACHEPORT: "6381"
      NODE_ENV: development
    depends_on: [store, jobs]
  store:
    image: mongo:8.0
  jobs:
    image: redis:8
"""
    found = read_beside(parse_yaml(text), "compose.yaml", "Dockerfile", "web").environment
    address = "mongodb://store:27017/shop"
    queue = {"QUEUE_HOST": "jobs", "QUEUE_PORT": "6380", "CACHEHOST": "jobs", "CACHEPORT": "6381"}
    assert found == {"MONGO_URL": address, "DB_NAME": "shop"} | queue


@pytest.mark.parametrize(
    "text", ["", "services: []", "services: {web: 1}", "services: {db: {image: x, depends_on: db}}"]
)
def test_odd_compose_files_have_none_or_images(text: str) -> None:
    found = read_beside(parse_yaml(text), "compose.yaml", "Dockerfile", "shop")
    assert (found.environment, found.jobs) == ({}, ())


def test_a_circle_of_dependencies_ends() -> None:
    text = (
        "services: {web: {build: ., depends_on: [a]}, a: {image: x, depends_on: [b]}, b: {image: y, depends_on: [a]}}"
    )
    found = read_beside(parse_yaml(text), "compose.yaml", "Dockerfile", "web")
    assert [item.name for item in found.others] == ["b", "a"]


class Engine:
    """`docker` that answers by the beginning of its arguments, and remembers what it was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Result], *modules: Any) -> None:
        self.told: list[str] = []
        self.answers = answers
        for module in modules:
            monkeypatch.setattr(module, "docker", self.docker)
            if hasattr(module, "inspect"):
                monkeypatch.setattr(module, "inspect", self.inspect)

    def docker(self, *words: str, **_: Any) -> Result:
        self.told.append(" ".join(words))
        found = [self.answers[key] for key in self.answers if self.told[-1].startswith(key)]
        return found[0] if found else Result(0, "")

    def inspect(self, kind: str, name: str) -> dict[str, Any]:
        found = self.answers.get(f"inspect {kind} {name}")
        return dict(json.loads(found.output)) if found is not None else {}


def test_an_image_that_can_not_be_had_is_left_out_with_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, {"pull": Result(1, "no route to host")}, beside)
    started = beside.start(Beside((Other("db", "postgres:18"),), {"DATABASE_URL": "postgres://db/x"}), "ab12")
    assert started.passed
    assert started.environment == {}
    assert started.detail == "db is not there: no image postgres:18 (no route to host)"
    assert not any(line.startswith("run") for line in engine.told)


def test_a_database_gets_its_name_on_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {
        "inspect image postgres:18": Result(0, '{"Id": "x"}'),
        "inspect container genfile-gates-ab12-db": Result(
            0, '{"State": {"Running": true, "Health": {"Status": "healthy"}}}'
        ),
    }
    engine = Engine(monkeypatch, there, beside)
    other = Other("db", "postgres:18", {"A": "b"}, ("-c", "x"), "pg_isready")
    wanted = Beside((other,), {"DATABASE_URL": "postgres://db/x"}, (("node", "migrate.js"),))
    started = beside.start(wanted, "ab12")
    assert started.detail == "db (postgres:18); DATABASE_URL set"
    (line,) = [line for line in engine.told if line.startswith("run")]
    assert "--network-alias db" in line
    assert line.endswith("--health-retries 90 postgres:18 -c x")
    done = beside.run_jobs(wanted, "shop:x", "ab12", started.network, {**started.environment, "B": "c"})
    assert done == (True, "node migrate.js done", "")
    assert engine.told[-1].endswith("--env DATABASE_URL=postgres://db/x --env B=c shop:x node migrate.js")


def test_a_job_that_fails_is_a_gate_of_its_own_and_has_a_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    told = 'raise ImproperlyConfigured("SECRET_KEY must be set")\nSECRET_KEY must be set'
    engine = Engine(monkeypatch, {"run": Result(1, told)}, beside)
    wanted = Beside((Other("db", "postgres:18"),), {}, (("manage.py", "migrate"), ("manage.py", "seed")))
    done = beside.run_jobs(wanted, "shop:x", "ab12", None, {})
    assert done == (False, "manage.py migrate ended with 1", told)
    assert len(engine.told) == 1
    report = Report([Gate("release", False, 1, done[1])], done[2])
    found = diagnose(report, spec_of())
    assert found is not None
    assert (found.id, found.text) == ("required-variable", "the program does not start without SECRET_KEY")
    # The log of a database that does not start is none of the program's.
    assert diagnose(Report([Gate("beside", False, 1, "")], done[2]), spec_of()) is None


def test_secrets_that_nobody_gave_are_made_up(tmp_path: Path) -> None:
    """Those that the program can't start without; addresses, and what has a value, are left alone."""
    listed = [
        {"name": "SECRET_KEY", "required": True, "secret": True},
        {"name": "JWT_SECRET", "required": True, "secret": True},
        {"name": "DATABASE_URL", "required": True, "secret": True},
        {"name": "SENTRY_TOKEN", "secret": True},
        {"name": "API_TOKEN", "required": True, "secret": True, "value": "none"},
        {"name": "NPM_TOKEN", "required": True, "secret": True, "phase": "build"},
        {"name": "CITY", "required": True},
    ]
    found = prove._made_up(spec_of(environment=listed), {"JWT_SECRET"})
    assert list(found) == ["SECRET_KEY"]
    assert len(bytes.fromhex(found["SECRET_KEY"])) == 32
    assert found != prove._made_up(spec_of(environment=listed), {"JWT_SECRET"})


def test_all_that_carries_the_label_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"ps --all": Result(0, "c1\nc2\n"), "network ls": Result(0, "n1\n"), "volume ls": Result(0, "v1\n")}
    engine = Engine(monkeypatch, found, traces)
    with pytest.raises(KeyboardInterrupt), traces.swept("ab12", "genfile-gates:ab12"):
        signal.raise_signal(signal.SIGTERM)
    assert "rm --force --volumes c1 c2" in engine.told
    assert "network rm n1" in engine.told
    assert "volume rm --force v1" in engine.told
    assert "image rm --force genfile-gates:ab12" in engine.told
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_it_is_taken_away_from_another_thread_too(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, {}, traces)

    def work() -> None:
        with traces.swept("ab12", "t"):
            pass

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "image rm --force t" in engine.told


def test_what_nobody_should_see_is_found_in_every_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [".env", ".env.example", ".git/config", ".gitignore", "node_modules/x/.npmrc", "app/.npmrc", "server.js"]
    secret = Layer("a", 10, "COPY . /app", {path: LayerFile(1, "") for path in files})
    image = BuiltImage(100, (secret, Layer("b", 5, "RUN rm /app/.env", {"server.js": LayerFile(1, "")})))
    monkeypatch.setattr(contents, "read_image", lambda tag, base: image)
    monkeypatch.setattr(contents, "inspect", lambda kind, name: {"Id": "x"})
    found, _ = contents.read_contents("t", read_dockerfile("FROM a AS b\nFROM b\n"), "ab12")
    assert found.serious == [".env", ".git/config", "app/.npmrc"]
    assert found.to_json()["layers"][0] == {"bytes": 10, "command": "COPY . /app"}
    assert any("secrets: " in line for line in found.lines())


def test_the_base_is_what_the_last_stage_stands_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def inspected(kind: str, name: str) -> dict[str, object]:
        asked.append(name)
        return {}

    monkeypatch.setattr(contents, "inspect", inspected)
    monkeypatch.setattr(contents, "build_text", lambda text, tag, label: Result(0, text))
    parsed = read_dockerfile("FROM node:24 AS base\nFROM golang AS build\nFROM base AS run\n")
    assert contents._base(parsed, "ab12").startswith("genfile-gates-base:")
    assert asked == ["node:24"]


@pytest.fixture
def tree(tmp_path: Path) -> MendTree:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "a.js").write_text("")
    (tmp_path / "start.sh").write_text("#!/usr/bin/env bash\n")
    (tmp_path / "start.sh").chmod(0o644)
    (tmp_path / "dos.sh").write_bytes(b"#!/bin/sh\r\n")
    return MendTree(tmp_path)


@pytest.mark.parametrize(
    ("mend", "name", "values", "settings", "text"),
    [
        ("copied", "/app/plugins/a.js", {"run_paths": ["x"]}, {"run_paths": ["plugins", "x"]}, "is not copied"),
        ("copied", "/app/plugins/a", {"run_paths": ["x"]}, {"run_paths": ["plugins", "x"]}, "is not copied"),
        ("copied", "/app/plugins/a.js", {"run_paths": ["."]}, {}, ".dockerignore leaves it out"),
        ("copied", "a.js", {}, {}, "the project has it at plugins/a.js"),
        ("copied", "/app/../../etc/passwd", {}, {}, None),
        ("copied", "/etc/passwd", {}, {}, None),
        ("started", "./start.sh", {"start": ["./start.sh"]}, {"start": ["bash", "./start.sh"]}, "nobody may execute"),
        ("started", "/app/start.sh", {"start": ["node", "x"]}, {}, "nobody may execute"),
        ("started", "./dos.sh", {"start": ["./dos.sh"]}, {}, "line ends of Windows"),
        ("program", "jq", {"system_packages": {"run": ["tini"]}}, {"system_packages.run": ["tini", "jq"]}, None),
        ("program", "our-own", {}, {}, None),
        ("secret", "NPM_TOKEN", {},
         {"secrets": [{"id": "npm_token", "kind": "variable", "variable": "NPM_TOKEN", "phase": "build"}]}, None),
        ("heap", "", {"build": ["x"]},
         {"environment": [{"name": "NODE_OPTIONS", "phase": "build", "value": "--max-old-space-size=4096"}]}, None),
    ],
)  # fmt: skip
def test_mends_by_the_files_of_the_project(
    tree: MendTree, mend: str, name: str, values: dict[str, Any], settings: dict[str, Any], text: str | None
) -> None:
    found = MENDS[mend](name, spec_of(**values), tree)
    assert found is not None
    assert dict(found.settings) == settings
    assert text is None or text in (found.text or "")


def test_words_that_mean_something_else_have_no_mend(tree: MendTree) -> None:
    assert MENDS["started"]("/usr/bin/tool", spec_of(), tree) is None
    assert MENDS["secret"]("API_URL", spec_of(), tree) is None
    assert MENDS["certificate"]("", spec_of(), tree) is None


def proof(*, passed: bool, found: Diagnosis | None = None) -> Proof:
    made = [Gate("build", True, 1.0, "built"), Gate("start", passed, 2.0, "as\x1b[31m 1000")]
    report = Report(made, "" if passed else "log\x00", 5, Contents(1, [], []), None, passed)
    return Proof("shop", "FROM x\n", report, spec_of(), ("a note",), found)


def test_fix_tries_again_saves_what_helped_and_keeps_its_outputs_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON, JUnit and the file of decisions tell the same."""
    mend = Diagnosis("wrong-port", "it listens on 8081", "name it", {"port": 8081}, certain=True)
    wishes: list[Wish] = []

    def proven(folder: Path, wish: Wish, tell: Any = None) -> list[Proof]:
        wishes.append(wish)
        return [proof(passed=len(wishes) > 1, found=mend if len(wishes) == 1 else None)]

    monkeypatch.setattr(prove, "prove", proven)
    monkeypatch.setattr(docker, "why_unavailable", lambda: None)
    (tmp_path / "package.json").write_text("{}")
    assert run(["verify", str(tmp_path), "--fix", "--json", "--junit", str(tmp_path / "j.xml")]) == 0
    said = json.loads(capsys.readouterr().out)
    (service,) = said["services"]
    assert (service["passed"], service["settings"], said["saved"]) == (True, {"port": "8081"}, "genfile.toml")
    assert [item["id"] for item in service["mended"]] == ["wrong-port"]
    assert wishes[0].as_is
    assert not wishes[1].as_is
    assert (tmp_path / "genfile.toml").read_text() == "[set]\nport = 8081\n"
    suite = xml.parse(tmp_path / "j.xml").getroot()[0]
    assert [case.get("name") for case in suite] == [gate["name"] for gate in service["gates"]]
    assert suite.get("failures") == "0"


def test_what_does_not_help_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mend = Diagnosis("wrong-port", "it listens on 8081", "name it", {"port": 8081}, certain=True)
    monkeypatch.setattr(prove, "prove", lambda *_: [proof(passed=False, found=mend)])
    monkeypatch.setattr(docker, "why_unavailable", lambda: None)
    (tmp_path / "package.json").write_text("{}")
    assert run(["verify", str(tmp_path), "--fix", "--junit", str(tmp_path / "j.xml")]) == 1
    out = capsys.readouterr().out
    assert "shop: tried port=8081" in out
    assert "cause: it listens on 8081 [wrong-port]" in out
    assert "known before: a note" in out
    assert not (tmp_path / "genfile.toml").exists()
    assert 'failure message="as[31m 1000: it listens on 8081"' in (tmp_path / "j.xml").read_text()


def test_the_table_shows_what_is_under_way() -> None:
    from rich.console import Console

    table = progress.LiveTable()
    table.tell("shop", "build", None)
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    assert "under way" in console.file.getvalue()  # type: ignore[attr-defined]
    table.tell("shop", "build", Gate("build", False, 1.25, "the build\x1b[2J ended"))
    console.print(table)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "FAILED" in shown
    assert "\x1b[2J" not in shown


def test_without_a_terminal_each_gate_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.told() as tell:
        assert tell is not None
        tell("shop", "build", None)
        tell("shop", "build", Gate("build", True, 1.25, "built"))
    assert capsys.readouterr().out.split() == ["shop", "build", "1.2", "s", "ok", "built"]
    with progress.told(quiet=True) as tell:
        assert tell is None


def test_what_a_build_is_given_in_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What genfile's own lines ask for, and what was named; nothing that anybody else's lines do."""
    monkeypatch.setenv("API_URL", "x")
    monkeypatch.setenv("AWS_SECRET_KEY", "x")
    ours = "FROM x\nARG API_URL\n"
    (tmp_path / "Dockerfile").write_text(f"{ours}ARG AWS_SECRET_KEY\nARG LEVEL\n")
    found = prove._given(tmp_path, "Dockerfile", ours, Wish(arguments={"LEVEL": "2"}, secrets=("id=a,src=b",)))
    flags = ("--build-arg", "LEVEL", "--build-arg", "API_URL", "--secret", "id=a,src=b")
    assert found == BuildInput(flags, {"LEVEL": "2"})


def test_quick_leaves_gates_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x\n")
    for name in gates._GATES:
        monkeypatch.setattr(gates._Trial, f"_{name}", lambda self: GateOutcome(True, "fine"))
    Engine(monkeypatch, {}, traces, contents)
    full = gates.run_gates(gates.Request(tmp_path))
    quick = gates.run_gates(gates.Request(tmp_path, quick=True, beside=Beside((Other("db", "x"),))))
    assert [gate.name for gate in full.gates] == ["check", "build", "start", "answer", "stop", "content", "cache"]
    assert [gate.name for gate in quick.gates] == ["build", "beside", "start", "answer", "stop"]
    assert full.passed
    assert quick.passed


def test_notes_of_a_report_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    verify._report(proof(passed=False))
    assert "\x00" not in capsys.readouterr().out


def test_a_language_that_a_preset_brings_has_no_source_file_to_touch(tmp_path: Path) -> None:
    (tmp_path / "index.php").write_text("<?php\n")
    (tmp_path / "app.py").write_text("pass\n")
    assert prove.source_file(tmp_path, ".", "php") is None
    assert prove.source_file(tmp_path, ".", "python") == "app.py"


@pytest.mark.parametrize(
    ("files", "password"),
    [
        ({".env.example": "WORD=sample"}, "sample"),
        ({".env": "WORD=own", ".env.example": "WORD=sample"}, "own"),
        ({}, ""),
    ],
)
def test_a_compose_file_without_its_variables_has_those_of_the_example(
    tmp_path: Path, files: dict[str, str], password: str
) -> None:
    compose = COMPOSE.replace("POSTGRES_PASSWORD=secret", "POSTGRES_PASSWORD=${WORD:?set it}")
    for name, text in {"compose.yaml": compose, **files}.items():
        (tmp_path / name).write_text(text)
    found = prove._beside(tmp_path, spec_of(), Layout(".", "Dockerfile", ".dockerignore"))
    assert found.others[0].environment == {"POSTGRES_PASSWORD": password}


def container(state: str) -> dict[str, Result]:
    image = '{"Config": {"User": "10001:10001", "Volumes": {"/app/data": {}}}}'
    return {
        "inspect image app": Result(0, image),
        "inspect container genfile-gates-ab12": Result(0, f'{{"State": {state}}}'),
    }


@pytest.mark.parametrize(
    ("one_off", "state", "passed"),
    [
        (True, '{"Running": false, "ExitCode": 0}', True),
        (True, '{"Running": false, "ExitCode": 1}', False),
        (False, '{"Running": false, "ExitCode": 0}', False),
    ],
)
def test_a_program_that_exits_with_0_has_passed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, one_off: bool, state: str, passed: bool
) -> None:
    Engine(monkeypatch, container(state), running)
    monkeypatch.setattr("time.sleep", lambda _: None)
    it = running.Running(gates.Request(tmp_path, one_off=one_off), "app", "ab12")
    assert [it.start({}).passed, it.answer().passed, it.stop().passed] == [passed] * 3


def test_what_compose_has_in_memory_is_mounted_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine = Engine(monkeypatch, container('{"Running": true}'), running)
    monkeypatch.setattr("time.sleep", lambda _: None)
    scripts = '"scripts": {"build": "next build", "start": "next start"}'
    tree = {"package.json": f'{{"dependencies": {{"next": "15.1.0", "react": "19.0.0"}}, {scripts}}}'}
    (service, rendering), *_ = genfile.generate(tree).services
    request = prove._request(tmp_path, service.spec, rendering.layout, Wish())
    assert request.memory_mounts == ("/app/.next/cache:mode=1777",)
    running.Running(request, "app", "ab12").start({})
    assert "--tmpfs /app/.next/cache:mode=1777" in engine.told[0]
    assert "--volume" not in engine.told[0]
