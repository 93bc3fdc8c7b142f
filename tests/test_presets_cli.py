"""`genfile presets …` as a user runs it."""

import json
import os
from pathlib import Path

import pytest
import tomli

from genfile.cli.app import run
from genfile.preset.load import BUILTIN
from tests.bundle.remotes import PRESET, commit, git, make_repository


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user stands: an empty folder of a project."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "genfile").mkdir(parents=True)
    (tmp_path / "config" / "genfile" / "config.toml").write_text(f'trust = ["git+file://{tmp_path}/*"]\n')
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "remote")


def locked() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomli.loads(Path("genfile.lock").read_text())["presets"]
    return found


def test_add_pins_what_the_tag_is(remote: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = f"git+file://{remote}@v1"
    assert run(["presets", "add", "acme", source]) == 0
    head = git(remote, "rev-parse", "HEAD")
    assert tomli.loads(Path("genfile.toml").read_text()) == {"presets": {"acme": {"source": source}}}
    assert locked()["acme"]["commit"] == head
    assert head[:12] in capsys.readouterr().out
    # Again changes nothing; another source under the same name is refused.
    before = Path("genfile.lock").read_text()
    assert run(["presets", "add", "acme", source]) == 0
    assert Path("genfile.lock").read_text() == before
    assert run(["presets", "add", "acme", f"git+file://{remote}@main"]) == 3


def test_update_shows_the_old_and_the_new(remote: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = git(remote, "rev-parse", "HEAD")
    Path("genfile.toml").write_text("# ours\n")
    assert run(["presets", "add", "acme", f"git+file://{remote}@main"]) == 0
    second = commit(remote, {"Dockerfile.j2": '{% extends "node/Dockerfile.j2" %}\n'}, tag="v2")
    capsys.readouterr()
    assert run(["presets", "update"]) == 0
    assert f"{first[:12]} -> {second[:12]}" in capsys.readouterr().out
    assert run(["presets", "update", "acme"]) == 0
    assert "unchanged" in capsys.readouterr().out
    assert run(["presets", "update", "acme", "--to", "v1", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["presets"][0]
    assert (row["before"], row["after"]) == (second[:12], first[:12])
    assert tomli.loads(Path("genfile.toml").read_text())["presets"]["acme"]["source"].endswith("@v1")
    assert Path("genfile.toml").read_text().startswith("# ours\n")


def test_a_failed_update_changes_nothing(remote: Path) -> None:
    assert run(["presets", "add", "acme", f"git+file://{remote}@v1"]) == 0
    before = Path("genfile.toml").read_text(), Path("genfile.lock").read_text()
    assert run(["presets", "update", "acme", "--to", "v9"]) == 2
    commit(remote, {"preset.toml": PRESET + "sumary = 1\n"}, tag="v2")
    assert run(["presets", "update", "acme", "--to", "v2"]) == 1
    assert (Path("genfile.toml").read_text(), Path("genfile.lock").read_text()) == before


def test_a_folder_is_kept_relative_to_the_project(home: Path, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    acme = tmp_path / "shared" / "acme"
    acme.mkdir(parents=True)
    (acme / "preset.toml").write_text(PRESET)
    (tmp_path / "other").mkdir()
    assert run(["presets", "add", "acme", "../shared/acme", "--path", "../other"]) == 0
    config = tomli.loads((tmp_path / "other" / "genfile.toml").read_text())
    assert config["presets"]["acme"]["source"] == "../shared/acme"
    assert not list(home.iterdir())


@pytest.mark.parametrize("reference", ["shared/acme", "./shared/acme", "shared#acme", "{top}/shared/acme"])
def test_a_folder_that_a_command_names_is_kept_relative_to_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Later commands find it, wherever they run."""
    (tmp_path / ".git").mkdir()
    acme = tmp_path / "shared" / "acme"
    acme.mkdir(parents=True)
    (acme / "preset.toml").write_text(PRESET)
    shop = tmp_path / "apps" / "shop"
    shop.mkdir(parents=True)
    (shop / "package.json").write_text('{"name": "shop", "scripts": {"start": "node a.js"}}')
    (shop / "a.js").write_text("require('http').createServer().listen(3000)\n")
    monkeypatch.chdir(tmp_path)
    assert run(["init", "apps/shop", "--yes", "--preset", reference.format(top=tmp_path)]) == 0
    kept = tomli.loads((shop / "genfile.lock").read_text())["containers"]["preset"]
    assert kept == ("../../shared#acme" if "#" in reference else "../../shared/acme")
    assert run(["check", "apps/shop"]) == 0
    assert run(["update", "apps/shop", "--dry-run"]) == 0
    monkeypatch.chdir(shop)
    assert run(["check"]) == 0
    capsys.readouterr()


def test_remove(remote: Path) -> None:
    run(["presets", "add", "acme", f"git+file://{remote}@v1"])
    assert run(["presets", "remove", "acme"]) == 0
    assert "acme" not in Path("genfile.toml").read_text() + Path("genfile.lock").read_text()
    assert run(["presets", "remove", "acme"]) == 2


def test_remove_of_one_in_use(remote: Path) -> None:
    run(["presets", "add", "acme", f"git+file://{remote}@v1"])
    Path("genfile.toml").write_text('preset = "acme"\n' + Path("genfile.toml").read_text())
    assert run(["presets", "remove", "acme"]) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["node", "gh:o/r"],
        ["Acme", "gh:o/r"],
        ["builtin", "gh:o/r"],
        ["acme", "node"],
        ["acme", "./nothing"],
        ["acme", "ext::sh -c x"],
        ["acme", "gh:o/r", "--path", "nowhere"],
    ],
)
def test_add_refuses(words: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["presets", "add", *words]) == 2
    assert len([line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]) == 1
    assert not list(home.iterdir())


def test_add_names_the_folder_that_holds_a_preset(remote: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(remote, "rm", "--quiet", "preset.toml")
    commit(remote, {"presets/acme/preset.toml": PRESET}, tag="v2")
    assert run(["presets", "add", "acme", f"git+file://{remote}@v2"]) == 2
    assert "presets/acme" in capsys.readouterr().err
    assert run(["presets", "add", "acme", f"git+file://{remote}@v2#presets/acme"]) == 0


@pytest.mark.parametrize("name", BUILTIN)
def test_an_ejected_preset_gives_the_same_bytes(name: str, home: Path) -> None:
    """Over every fixture that it is for, the copy renders what the built-in renders, from its own templates."""
    from genfile.data.fixtures import fixture_specs
    from genfile.preset.load import load_builtin, load_preset
    from genfile.preset.render import render_spec
    from genfile.spec.project import parse_spec

    assert run(["presets", "eject", name]) == 0
    copy, built_in = load_preset(f"./presets/{name}"), load_builtin(name)
    count = 0
    for item in fixture_specs().values():
        if built_in.applies_to(item["spec"]):
            spec = parse_spec(item["spec"])
            assert render_spec(spec, preset=copy).files == render_spec(spec, preset=built_in).files
            count += 1
    assert count
    # Nothing in it names a template outside of it.
    for path in (home / "presets" / name).rglob("*.j2"):
        for template in __import__("re").findall(r'"([a-z]+/[\w./-]+\.j2)"', path.read_text()):
            assert template.startswith(f"{name}/"), path
            assert (home / "presets" / name / template.removeprefix(f"{name}/")).is_file()


def test_eject_takes_no_folder_that_is_there() -> None:
    assert run(["presets", "eject", "node"]) == 0
    assert run(["presets", "eject", "node"]) == 3
    assert run(["presets", "eject", "nodee"]) == 2


@pytest.mark.parametrize("extends", ["builtin", "node", "static"])
def test_a_new_preset_passes_its_own_test(extends: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["presets", "new", "acme", "--extends", extends]) == 0
    capsys.readouterr()
    assert run(["presets", "test", "acme", "--no-docker"]) == 0
    out = capsys.readouterr().out
    assert "ok       own-example\n" in out
    assert " 0 failed, 0 differ" in out


def test_a_new_preset_of_a_preset_of_ones_own(home: Path) -> None:
    """The parent's folder is named from the child's, wherever the user stands."""
    (home / ".git").mkdir()
    assert run(["presets", "new", "acme", "shared/acme", "--extends", "node"]) == 0
    assert run(["presets", "new", "shop", "teams/shop", "--extends", "shared/acme"]) == 0
    assert tomli.loads(Path("teams/shop/preset.toml").read_text())["extends"] == "../../shared/acme"
    assert run(["presets", "test", "teams/shop", "--no-docker"]) == 0


@pytest.mark.parametrize("name", ["node", "common", "compose", "builtin", "Acme", "-x", "a/b"])
def test_a_new_preset_has_a_name_of_its_own(name: str, home: Path) -> None:
    assert run(["presets", "new", "--", name]) == 2
    assert not list(home.iterdir())


def test_snapshots(capsys: pytest.CaptureFixture[str]) -> None:
    run(["presets", "new", "acme", "--extends", "go"])
    assert run(["presets", "test", "acme", "--no-docker", "--update"]) == 0
    stored = Path("acme/tests/snapshots/own-example/Dockerfile")
    assert stored.read_text().count("LABEL ") == 1
    assert "org.opencontainers.image.vendor=Example" in stored.read_text()
    assert run(["presets", "test", "acme", "--no-docker"]) == 0
    template = Path("acme/Dockerfile.j2")
    template.write_text(template.read_text().replace("TZ=UTC", "TZ=CET"))
    capsys.readouterr()
    assert run(["presets", "test", "acme", "--no-docker"]) == 3
    out = capsys.readouterr().out
    assert "+ENV TZ=CET\n" in out
    assert "differs  own-example\n" in out
    assert run(["presets", "test", "acme", "--no-docker", "--update"]) == 0
    assert run(["presets", "test", "acme", "--no-docker"]) == 0


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("{% block user %}\nUSER root\n{% endblock %}", "user: "),
        ("{% block command %}\nCMD node server.js\n{% endblock %}", "process: "),
        ("{% block labels %}\nENV API_TOKEN=x\n{% endblock %}", "secret_values: "),
        ("{% block labels %}\n{{ spec.prot }}\n{% endblock %}", "acme/Dockerfile.j2:3"),
        ("{% block labels %}\nNONSENSE x\n{% endblock %}", "NONSENSE"),
        ("{% block labels %}\nRUN cd /tmp\n{% endblock %}", "hadolint: Dockerfile:"),
    ],
)
def test_a_fault_is_told(block: str, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["presets", "new", "acme", "--extends", "node"])
    Path("acme/Dockerfile.j2").write_text('{% extends "node/Dockerfile.j2" %}\n' + block + "\n")
    capsys.readouterr()
    assert run(["presets", "test", "acme", "--no-docker", "--json"]) == 1
    cases = json.loads(capsys.readouterr().out)["cases"]
    assert any(fault in line for case in cases for line in case["faults"])


def test_a_fault_that_is_meant() -> None:
    """A test may accept what its author knows to be right."""
    run(["presets", "new", "acme", "--extends", "go"])
    Path("acme/dockerignore.j2").write_text(
        '{% extends "go/dockerignore.j2" %}\n{% block language %}\n{{ super() }}\n!server.key\n{% endblock %}\n'
    )
    test = Path("acme/tests/example.json")
    given = json.loads(test.read_text())
    assert run(["presets", "test", "acme", "--no-docker"]) == 1
    test.write_text(json.dumps(given | {"accept": ["ignored: server.key is sent"]}))
    from genfile.verify.presets import Tester, load_cases

    own = next(case for case in load_cases(Path("acme")) if case.name == "own-example")
    outcome = Tester(Path("acme")).run(own)
    assert outcome is not None
    assert outcome.faults == []


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent.parent / "examples" / "presets").iterdir()), ids=lambda path: path.name
)
def test_the_presets_of_the_examples_pass(path: Path) -> None:
    """Each holds to the acceptance list over the specs that it is for."""
    assert run(["presets", "test", os.path.relpath(path), "--no-docker"]) == 0


def test_init_takes_the_pinned_commit(remote: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was added is what renders, though the branch has moved on and the repository is gone."""
    Path("package.json").write_text('{"name": "a", "scripts": {"start": "node a.js"}}')
    Path("a.js").write_text("")
    assert run(["presets", "add", "acme", f"git+file://{remote}@main"]) == 0
    commit(remote, {"Dockerfile.j2": '{% extends "node/Dockerfile.j2" %}\n'})
    capsys.readouterr()
    assert run(["init", "--preset", "acme", "--stdout"]) == 0
    assert "LABEL com.example.team=acme" in capsys.readouterr().out
    remote.rename(remote.with_name("gone"))
    assert run(["init", "--preset", "acme", "--stdout"]) == 0


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"spec": 1}', '{"language": "cobol"}'])
def test_a_broken_test_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["presets", "new", "acme", "--extends", "go"])
    Path("acme/tests/odd.json").write_text(text)
    assert run(["presets", "test", "acme", "--no-docker"]) in (1, 2)
    captured = capsys.readouterr()
    assert "odd" in captured.out + captured.err


@pytest.mark.build
def test_buildkit_is_asked(engine: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    run(["presets", "new", "acme", "--extends", "static"])
    assert run(["presets", "test", "acme"]) == 0
    assert " 0 failed" in capsys.readouterr().out


def test_fetch_on_a_machine_without_a_cache(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project with a lock is one command away from being checked: the list and the error name it."""
    assert run(["presets", "add", "acme", f"git+file://{remote}@v1", "--default"]) == 0
    assert tomli.loads(Path("genfile.toml").read_text())["preset"] == "acme"
    assert "Next:  genfile init" in capsys.readouterr().out
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "new-machine"))
    assert run(["presets", "list"]) == 0
    said = capsys.readouterr()
    assert "not fetched" in said.out
    assert "genfile presets fetch" in said.err
    assert run(["presets", "fetch"]) == 0
    assert capsys.readouterr().out.startswith("fetched  acme  ")
    assert run(["presets", "list"]) == 0
    assert "not fetched" not in capsys.readouterr().out
