"""Questions at the prompt, steps that come next, and what is said where nothing is found."""

import io
import re
import shutil
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.cli.guesses import as_typed, chosen
from tests.conftest import PROJECTS
from tests.test_proxied import LOCK, VITE


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is there, who is asked and answers what stdin holds."""
    monkeypatch.setattr("genfile.cli.ui.is_terminal", lambda: True)


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(PROJECTS / "several-languages", tmp_path / "shops")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shops"


def test_the_summary_first_then_a_question_for_each_guess_of_each_service(
    several: Path, prompt: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad answer is asked again with the reason, a choice is taken by its number, and the rest is the guess."""
    answer(monkeypatch, "abc", "3", "", "n")
    assert run(["init", "shops"]) == 0
    printed = capsys.readouterr()
    asked = printed.out.index("1/2  runtime.version  (api)")
    assert printed.out.index("worker  go 1.27") < asked < printed.out.index("2/2  runtime.version  (web)")
    question = printed.out[asked:]
    assert "Found: shops/api/requirements.txt" in question
    assert "Offered: 3.14, which is a guess" in question
    assert "To make it certain, add a .python-version" in question
    assert "    1) 3.14  " in question
    assert "'abc' is not a version, such as 22 or 3.13" in printed.err
    choice = re.search(r"    3\) (\S+)", question)
    assert choice is not None
    assert f"FROM python:{choice[1]}-" in (several / "api" / "Dockerfile").read_text()
    assert " node:24-" in (several / "web" / "Dockerfile").read_text()
    # What was answered for one service is kept for it alone, and not asked again.
    answer(monkeypatch, "")
    assert run(["init", "shops"]) == 0
    assert "(api)" not in capsys.readouterr().out.split("1/1")[-1]


def test_answers_of_several_services_are_saved_for_each(
    several: Path, prompt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tomli

    answer(monkeypatch, "3.12", "22", "y")
    assert run(["init", "shops"]) == 0
    services = tomli.loads((several / "genfile.toml").read_text())["services"]
    assert services["api"]["set"] == {"runtime.version": "3.12"} or services["api"]["set"] == {
        "runtime": {"version": "3.12"}
    }
    assert "web" in services
    assert "FROM python:3.12-" in (several / "api" / "Dockerfile").read_text()


def test_the_same_guess_of_several_services_is_asked_once(
    tmp_path: Path, prompt: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PROJECTS / "workspace-npm", tmp_path / "shop")
    answer(monkeypatch, "22", "n")
    assert run(["init", str(tmp_path / "shop")]) == 0
    assert "1/1  runtime.version  (api, web)" in capsys.readouterr().out
    for name in ("api", "web"):
        assert "FROM node:22-" in (tmp_path / "shop" / "apps" / name / "Dockerfile").read_text()


def test_a_list_that_is_a_guess_is_asked_for_as_a_command(
    tmp_path: Path, prompt: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PROJECTS / "go-serve", tmp_path / "shop")
    answer(monkeypatch, "/app/shop other --flag", "n")
    assert run(["init", str(tmp_path / "shop")]) == 0
    assert "Offered: /app/shop serve, which is a guess" in capsys.readouterr().out
    assert 'CMD ["other", "--flag"]' in (tmp_path / "shop" / "Dockerfile").read_text()


def test_no_to_replace_ends_quietly(
    tmp_path: Path, prompt: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PROJECTS / "node-express-js", tmp_path / "shop")
    (tmp_path / "shop" / "Dockerfile").write_text("FROM scratch\n")
    answer(monkeypatch, "n")
    assert run(["init", str(tmp_path / "shop")]) == 3
    printed = capsys.readouterr()
    assert "error:" not in printed.err
    assert "--diff" in printed.err
    assert (tmp_path / "shop" / "Dockerfile").read_text() == "FROM scratch\n"


@pytest.mark.parametrize(
    ("text", "choices", "expected"),
    [
        ("2", ["24", "22"], "22"),
        ("22", ["24", "22"], "22"),
        ("3", ["24", "22"], "3"),
        ("0", ["24"], "0"),
        ("1", ["2", "1"], "1"),
        ("x", ["24"], "x"),
        ("٣", ["a", "b", "c"], "٣"),
    ],
)
def test_a_choice_by_its_number(text: str, choices: list[str], expected: str) -> None:
    assert chosen(text, choices) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["node", "a.js"], "node a.js"),
        (["node", "a b.js"], '["node", "a b.js"]'),
        (["npm run build"], "npm run build"),
        (True, "true"),
        (8080, "8080"),
    ],
)
def test_a_guess_as_it_can_be_typed(value: object, text: str) -> None:
    assert as_typed(value) == text


def steps(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out = capsys.readouterr().out
    return [line[7:] for line in out[out.index("Next:") :].splitlines()]


def test_next_steps_work_from_where_the_user_stands(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "shops", "--yes"]) == 0
    assert steps(capsys) == [f"docker build -t {name}:dev shops/{name}" for name in ("api", "web", "worker")]
    assert run(["init", "shops", "--yes", "--compose"]) == 0
    assert steps(capsys)[-1] == "docker compose -f shops/compose.yaml up --build"
    assert run(["init", "shops", "--dry-run"]) == 0
    assert "Next:" not in capsys.readouterr().out


def test_next_steps_name_secrets_and_what_compose_must_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PROJECTS / "python-django-pip", tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["init", "--yes", "--set", "index_secret=index"]) == 0
    assert steps(capsys) == ["docker build --secret id=index,env=INDEX -t shop:dev ."]
    assert run(["init", "--yes", "--compose"]) == 0
    assert steps(capsys) == ["# first set SECRET_KEY in .env", "docker compose up --build"]


BOTTLE = "import bottle\n{}\n\n\n@bottle.route('/')\ndef home():\n    return ''\n\n\nbottle.run(host={!r}, port=8080)\n"


@pytest.mark.parametrize(
    ("host", "more", "first"),
    [
        ("0.0.0.0", "", []),
        ("127.0.0.1", "", ["# first see the warning above"]),
        ("127.0.0.1", "from keys import TOKEN", ["# first see the warnings above"]),
    ],
)
def test_next_steps_begin_with_what_stops_the_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str, more: str, first: list[str]
) -> None:
    (tmp_path / "requirements.txt").write_text("bottle\n")
    (tmp_path / ".gitignore").write_text("keys.py\n")
    (tmp_path / "app.py").write_text(BOTTLE.format(more, host))
    assert run(["init", str(tmp_path), "--yes"]) == 0
    assert steps(capsys)[:-1] == first
    assert run(["init", str(tmp_path), "--yes", "--compose"]) == 0
    assert steps(capsys)[:-1] == first


def test_nothing_found_says_what_was_looked_for_what_is_there_and_what_to_add(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text("{bad")
    (tmp_path / "tool.py").write_text("x = 1\n")
    for command in ("init", "inspect"):
        assert run([command, str(tmp_path)]) == 4
        said = capsys.readouterr().err
        assert "package.json:1 was skipped: not valid JSON" in said
        assert f"error: no service found in {tmp_path}" in said
        assert "looked for package.json, requirements.txt" in said
        assert "the folder holds package.json, tool.py" in said
        assert "hint: add a requirements.txt or a pyproject.toml; `genfile new --list`" in said


def test_quiet_and_verbose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(PROJECTS / "python-flask-no-server", tmp_path / "shop")
    assert run(["init", str(tmp_path / "shop"), "--quiet"]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "gunicorn" in printed.err
    assert run(["init", str(tmp_path / "shop"), "--dry-run", "--verbose"]) == 0
    assert capsys.readouterr().out.count("(used)") > 2


@pytest.mark.parametrize("flag", ["--stdout", "--diff"])
def test_warnings_stay_on_stderr(flag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(PROJECTS / "python-flask-no-server", tmp_path / "shop")
    assert run(["init", str(tmp_path / "shop"), flag]) == 0
    printed = capsys.readouterr()
    assert "warning: " in printed.err
    assert "warning: " not in printed.out


def test_no_hint_to_add_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "package.json").write_text('{"name": "x", "main": "index.js"}')
    (tmp_path / "index.js").write_text("module.exports = 1\n")
    assert run(["init", str(tmp_path)]) == 4
    said = capsys.readouterr().err
    assert "a library for other programs" in said
    assert "hint: if it is a service all the same" in said


def test_next_steps_name_the_secrets_of_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = {"vite.config.ts": "export default { define: { mail: upload(process.env.PAY_API_KEY) } }\n"}
    for name, text in (VITE | LOCK | page).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert run(["init", "--yes", "--compose"]) == 0
    assert steps(capsys) == ["# first export PAY_API_KEY: the build needs it", "docker compose up --build"]
