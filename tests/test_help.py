"""Help, wrong command lines, completion: what a stranger meets first."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run
from tests.conftest import PROJECTS

GENFILE = [sys.executable, "-m", "genfile"]


def _commands() -> "Iterator[tuple[tuple[str, ...], Any]]":
    import typer

    from genfile.cli.commands import app

    def walk(command: Any, path: tuple[str, ...]) -> "Iterator[tuple[tuple[str, ...], Any]]":
        for name, inner in getattr(command, "commands", {}).items():
            if hasattr(inner, "commands"):
                yield from walk(inner, (*path, name))
            else:
                yield (*path, name), inner

    yield from walk(typer.main.get_command(app), ())


COMMANDS = dict(_commands())
# These need an engine, a registry, or a server that is not there; their help is tested all the same.
NOT_RUN = ("genfile verify", "genfile pin", "gh:", "docker build")


def test_the_help_fits_on_one_screen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert printed.err == ""
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    names = [name for name, *rest in COMMANDS if not rest]
    assert all(re.search(rf"\b{name}  ", printed.out) for name in names)
    assert run(["--help"]) == 0
    assert capsys.readouterr().out == printed.out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("width", [80, 120])
def test_help_of_every_command(
    command: tuple[str, ...], width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert run([*command, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Usage: genfile {' '.join(command)}" in text
    assert "\nExamples:\n  genfile " in text
    # A word alone may be wider than its column, never cut.
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert "<" not in re.sub(r"(?s)\nExamples:.*", "", text)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with files that genfile wrote, a service in a folder, a spec, and a preset of its own."""
    root = tmp_path_factory.mktemp("examples") / "shop"
    shutil.copytree(PROJECTS / "node-express-js", root)
    shutil.copytree(PROJECTS / "go-root", root / "services" / "api")
    assert run(["init", str(root), "--service", ".", "--yes"]) == 0
    spec = subprocess.run([*GENFILE, "inspect", "--json"], cwd=root, capture_output=True, check=True).stdout
    (root / "spec.json").write_bytes(spec)
    assert run(["presets", "new", "acme", str(root / "acme")]) == 0
    assert run(["presets", "add", "acme", str(root / "acme"), "--path", str(root)]) == 0
    return root


def _examples() -> Iterator[str]:
    for command in COMMANDS.values():
        yield from (line for line in command.epilog.splitlines() if not any(word in line for word in NOT_RUN))


@pytest.mark.parametrize("line", list(_examples()))
def test_examples_run(line: str, written: Path, tmp_path: Path) -> None:
    """Each example of the help as it stands; the difference of `--diff` and of a snapshot are no failure."""
    shutil.copytree(written, tmp_path / "shop")
    if "presets remove" not in line and "presets fetch" not in line and "presets update" not in line:
        (tmp_path / "shop" / "genfile.toml").unlink(missing_ok=True)
    if "adopt" in line:
        # A Dockerfile that somebody wrote.
        (tmp_path / "shop" / "genfile.lock").unlink()
        text = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nEXPOSE 8080\nCMD ["node", "server.js"]\n'
        (tmp_path / "shop" / "Dockerfile").write_text(text)
    if "adopt" in line or "render -" in line:
        # One service, so that one Dockerfile is meant.
        shutil.rmtree(tmp_path / "shop" / "services")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "genfile").write_text(f'#!/bin/sh\nexec {sys.executable} -m genfile "$@"\n')
    (bin_folder / "genfile").chmod(0o755)
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(tmp_path / "c")}
    line = line.replace("acme --to v2", "acme") if "--to v2" in line else line
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path / "shop", env=environment, capture_output=True, text=True)
    if line.startswith("genfile build"):
        assert done.returncode == 0 or "docker" in done.stderr
        return
    assert done.returncode == 0 or (done.returncode == 3 and not done.stderr.startswith("error")), done.stderr


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["init", "--jsn"], "unknown option --jsn", "did you mean --json?"),
        (["explain", "--bogus"], "unknown option --bogus", "`genfile explain --help` shows how to use it"),
        (["ini"], "unknown command ini", "did you mean init?"),
        (["presets", "sho"], "unknown command sho", "did you mean show?"),
        (["render"], "SPEC is missing", None),
        (["schema", "confg"], "NAME: 'confg' is not one of spec, preset, template, config", "did you mean config?"),
        (
            ["init", "--comments", "teech"],
            "--comments: 'teech' is not one of none, brief, teach",
            "did you mean teach?",
        ),
        (["init", "--set"], "--set needs a value: KEY=VALUE", None),
        (["init", ".", "more"], "unexpected argument more", None),
        (["init", "--json=1"], "--json takes no value", None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_command_lines(
    words: list[str], message: str, hint: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    error, said, usage = printed.err.splitlines()
    assert error.startswith(f"error: {message}")
    assert hint is None or said == f"hint: {hint}"
    command = " ".join(word for word in words if f"{word}" in ("presets", "init", "explain", "render", "schema"))
    assert usage.startswith(f"usage: genfile {command}".rstrip())


def test_with_json_a_wrong_command_line_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--json", "--jsn"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error == {
        "message": "unknown option --jsn",
        "hint": "did you mean --json?",
        "code": 2,
        "usage": "genfile init [OPTIONS] [PATH]",
    }


def complete(shell: str, line: str, folder: Path) -> list[str]:
    """What a shell is offered at the end of a line."""
    words = line.split(" ")
    variables = {
        "_GENFILE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "\n".join(words) if shell == "bash" else line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    code = "from genfile.cli.app import run; run([])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if shell == "bash":
        return done.stdout.split()
    said = done.stdout.replace("_arguments '*: :((", "", 1)
    return re.findall(r'^"?([A-Za-z.][\w./=-]*|--[\w-]+)', said, re.MULTILINE)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("genfile in", ["init", "inspect"]),
        ("genfile init --preset ja", ["java"]),
        ("genfile presets show ac", ["acme"]),
        ("genfile presets remove ac", ["acme"]),
        ("genfile new python-f", ["python-fastapi"]),
        ("genfile init --comments te", ["teach"]),
        ("genfile init --service ", ["."]),
        ("genfile init --set healthc", ["healthcheck="]),
        ("genfile init --dr", ["--dry-run"]),
    ],
)
def test_completion(shell: str, line: str, offered: list[str], written: Path) -> None:
    assert sorted(complete(shell, line, written)) == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_completion_in_bash_itself(written: Path, tmp_path: Path) -> None:
    """The script of `--show-completion`, sourced, offers what it should."""
    (tmp_path / "genfile").write_text(f'#!/bin/sh\nexec {sys.executable} -m genfile "$@"\n')
    (tmp_path / "genfile").chmod(0o755)
    script = (
        'eval "$(_GENFILE_COMPLETE=source_bash genfile)"\n'
        "COMP_WORDS=(genfile init --preset ja); COMP_CWORD=3\n"
        '_genfile_completion genfile; echo "${COMPREPLY[@]}"\n'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], cwd=written, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["java"], done.stderr
