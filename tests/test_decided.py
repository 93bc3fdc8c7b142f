"""What a project decided before, in genfile.toml, is taken; an option of the command decides anew."""

import json
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    return tmp_path


def dockerfile(project: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert run(["init", str(project), "--stdout", *options]) == 0
    return capsys.readouterr().out


def test_fields_and_options(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('comments = "teach"\n[set]\nport = "9000"\nuser = "20000"\n')
    text = dockerfile(project, capsys)
    assert "EXPOSE 9000" in text
    assert "USER 20000:20000" in text
    assert "# A numeric user" in text
    assert "EXPOSE 9001" in dockerfile(project, capsys, "--set", "port=9001")
    assert "# A numeric user" not in dockerfile(project, capsys, "--comments", "brief")


def test_a_preset_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = project / "presets" / "own"
    preset.mkdir(parents=True)
    (preset / "preset.toml").write_text(
        'manifest = 1\nname = "own"\nsummary = "x"\nextends = "builtin"\n[options]\nlabels.default = ["a=b"]\n'
    )
    (project / "genfile.toml").write_text('preset = "own"\n[presets.own]\nsource = "./presets/own"\n')
    assert "LABEL a=b" in dockerfile(project, capsys)
    assert "LABEL" not in dockerfile(project, capsys, "--preset", "python")


def test_a_tree_does_not_make_anybody_ask_a_server(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('preset = "git+https://preset.invalid/x@v1"\n')
    assert run(["init", str(project), "--yes"]) != 0
    said = capsys.readouterr().err
    assert "is not pinned in genfile.lock" in said
    assert not (project / "Dockerfile").exists()


def test_a_word_that_is_not_known_names_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('comments = "brief"\nprest = "own"\n')
    assert run(["init", str(project), "--yes"]) == 2
    assert "genfile.toml:2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[set]\nprot = 1\n", "genfile.toml:2:1: prot: not a field", "did you mean port?"),
        ("[set]\n\nport = 'x'\n", "genfile.toml:3:1: port: 'x' is not a whole number", ""),
        ("[set]\nuser = 'x y'\n", "genfile.toml:2:1: user: ", "user takes "),
        ('set = { runtime.version = "a" }\n', "genfile.toml:1:17: runtime.version: ", ""),
        ('[services."."]\nset.prot = 1\n', "genfile.toml:2:5: prot: not a field", "did you mean port?"),
        (
            "[services.apu]\n",
            "genfile.toml:1:11: no service found at apu",
            "services found at: .; set `language`",
        ),
        ("[set]\npath = 'x'\n", "genfile.toml:2:1: path identifies the service", ""),
        ("ignore = ['[']\n", "genfile.toml:1:1: ignore: '[' is not a valid pattern", ""),
        ("[services.x]\nlanguage = 'go'\n", "genfile.toml:2:1: no folder x", ""),
        ("[services.'.']\nlanguage = 'go'\n", "genfile.toml:1:11: the service at . is python, not go", "remove `lang"),
    ],
)
@pytest.mark.parametrize("command", ["init", "inspect", "check", "update"])
def test_mistakes_name_their_place(
    project: Path, command: str, text: str, message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "genfile.toml").write_text(text)
    assert run([command, str(project)]) == 2
    said = capsys.readouterr().err
    assert f"error: {message}" in said
    assert hint in said
    assert not (project / "Dockerfile").exists()


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    for name in ("api", "web", "legacy"):
        (tmp_path / name).mkdir()
    (tmp_path / "api" / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "api" / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    for name in ("web", "legacy"):
        (tmp_path / name / "package.json").write_text(
            json.dumps({"name": name, "scripts": {"start": "node s.js"}, "dependencies": {"express": "^5"}})
        )
        (tmp_path / name / "s.js").write_text("require('express')().listen(3000)\n")
    return tmp_path


def inspected(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, dict[str, Any]]:
    assert run(["inspect", str(folder), "--json", *options]) == 0
    document = json.loads(capsys.readouterr().out)
    return {service["spec"]["path"]: service["spec"] for service in document["services"]}


def test_ignored_paths_and_services_that_are_left_out(monorepo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(inspected(monorepo, capsys)) == {"api", "web", "legacy"}
    (monorepo / "genfile.toml").write_text('ignore = ["legacy/"]\n[services.web]\nskip = true\n')
    assert set(inspected(monorepo, capsys)) == {"api"}
    assert run(["init", str(monorepo), "--yes"]) == 0
    assert (monorepo / "Dockerfile").exists() or (monorepo / "api" / "Dockerfile").exists()
    assert not (monorepo / "web" / "Dockerfile").exists()
    assert run(["check", str(monorepo)]) == 0
    # What is ignored changes, and nothing is out of date.
    (monorepo / "legacy" / "go.mod").write_text("module x\n")
    assert run(["check", str(monorepo)]) == 0
    capsys.readouterr()
    # A guarded call reads none of it.
    assert set(inspected(monorepo, capsys, "--guard")) >= {"api", "web"}


def test_all_services_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('[services."."]\nskip = true\n')
    assert run(["init", str(project), "--yes"]) == 4
    assert "genfile.toml skips every service: ." in capsys.readouterr().err


def test_single_services(monorepo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (monorepo / "genfile.toml").write_text(
        """\
comments = "none"
[set]
user = 20000
application = "app:app"  # a field of Python alone
[services.api]
name = "backend"
comments = "teach"
[services.api.set]
port = 9000
runtime.version = "3.12"
[services.web.set]
start = ["node", "s.js", "--quiet"]
static = { spa = true, root = "public" }
[services.legacy]
preset = "node"
"""
    )
    found = inspected(monorepo, capsys)
    assert (found["api"]["name"], found["api"]["port"], found["api"]["runtime"]["version"]) == ("backend", 9000, "3.12")
    assert found["web"]["start"] == ["node", "s.js", "--quiet"]
    assert found["web"]["static"]["spa"] is True
    (monorepo / "genfile.toml").write_text((monorepo / "genfile.toml").read_text().replace("static", "# static"))
    assert run(["init", str(monorepo), "--yes"]) == 0
    api, web = ((monorepo / name / "Dockerfile").read_text() for name in ("api", "web"))
    assert "EXPOSE 9000" in api
    assert "USER 20000:20000" in api
    assert "USER 20000:20000" in web
    assert "# A numeric user" in api
    assert "#" not in web.replace("# syntax", "")
    assert run(["check", str(monorepo)]) == 0
    capsys.readouterr()
    # The command line decides anew; the place is told by check.
    text = dockerfile(monorepo, capsys, "--service", "backend", "--set", "port=9001", "--comments", "none")
    assert "EXPOSE 9001" in text
    (monorepo / "genfile.toml").write_text((monorepo / "genfile.toml").read_text().replace("9000", "9002"))
    assert run(["check", str(monorepo)]) == 3
    assert "port changed from 9000 to 9002 (genfile.toml:9 (port = 9002))" in capsys.readouterr().out


def test_two_services_of_one_name(monorepo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (monorepo / "genfile.toml").write_text('[services.web]\nname = "api"\n')
    assert run(["inspect", str(monorepo)]) == 2
    assert "genfile.toml:2:1: the services at api and web are both named api" in capsys.readouterr().err


def test_a_service_that_detection_does_not_see(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "main.py").write_text("print(1)\n")
    (tmp_path / "genfile.toml").write_text(
        '[services.job]\nlanguage = "python"\nset = { start = "python main.py", runtime.version = "3.12" }\n'
    )
    assert inspected(tmp_path, capsys)["job"]["name"] == "job"
    assert run(["init", str(tmp_path), "--yes"]) == 0
    text = next(tmp_path.rglob("Dockerfile")).read_text()
    assert 'CMD ["python", "main.py"]' in text
    assert "python:3.12" in text
    assert run(["check", str(tmp_path)]) == 0


def test_of_two_files_one_counts_and_the_other_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text("[tool.genfile.set]\nport = 9000\n")
    assert "EXPOSE 9000" in dockerfile(project, capsys)
    (project / "genfile.toml").write_text("[set]\nport = 9001\n")
    assert run(["init", str(project), "--yes"]) == 0
    said = capsys.readouterr().err
    assert (
        "warning: genfile uses the settings in genfile.toml and ignores those in pyproject.toml [tool.genfile]" in said
    )
    assert "EXPOSE 9001" in (project / "Dockerfile").read_text()


@pytest.mark.parametrize(
    "text",
    [
        'preset = "git+https://preset.invalid/x@v1"\n',
        'preset = "/etc"\n',
        'preset = "~/x"\n',
        'preset = "../outside"\n',
        'preset = "hidden"\n',
        '[services."."]\npreset = "git+https://preset.invalid/x@v1"\n',
        '[services."."]\npreset = "../outside"\n',
        '[services."."]\npreset = "hidden"\n',
    ],
)
@pytest.mark.parametrize("file", ["genfile.toml", "pyproject.toml"])
@pytest.mark.parametrize("command", ["init", "inspect", "lint"])
def test_a_tree_names_nothing_outside_of_it(
    project: Path, configured: Path, command: str, file: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # A name that the user has for a preset is the user's to say.
    configured.write_text('[presets.hidden]\nsource = "git+https://preset.invalid/y@v1"\n')
    if file == "pyproject.toml":
        text = text.replace("[services", "[tool.genfile.services") if "[" in text else "[tool.genfile]\n" + text
    (project / file).write_text(text)
    assert run([command, str(project)]) != 0
    said = capsys.readouterr().err
    assert "points outside of the project" in said or "is not pinned" in said or "is not in this project" in said


@pytest.fixture
def configured(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own configuration."""
    folder = tmp_path_factory.mktemp("xdg")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    (folder / "genfile").mkdir()
    return folder / "genfile" / "config.toml"


def company(folder: Path) -> None:
    folder.mkdir()
    (folder / "preset.toml").write_text(
        'manifest = 1\nname = "acme"\nsummary = "x"\nextends = "builtin"\n[options]\nlabels.default = ["a=b"]\n'
    )


def test_what_the_user_wants_of_every_project(
    project: Path, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company(configured.parent / "acme")
    configured.write_text(
        'preset = "acme"\ncomments = "teach"\ntrust = []\n[set]\nuser = 20000\nport = 9000\n'
        '[presets.acme]\nsource = "./acme"\n'
    )
    text = dockerfile(project, capsys)
    assert "LABEL a=b" in text
    assert "USER 20000:20000" in text
    assert "EXPOSE 9000" in text
    assert "# A numeric user" in text
    # The project's own decisions count more, and the command line counts most.
    (project / "genfile.toml").write_text('preset = "python"\ncomments = "none"\n[set]\nport = 9001\n')
    text = dockerfile(project, capsys)
    assert "LABEL" not in text
    assert "USER 20000:20000" in text
    assert "EXPOSE 9001" in text
    assert "# A numeric user" not in text
    assert "LABEL a=b" in dockerfile(project, capsys, "--preset", "acme")
    assert "EXPOSE 9002" in dockerfile(project, capsys, "--set", "port=9002")
    # A guarded call reads nothing of the tree, and the user is still the user.
    assert "EXPOSE 9000" in dockerfile(project, capsys, "--guard")


def test_others_get_the_files_that_the_user_s_configuration_made(
    project: Path, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured.write_text('comments = "none"\n[set]\nuser = 20000\nhash = true\n')
    assert run(["init", str(project), "--yes"]) == 0
    said = capsys.readouterr().err
    assert "config.toml:4:1: hash: not a field" in said
    assert "did you mean hashes?" in said
    configured.unlink()
    assert run(["check", str(project)]) == 0
    assert "USER 20000" in dockerfile(project, capsys)


def test_a_mistake_in_the_user_s_configuration(
    project: Path, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured.write_text("trust = []\ncoments = 'none'\n")
    assert run(["init", str(project), "--yes"]) == 2
    said = capsys.readouterr().err
    assert "config.toml:2:1: coments is not a known key" in said
    assert "did you mean comments?" in said


def test_a_preset_of_the_user_s_for_other_languages(
    project: Path, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured.write_text('preset = "node"\n')
    assert "python" in dockerfile(project, capsys)


def test_rules_of_trust(tmp_path: Path) -> None:
    from genfile.bundle import Bundle
    from genfile.errors import UsageError
    from genfile.scaffold.trust import is_trusted

    def bundle(reference: str) -> Bundle:
        return Bundle(reference, "git", "x", {}, frozenset(), None, None)

    config = tmp_path / "config.toml"
    assert not is_trusted(bundle("gh:acme/x"), config)
    config.write_text('trust = ["gh:acme/*", "git+https://git.example/team/*"]\n')
    assert is_trusted(bundle("gh:acme/x@v1"), config)
    assert is_trusted(bundle("git+https://git.example/team/a"), config)
    for other in ("gh:acmeevil/x", "gh:acme/../evil/x", "git+https://git.example/team/%2e%2e/evil", "gh:other/acme/"):
        assert not is_trusted(bundle(other), config)
    config.write_text('trust = ["*"]\n')
    with pytest.raises(UsageError, match="list of references"):
        is_trusted(bundle("gh:acme/x"), config)
