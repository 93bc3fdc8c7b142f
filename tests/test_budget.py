"""What one tree costs is bounded, and the answer says what was left out; what goes wrong in one place stays there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import genfile
from genfile.detect import node
from genfile.detect.inspection import Inspection, inspect_source
from genfile.detect.shelf import Shelf
from genfile.detect.tree import Project, Tree
from genfile.parsers.data import parse_json
from genfile.source import LIMITS, Budget
from genfile.source.folder import FolderSource
from genfile.source.memory import MemorySource

MEBIBYTE = 1024 * 1024


def service(name: str) -> dict[str, str]:
    manifest = {"name": name, "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}
    return {f"{name}/package.json": json.dumps(manifest), f"{name}/server.js": "require('express')().listen(3000)\n"}


def services(count: int) -> dict[str, str]:
    return {path: text for number in range(count) for path, text in service(f"s{number:04}").items()}


def inspected(files: dict[str, str], **limits: Any) -> Inspection:
    return inspect_source(MemorySource(files), budget=Budget(replace(LIMITS, **limits)))


def said(inspection: Inspection) -> str:
    notes = [*inspection.notes, *(note for item in inspection.services for note in item.notes)]
    return "\n".join(note.text for note in notes if note.level == "warning")


@pytest.fixture(scope="module")
def pool() -> Iterator[genfile.GuardPool]:
    with genfile.GuardPool(1) as pool:
        yield pool


def test_an_ordinary_tree_is_within_every_limit() -> None:
    assert "stopped" not in said(inspected(services(3)))
    assert all(word not in said(inspected(services(3))) for word in ("left out", "skipped", "not read"))
    assert len(inspected(services(3)).services) == 3


def test_more_services_than_the_limit_are_named() -> None:
    found = inspected(services(12), services=3)
    assert [item.spec.name for item in found.services] == ["s0000", "s0001", "s0002"]
    assert "stopped after 3 services; not looked at: s0003, s0004, s0005, s0006, s0007 and 4 more" in said(found)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"read_bytes": 4_000}, "stopped after reading 1 MiB"),
        ({"parses": 40}, "stopped after parsing"),
        ({"names": 300}, "stopped after looking at"),
        ({"seconds": 0.0}, "stopped after 0.0 seconds"),
    ],
)
def test_a_budget_that_runs_out_leaves_what_is_known(limits: dict[str, Any], reason: str) -> None:
    """The services that were described are right in all that they say; the others are not there, and it says so."""
    whole = {item.spec.name: item.spec for item in inspected(services(100)).services}
    found = inspected(services(100), **limits)
    assert reason in said(found)
    assert len(found.services) < 100
    marked = {item.spec.name for item in found.services if any("stopped after" in note.text for note in item.notes)}
    for item in found.services:
        assert item.spec.name in marked or item.spec == whole[item.spec.name]
    assert inspected(services(100), **limits) == found


def test_a_greedy_service_does_not_starve_the_others() -> None:
    """Each gets a share of what is left: a service with a thousand files before the others takes half of it."""
    greedy = service("a") | {
        f"a/src/{number}.js": f"require('./{number}')\n" + "x\n" * 2_000 for number in range(1_000)
    }
    found = inspected(greedy | services(5), parses=160, read_bytes=400_000)
    assert {"s0000", "s0004"} <= {item.spec.name for item in found.services}
    assert all(item.spec.port == 3000 for item in found.services if item.spec.name != "a")


def test_four_hundred_files_of_four_mebibytes(tmp_path: Path, pool: genfile.GuardPool) -> None:
    """Within the guard's ten seconds and 1 GiB, and the service is found."""
    (tmp_path / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    (tmp_path / "package.json").write_text("{}")
    large = ("x = [" + "1," * (MEBIBYTE // 2 - 20) + "]\n").encode()
    for number in range(400):
        content = large if number % 2 else large * 4
        (tmp_path / f"m{number}.{'py' if number % 4 < 2 else 'js'}").write_bytes(content)
    found = genfile.inspect(tmp_path, guard=pool)
    assert [item.spec.framework for item in found.services] == ["flask"]


def test_lock_files_of_all_sizes(tmp_path: Path, pool: genfile.GuardPool) -> None:
    """Those over the limit are left out and named; those below cost their memory one after the other."""
    for number in range(12):
        for path, text in service(f"s{number}").items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
        size = 64 * MEBIBYTE if number % 4 == 3 else 15 * MEBIBYTE
        unit = '{"a":[]},'
        lock = '{"lockfileVersion": 3, "packages": {}, "x": [' + unit * (size // len(unit)) + "0]}"
        (tmp_path / f"s{number}" / "package-lock.json").write_text(lock)
    found = genfile.inspect(tmp_path, guard=pool)
    assert len(found.services) >= 1
    assert all(item.spec.package_manager and item.spec.package_manager.name == "npm" for item in found.services)
    assert len(found.services) == 12 or "stopped after" in said(found)


def test_what_is_parsed_is_not_all_kept() -> None:
    """Two thousand manifests of 64 KiB: the shelf lets go of the oldest, and parses again what is asked for again."""
    shelf = Shelf(100)
    for key in range(50):
        shelf.put(key, str(key), 10)
    assert [key for key in range(50) if key in shelf] == list(range(40, 50))
    assert shelf.get(40) == "40"
    shelf.put(50, "x", 10)
    assert 40 in shelf
    assert 41 not in shelf
    shelf.put(51, "large", 1_000)
    assert [key for key in range(60) if key in shelf] == [51]

    text = '{"a": "' + "x" * 65_000 + '"}'
    tree = Tree(MemorySource({f"{number}.json": text for number in range(2_000)}))
    for number in range(2_000):
        assert tree.parse(parse_json, f"{number}.json") is not None
    assert (parse_json, "1999.json") in tree._parsed
    assert (parse_json, "0.json") not in tree._parsed
    assert tree.parse(parse_json, "0.json") is not None


def test_files_are_not_listed_without_end() -> None:
    tree = Tree(MemorySource({f"a/{number}": "" for number in range(1_000)}), Budget(replace(LIMITS, names=10_000)))
    listed = sum(len(list(Project(tree, "").files("*"))) for _ in range(100))
    assert 5_000 < listed <= 10_000
    assert tree.budget.ended is not None


def test_notes_are_bounded_and_cheap() -> None:
    files = {f"{number}.json": "{" for number in range(50_000)}
    tree = Tree(MemorySource(files), Budget(replace(LIMITS, parses=100_000, seconds=60)))
    for path in files:
        tree.parse(parse_json, path)
    assert len(tree.notes) == 1_001
    assert tree.notes[-1].text == "49000 more notes were omitted"


@pytest.mark.parametrize(
    ("error", "text", "level"),
    [
        (RecursionError(), "bad could not be described: nested too deeply", "warning"),
        (MemoryError(), "bad could not be described: not enough memory", "warning"),
        (KeyError("\x1b[2J"), "bad could not be described: KeyError in genfile at test_budget.py:", "error"),
        (SystemError(), "bad could not be described: SystemError in genfile at test_budget.py:", "error"),
    ],
)
def test_what_fails_for_one_service_is_not_the_others_loss(
    monkeypatch: pytest.MonkeyPatch, error: Exception, text: str, level: str
) -> None:
    real = node.detect

    def detect(project: Project) -> Any:
        if project.path == "bad":
            raise error
        return real(project)

    monkeypatch.setattr(node, "detect", detect)
    found = inspected(service("bad") | service("good"))
    assert [item.spec.name for item in found.services] == ["good"]
    (note,) = [note for note in found.notes if note.path == "bad"]
    assert (note.text.startswith(text), note.level) == (True, level)


@pytest.mark.parametrize("error", [RecursionError(), MemoryError(), KeyError("x")])
def test_what_fails_in_the_survey_is_not_the_others_loss(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    real = node.claim

    def claim(project: Project) -> Any:
        if project.path == "bad":
            raise error
        return real(project)

    monkeypatch.setattr(node, "claim", claim)
    found = inspected(service("bad") | service("good"))
    assert [item.spec.name for item in found.services] == ["good"]
    assert any(note.path == "bad" and "could not be read" in note.text for note in found.notes)


@pytest.mark.parametrize("error", [RecursionError(), MemoryError(), ValueError(), OverflowError()])
def test_what_a_parser_raises_is_a_note_on_the_file(error: Exception) -> None:
    def parser(text: str) -> None:
        if isinstance(error, OverflowError):
            raise ValueError from error
        raise error

    tree = Tree(MemorySource({"a.json": "{}"}))
    assert tree.parse(parser, "a.json") is None
    (note,) = tree.notes
    assert note.text.startswith("a.json was skipped: ")
    assert note.path == "a.json"


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = f"import sys\nfrom genfile.cli import app\n{code}\nsys.exit(app.run(sys.argv[1:]))"
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)


def test_an_error_in_one_service_ends_with_1_and_writes_the_others(tmp_path: Path) -> None:
    for path, text in (service("bad") | service("good")).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    code = (
        "import genfile.detect.node as node\nreal = node.detect\n"
        "def detect(project):\n    if project.path == 'bad': {}['x']\n    return real(project)\nnode.detect = detect"
    )
    done = run(code, "init", str(tmp_path), "--yes")
    assert done.returncode == 1
    assert f"error: {tmp_path / 'bad'} could not be described: KeyError in genfile at " in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "good" / "Dockerfile").exists() or (tmp_path / "Dockerfile").exists()
    assert not (tmp_path / "bad" / "Dockerfile").exists()
    inspected = run(code, "inspect", str(tmp_path), "--json")
    assert inspected.returncode == 1
    assert json.loads(inspected.stdout)["services"][0]["spec"]["name"] == "good"
    # Where nothing else is left, it is still the error that is told, not that there is nothing.
    alone = code.replace("== 'bad'", "!= 'x'")
    for command in (["init", str(tmp_path)], ["inspect", str(tmp_path)], ["inspect", str(tmp_path), "--json"]):
        done = run(alone, *command)
        assert done.returncode == 1
        assert "could not be described: KeyError in genfile" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("MemoryError()", "error: what was read takes more memory than there is"),
        ("RecursionError()", "error: what was read is nested too deeply"),
        ("KeyError('\\x1b[2J\\n\\nx')", "error: genfile failed: KeyError at <string>:"),
        ("KeyboardInterrupt()", "error: interrupted: nothing was changed"),
    ],
)
def test_what_reaches_the_top_is_one_line(tmp_path: Path, error: str, line: str) -> None:
    code = f"import genfile.api\ndef fail(*a, **k): raise {error}\ngenfile.api.inspect = fail"
    done = run(code, "inspect", str(tmp_path))
    assert done.returncode == (130 if "Interrupt" in error else 1)
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == (1 if "Interrupt" in error else 2)
    assert "\x1b" not in done.stderr
    assert "a bug" not in done.stderr
    if "Interrupt" not in error:
        done = run(code, "inspect", str(tmp_path), "--json")
        assert json.loads(done.stdout)["error"]["code"] == 1


def test_nobody_reads_what_is_said(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>")
    command = f"{sys.executable} -m genfile inspect {tmp_path} --json | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_folder_of_millions_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many entries as are allowed and one more are taken from the system, however many there are."""
    import os

    taken: list[int] = []

    class Endless:
        def __enter__(self) -> "Endless":
            return self

        def __exit__(self, *error: object) -> None: ...

        def __iter__(self) -> Iterator[Any]:
            entry = next(iter(real(tmp_path)))
            while True:
                taken.append(1)
                yield entry

    real = os.scandir
    (tmp_path / "x").write_text("")
    monkeypatch.setattr(os, "scandir", lambda path: Endless())
    index = FolderSource(tmp_path, replace(LIMITS, entries=100)).index()
    assert len(taken) == 101
    assert [note.text for note in index.notes] == ["only the first 100 entries of the tree were read"]


def test_long_paths_are_left_out(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 200] * 8)
    deep.mkdir(parents=True)
    (tmp_path / "index.html").write_text("<p>")
    index = FolderSource(tmp_path).index()
    assert max(map(len, index.paths)) < 1_024
    assert [note.text for note in index.notes] == ["files with a path of more than 1024 characters were left out"]


def test_an_error_of_genfile_s_own_is_shown_where_it_leaves_no_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from genfile.cli.app import run

    (tmp_path / "package.json").write_text('{"scripts": {"start": "node a.js"}}')
    (tmp_path / "a.js").write_text("require('http').createServer().listen(3000)")

    def broken(project: Project) -> Any:
        raise KeyError(project.path)

    monkeypatch.setattr(node, "detect", broken)
    for command in ("inspect", "init"):
        assert run([command, str(tmp_path)]) == 1
        assert "could not be described: KeyError in genfile at test_budget.py" in capsys.readouterr().err
