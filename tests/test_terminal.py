"""Nothing of a tree, a template or the command line reaches a terminal as anything but text."""

import ast
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile import terminal
from genfile.evidence import Note
from genfile.terminal import visible

pty = pytest.importorskip("pty", reason="pseudo-terminals are a matter of POSIX")

PACKAGE = Path(terminal.__file__).parent
# Clears the screen, sets the title, a C1 control, turns the direction of writing, a carriage return, a bell.
HOSTILE = "x\x1b[2J\x1b]0;owned\x07\x9b2J\u202egpj\u2066\r\x08\x7f"
COLOURS = re.compile(r"\x1b\[(?:0|1|2|3[1-6]|[0-9;]*3[1-6])?m")
# A spinner clears its own line.
SPINNER = "\r\x1b[K"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def on_terminal(folder: Path, *arguments: str, typed: str = "", colour: bool = False) -> tuple[int, str]:
    """Run the command line on a terminal of its own: exit code, and all that the terminal was sent."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"} | ({} if colour else {"NO_COLOR": "1"})
    if colour:
        environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "genfile", *arguments],
        cwd=folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
    )
    os.close(slave)
    os.write(master, typed.encode())
    sent = bytearray()
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        sent += chunk
    os.close(master)
    return process.wait(), sent.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def assert_only_text(sent: str, *, colour: bool = False) -> None:
    assert "Traceback" not in sent
    text = COLOURS.sub("", sent.replace(SPINNER, "")) if colour else sent
    assert OBEYED.findall(text) == [], ascii(text)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project whose names and texts are all hostile, with files of the user's that are, too."""
    folder = tmp_path / "tree"
    folder.mkdir()
    manifest = {
        "name": HOSTILE,
        "scripts": {"start": f"node server.js '{HOSTILE}'", HOSTILE: "x", "build": f"tsc {HOSTILE}"},
        "dependencies": {"express": HOSTILE, HOSTILE: "1"},
        "engines": {"node": f">=22 {HOSTILE}"},
        "packageManager": f"pnpm@9.{HOSTILE}",
        "main": HOSTILE,
    }
    (folder / "package.json").write_text(json.dumps(manifest))
    (folder / "server.js").write_text(f"require('express')().listen(3000) // {HOSTILE}\n")
    (folder / ".nvmrc").write_text(f"22{HOSTILE}\n")
    (folder / "Dockerfile").write_text(f"FROM scratch\n# {HOSTILE}\nCMD {HOSTILE}\n")
    (folder / "Procfile").write_text(f"web: node server.js {HOSTILE}\nworker: {HOSTILE}\n")
    for name in (os.fsencode(f"d{HOSTILE}"), b"undecodable\xff\x9b2J"):
        inner = os.fsencode(folder) + b"/" + name
        os.mkdir(inner)  # noqa: PTH102
        with open(inner + b"/package.json", "w") as file:  # noqa: PTH123
            file.write(json.dumps(manifest | {"name": "inner"}))
        with open(inner + b"/pyproject.toml", "w") as file:  # noqa: PTH123
            file.write("[broken")
    return folder


PRESET = """manifest = 1
name = "bad"
summary = "{0}"
extends = "node"
[options.mirror]
type = "text"
help = "{0}"
default = "{0}"
"""
TEMPLATE = """manifest = 1
name = "bad"
summary = "{0}"
[options.name]
type = "text"
help = "{0}"
default = "{0}"
"""


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect"],
        ["inspect", "--json"],
        ["init", "--dry-run"],
        ["init", "--diff"],
        ["init", "--stdout"],
        ["init", "--yes"],
        ["init", "--json", "--dry-run"],
        ["init", "--service", HOSTILE],
        ["init", "--set", f"start={HOSTILE}"],
        ["init", "--set", f"{HOSTILE}=1"],
        ["init", "--set", HOSTILE],
        ["init", "--preset", HOSTILE],
        ["init", f"--{HOSTILE}"],
        [HOSTILE],
        ["inspect", HOSTILE],
        ["render", HOSTILE],
        ["render", "package.json"],
        ["new", HOSTILE, "made"],
        ["new", "../template", "made", "--defaults"],
        ["new", "../template", "made", "--set", f"name={HOSTILE}"],
        ["new", "../template", "made", "--answers", HOSTILE],
        ["new", f"git+file:///nowhere@{HOSTILE}", "made"],
        ["update"],
        ["presets", "list"],
        ["presets", "show", "../preset"],
        ["presets", "show", HOSTILE],
        ["presets", "add", "bad", "../preset"],
        ["presets", "add", HOSTILE, "../preset"],
        ["presets", "add", "bad", f"git+file:///nowhere@{HOSTILE}"],
        ["presets", "update", HOSTILE],
        ["presets", "remove", HOSTILE],
        ["presets", "new", HOSTILE],
        ["presets", "eject", HOSTILE],
        ["presets", "eject", "node", HOSTILE],
        ["presets", "test", "../preset", "--no-docker"],
    ],
    ids=lambda value: ascii(" ".join(value))[:60] if isinstance(value, list) else str(value),
)
def test_every_command_sends_only_text(tree: Path, arguments: list[str], colour: bool) -> None:
    said = json.dumps(HOSTILE)[1:-1].replace("\x7f", "\\u007f")
    for name, text in (("preset", PRESET), ("template", TEMPLATE)):
        (tree.parent / name).mkdir()
        (tree.parent / name / f"{name}.toml").write_text(text.replace("{0}", said))
    _, sent = on_terminal(tree, *arguments, colour=colour)
    assert sent
    assert_only_text(sent, colour=colour)


def test_questions_and_the_diff_before_one(tree: Path) -> None:
    """The guesses are asked for with what they rest on, and the file that is there is shown before it is replaced."""
    code, sent = on_terminal(tree, "init", "--service", ".", typed="\n\n\n\n\n\n\n\nn\n")
    assert "Replace Dockerfile" in sent
    assert "# x\\u001b[2J" in sent
    assert_only_text(sent)
    assert code == 3


@pytest.mark.parametrize(("answer", "saved"), [("", True), ("y", True), ("n", False)])
def test_answers_are_saved_where_the_user_wants_it(tmp_path: Path, answer: str, saved: bool) -> None:
    (tmp_path / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    code, sent = on_terminal(tmp_path, "init", typed=f"3.12\n{answer}\n")
    assert code == 0, sent
    assert "Save these answers to genfile.toml?" in sent
    assert sent.index("flask, port 8000") < sent.index("1/1  runtime.version")
    assert (tmp_path / "genfile.toml").exists() == saved
    assert ("[containers.settings]" in (tmp_path / "genfile.lock").read_text()) != saved
    assert "python:3.12" in (tmp_path / "Dockerfile").read_text()
    # What was answered is not asked again.
    code, sent = on_terminal(tmp_path, "init")
    assert code == 0, sent
    assert "Save these" not in sent


def test_a_question_shows_its_default_and_gives_it_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from genfile.cli import ui

    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert ui.prompt("which", HOSTILE) == HOSTILE
    assert OBEYED.findall(capsys.readouterr().out.replace("\n", "")) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a.py:3 (x): no", "note: a.py:3 (x): no"),
        ("a.py:3: no", "note: a.py:3: no"),
        ("a.py: no", "note: a.py:3: no"),
        ("no", "note: a.py:3: no"),
    ],
)
def test_a_note_names_its_place_once(capsys: pytest.CaptureFixture[str], text: str, shown: str) -> None:
    from genfile.cli import ui

    ui.show_notes([Note("info", text, "a.py", 3)])
    assert capsys.readouterr().err.strip() == shown


def test_no_text_begins_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    from genfile.cli import ui

    ui.out("create  a\nerror: no\r\n", ui.styled("b\nc", "red"))
    assert capsys.readouterr().out == "create  a\\u000aerror: no\\u000d\\u000ab\\u000ac\n"


@given(st.text())
def test_what_is_visible_is_only_text(text: str) -> None:
    assert OBEYED.findall(visible(text).replace("\t", "")) == []
    assert "\n" not in visible(text)
    assert visible(text, lines=True).count("\n") == text.count("\n")


@pytest.mark.parametrize("text", ["é 日本 \u00a0 \t naïve 👩\u200d💻 می\u200cخواهم שלום"])
def test_text_of_any_language_stays(text: str) -> None:
    assert visible(text) == text


def test_data_for_a_program_stays_as_it_is(tree: Path) -> None:
    (tree / "Dockerfile").write_bytes(b"FROM scratch\n# x\x1b[2J\xe2\x80\xae\xc2\x9b \xc3\xa9\n")
    done = subprocess.run(
        [sys.executable, "-m", "genfile", "init", "--diff"], cwd=tree, capture_output=True, check=False
    )
    assert b"\n-# x\x1b[2J\xe2\x80\xae\xc2\x9b \xc3\xa9\n" in done.stdout


@given(st.text() | st.sampled_from([HOSTILE, "\udcff\ud800"]))
def test_json_means_the_same_and_holds_nothing_that_is_obeyed(text: str) -> None:
    from contextlib import redirect_stdout

    from genfile.cli import ui

    value = {text: [text, {"name": text}]}
    raw = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(raw, encoding="ascii")) as stream:
        ui.json_out(value)
        stream.flush()
        said = raw.getvalue().decode("utf-8")
    assert json.loads(said) == value
    assert OBEYED.findall(said) == []


@pytest.mark.parametrize(
    "setting",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
    ],
    ids=["C", "ascii-locale", "ascii", "cp1252"],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect"],
        ["inspect", "--json"],
        ["init", "--dry-run"],
        ["init", "--diff"],
        ["init", "--stdout"],
        ["init", "nowhere-é日"],
    ],
)
def test_no_locale_and_no_name_ends_in_an_error_of_encoding(
    tree: Path, setting: dict[str, str], arguments: list[str]
) -> None:
    (tree / "Dockerfile").write_text("# é 日本\nFROM scratch\n")
    done = subprocess.run(
        [sys.executable, "-m", "genfile", *arguments],
        cwd=tree,
        env={**{k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}, **setting},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"UnicodeEncodeError" not in done.stderr
    assert b"codec can't encode" not in done.stderr
    assert done.stdout or done.stderr
    if "--diff" in arguments and done.stdout:
        assert "-# é 日本".encode() in done.stdout


def _calls(path: Path) -> list[str]:
    """The calls in a file that write to a stream, or ask, by their own."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            bypasses = name in ("print", "input") or name.startswith(
                ("typer.echo", "typer.secho", "typer.prompt", "typer.confirm", "click.")
            )
            if bypasses or re.fullmatch(
                r"(sys\.)?(stdout|stderr)(\.buffer)?\.write(lines)?|Console|(rich\.)?print", name
            ):
                found.append(f"{path.name}:{node.lineno} {name}")
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("rich", "click"):
            found.append(f"{path.name}:{node.lineno} {node.module}")
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_all_that_is_printed_goes_through_one_module(path: Path) -> None:
    """`ui.py` asks; a spinner of constant text turns; `__main__.py` prints a version; an engine draws its progress."""
    own = {"cli/ui.py", "cli/spinner.py", "cli/progress.py", "engine/run.py", "__main__.py"}
    assert (_calls(path) == []) is not (path.relative_to(PACKAGE).as_posix() in own)
