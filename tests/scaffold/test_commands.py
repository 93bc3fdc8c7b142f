"""`genfile new` and `genfile update`, as a person and as a program call them."""

import json
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run
from tests.bundle.remotes import git
from tests.scaffold.projects import digest_of, genfile

MANIFEST = """\
manifest = 1
name = "demo"
summary = "A demo"

[questions.name]
type = "text"
help = "Name of the service"
default = "{{ folder | slug }}"
pattern = "^[a-z][a-z0-9-]*$"

[questions.database]
type = "choice"
help = "Which database?"
choices = { none = "No database", postgres = "PostgreSQL" }
default = "none"

[questions.token]
type = "text"
help = "A token"
secret = true
default = "t"

[[files]]
path = "project/db.py"
when = "database == 'postgres'"
"""
MAIN = "# {{ name }}\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n# the end\n"


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "tpl"
    put(folder, "template.toml", MANIFEST)
    put(folder, "project/main.py.j2", MAIN)
    put(folder, "project/db.py", "")
    put(folder, "project/requirements.txt", "fastapi\nuvicorn\n")
    put(folder, "project/run.sh", "#!/bin/sh\n")
    (folder / "project/run.sh").chmod(0o755)
    return folder


def put(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


RECORD = {".genfile-answers.toml", "genfile.lock"}


def test_a_new_project(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "./tpl", "My Shop", "--set", "database=postgres", "--set", "token=hunter2"]) == 0
    project = tmp_path / "My Shop"
    assert tree(project) == {"main.py", "db.py", "requirements.txt", "run.sh"} | RECORD
    assert (project / "main.py").read_text().startswith("# my-shop\n")
    assert (project / "run.sh").stat().st_mode & 0o100
    record = (project / ".genfile-answers.toml").read_text()
    assert 'reference = "../tpl"' in record
    assert 'database = "postgres"' in record
    assert "hunter2" not in record + (project / "genfile.lock").read_text()
    assert "create  My Shop/main.py" in capsys.readouterr().out


def test_container_files_are_those_that_init_writes(template: Path, tmp_path: Path) -> None:
    assert run(["new", "./tpl", "shop", "--dockerfile"]) == 0
    written = {name: (tmp_path / "shop" / name).read_text() for name in ("Dockerfile", ".dockerignore")}
    assert run(["init", "shop", "--force"]) == 0
    assert {name: (tmp_path / "shop" / name).read_text() for name in written} == written
    put(template, "template.toml", MANIFEST.replace("\n[questions", "\ndockerfile = true\n[questions", 1))
    assert run(["new", "./tpl", "other"]) == 0
    assert {"Dockerfile", ".dockerignore", "compose.yaml"} <= tree(tmp_path / "other")


def test_a_template_with_a_dockerfile_of_its_own_keeps_it(template: Path, tmp_path: Path) -> None:
    put(template, "project/Dockerfile", "FROM scratch\n")
    assert run(["new", "./tpl", "shop", "--dockerfile"]) == 0
    assert (tmp_path / "shop/Dockerfile").read_text() == "FROM scratch\n"
    assert (tmp_path / "shop/.dockerignore").exists()


def test_a_dry_run_and_json(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "./tpl", "shop", "--dry-run", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["answers"] == {"name": "shop", "database": "none"}
    assert {"path": "main.py", "action": "create"} in document["files"]
    assert document["template"]["kind"] == "folder"
    assert not (tmp_path / "shop").exists()


def test_without_a_folder_the_template_or_the_name_decides(template: Path, tmp_path: Path) -> None:
    assert run(["new", "./tpl", "--set", "name=by-name"]) == 0
    assert (tmp_path / "by-name/main.py").exists()
    put(template, "template.toml", 'root = "{{ name }}-root"\n' + MANIFEST)
    assert run(["new", "./tpl"]) == 0
    assert (tmp_path / "tpl-root/main.py").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'name = "x"\ndatabase = "postgres"\n'),
        ("a.toml", 'version = 1\n[answers]\nname = "x"\ndatabase = "postgres"\n'),
        ("a.json", '{"name": "x", "database": "postgres"}'),
        ("a.yaml", "name: x\ndatabase: postgres\n"),
    ],
)
def test_answers_from_a_file(template: Path, tmp_path: Path, name: str, text: str) -> None:
    put(tmp_path, name, text)
    assert run(["new", "./tpl", "shop", "--answers", name, "--set", "name=y"]) == 0
    assert (tmp_path / "shop/main.py").read_text().startswith("# y\n")
    assert (tmp_path / "shop/db.py").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "nmae=x"], "did you mean name?"),
        (["--set", "name=My Shop"], "does not match"),
        (["--set", "database=oracle"], "is not one of none, postgres"),
        (["--set", "name"], "it takes KEY=VALUE"),
        (["--answers", "nothing.toml"], "can't be read"),
        (["--answers", "a.txt"], "it takes a file in"),
    ],
)
def test_wrong_usage_is_said_in_one_line(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["new", "./tpl", "shop", *arguments]) in (1, 2)
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") <= 2
    assert not (tmp_path / "shop").exists()


def test_what_is_missing_is_listed_where_nobody_can_be_asked(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = '\n[questions.port]\ntype = "port"\nhelp = "Port"\n\n[questions.owner]\ntype = "text"\nhelp = "Owner"\n'
    put(template, "template.toml", MANIFEST + more)
    assert run(["new", "./tpl", "shop", "--defaults"]) == 2
    error = capsys.readouterr().err
    assert "no value for port (a whole number from 1 to 65535); owner (text)" in error
    assert "--set port=VALUE" in error


def test_files_that_are_there_are_never_replaced(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "shop/main.py", "mine\n")
    put(tmp_path, "shop/other", "mine\n")
    assert run(["new", "./tpl", "shop"]) == 3
    assert "shop holds main.py already" in capsys.readouterr().err
    assert tree(tmp_path / "shop") == {"main.py", "other"}
    (tmp_path / "shop/main.py").unlink()
    assert run(["new", "./tpl", "shop"]) == 0
    assert (tmp_path / "shop/other").read_text() == "mine\n"


@pytest.mark.parametrize("source", ["{{ 'a' * 10**9 }}", "{{ ''.__class__ }}", "{% include '/etc/passwd' %}"])
def test_a_hostile_template_leaves_nothing_behind(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    put(template, "project/z.j2", source)
    assert run(["new", "./tpl", "shop"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: project/z.j2")
    assert error.count("\n") <= 2
    assert {path.name for path in tmp_path.iterdir()} == {".git", "tpl"}


def test_questions_at_a_terminal(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter(["Bad Name", "good-name", "orcale", "postgres", "hunter2"])
    asked: list[tuple[str, Any, bool]] = []

    def prompt(text: str, *, default: Any, hide_input: bool, show_default: bool) -> str:
        asked.append((text.strip().partition(" [")[0], default, hide_input))
        return next(replies)

    monkeypatch.setattr("genfile.cli.ui.is_terminal", lambda: True)
    monkeypatch.setattr("typer.prompt", prompt)
    assert run(["new", "./tpl", "shop"]) == 0
    assert [name for name, *_ in asked] == ["name", "name", "database", "database", "token"]
    assert asked[0] == ("name", "shop", False)
    assert asked[-1] == ("token", "t", True)
    assert (tmp_path / "shop/db.py").exists()


def test_built_in_templates_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "--list", "--json"]) == 0
    assert "templates" in json.loads(capsys.readouterr().out)
    assert run(["new"]) == 2
    assert "genfile new --list" in capsys.readouterr().err


def test_an_update_brings_what_is_new_and_keeps_what_is_yours(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["new", "./tpl", "shop", "--set", "name=x", "--dockerfile"])
    shop = tmp_path / "shop"
    put(shop, "main.py", (shop / "main.py").read_text().replace("# the end", "# my end"))
    put(shop, "own.py", "mine\n")
    (shop / "requirements.txt").unlink()
    put(template, "project/main.py.j2", MAIN.replace("# {{ name }}", "# {{ name }}, version 2"))
    put(template, "project/new.py", "new\n")
    (template / "project/run.sh").unlink()
    capsys.readouterr()
    assert run(["update", "shop", "--dry-run"]) == 0
    assert "would merge  main.py" in capsys.readouterr().out
    assert run(["update", "shop", "--diff"]) == 0
    assert "+# x, version 2" in capsys.readouterr().out
    assert not (shop / "new.py").exists()
    assert run(["update", "shop"]) == 0
    assert (shop / "main.py").read_text() == MAIN.replace("# {{ name }}", "# x, version 2").replace("the end", "my end")
    assert tree(shop) == {"main.py", "new.py", "own.py", "Dockerfile", ".dockerignore"} | RECORD
    capsys.readouterr()
    assert run(["update", "shop"]) == 0
    assert "up to date" not in capsys.readouterr().out
    assert not (shop / "requirements.txt").exists()


def test_conflicts_are_marked_and_the_record_moves_on_when_they_are_solved(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["new", "./tpl", "shop"])
    shop = tmp_path / "shop"
    put(shop, "main.py", (shop / "main.py").read_text().replace("FastAPI()", "FastAPI(debug=True)"))
    put(template, "project/main.py.j2", MAIN.replace("FastAPI()", "FastAPI(title='x')"))
    assert run(["update", "shop"]) == 3
    text = (shop / "main.py").read_text()
    assert "<<<<<<< yours\napp = FastAPI(debug=True)\n||||||| last written by genfile\napp = FastAPI()\n" in text
    assert "[pending]" in (shop / ".genfile-answers.toml").read_text()
    capsys.readouterr()
    assert run(["update", "shop"]) == 3
    assert "main.py" in capsys.readouterr().err
    assert (shop / "main.py").read_text() == text
    solved = MAIN.replace("{{ name }}", "shop").replace("FastAPI()", "FastAPI(debug=True, title='x')")
    put(shop, "main.py", solved)
    put(template, "project/new.py", "new\n")
    assert run(["update", "shop", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["conflicts"] == []
    assert document["recorded"] is True
    assert (shop / "main.py").read_text() == solved
    assert (shop / "new.py").exists()
    assert "[pending]" not in (shop / ".genfile-answers.toml").read_text()


def test_a_mode_and_a_rename_reach_the_project(template: Path, tmp_path: Path) -> None:
    """By the command itself, in a repository of the user's."""
    assert genfile(tmp_path, "new", "./tpl", "shop").returncode == 0
    shop = tmp_path / "shop"
    git(shop, "init", "--quiet")
    put(shop, "main.py", (shop / "main.py").read_text().replace("# the end", "# my end"))
    before = digest_of(shop / ".git")
    (template / "project/main.py.j2").rename(template / "project/server.py.j2")
    (template / "project/requirements.txt").chmod(0o755)
    (template / "project/run.sh").chmod(0o644)
    done = genfile(tmp_path, "update", "shop", "--from", "tpl")
    assert done.returncode == 0, done.stderr
    assert "main.py is now server.py, with your edits" in done.stderr
    assert tree(shop) - {path for path in tree(shop) if path.startswith(".git/")} == {
        *("server.py", "requirements.txt", "run.sh"),
        *RECORD,
    }
    assert "# my end" in (shop / "server.py").read_text()
    modes = {name: (shop / name).stat().st_mode & 0o777 for name in ("requirements.txt", "run.sh", "server.py")}
    assert modes == {"requirements.txt": 0o755, "run.sh": 0o644, "server.py": 0o644}
    assert digest_of(shop / ".git") == before
    assert genfile(tmp_path, "update", "shop", "--from", "tpl").stdout == "up to date\n"


@pytest.mark.parametrize(("mode", "kept"), [("keep", "debug=True"), ("theirs", "title='x'")])
def test_conflicts_can_be_settled_by_an_option(template: Path, tmp_path: Path, mode: str, kept: str) -> None:
    run(["new", "./tpl", "shop"])
    main = tmp_path / "shop/main.py"
    put(tmp_path, "shop/main.py", main.read_text().replace("FastAPI()", "FastAPI(debug=True)"))
    put(template, "project/main.py.j2", MAIN.replace("FastAPI()", "FastAPI(title='x')"))
    assert run(["update", "shop", "--conflict", mode]) == 0
    assert f"FastAPI({kept})" in main.read_text()
    assert "pending" not in (tmp_path / "shop/.genfile-answers.toml").read_text()


def test_new_questions_and_new_answers(template: Path, tmp_path: Path) -> None:
    run(["new", "./tpl", "shop", "--set", "name=x"])
    more = '\n[questions.port]\ntype = "port"\nhelp = "Port"\ndefault = 8000\n'
    put(template, "template.toml", MANIFEST + more)
    put(template, "project/port.j2", "{{ port }} {{ name }}\n")
    assert run(["update", "shop", "--set", "database=postgres"]) == 0
    assert (tmp_path / "shop/port").read_text() == "8000 x\n"
    assert (tmp_path / "shop/db.py").exists()
    assert "port = 8000" in (tmp_path / "shop/.genfile-answers.toml").read_text()


def test_folders_that_no_template_made_are_refused(
    tmp_path: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["update", str(tmp_path)]) == 2
    assert "genfile has not written any container files here" in capsys.readouterr().err
    run(["new", "./tpl", "shop"])
    put(tmp_path, "shop/.genfile-answers.toml", "version = 9\n")
    assert run(["update", "shop"]) == 2
    put(tmp_path, "shop/.genfile-answers.toml", "nonsense\n")
    assert run(["update", "shop"]) == 2


def test_the_next_steps_are_those_of_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "python-django", "shop", "--defaults"]) == 0
    steps = [line[7:] for line in capsys.readouterr().out.split("Next:")[1].splitlines()[1:]]
    assert (tmp_path / "shop/compose.yaml").is_file()
    assert steps == ["# first set SECRET_KEY in .env", "docker compose up --build"]
