"""What a value of `--set` means is said by the type of its field; no text is split at a newline."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.cli.app import run
from genfile.dockerfile.reader import read_dockerfile
from genfile.spec.project import spec_class
from genfile.spec.settings import readings


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "package.json").write_text(
        '{"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}'
    )
    (tmp_path / "server.js").write_text("require('express')().listen(3000)\n")
    return tmp_path


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("build", "npm run build", [["npm run build"]]),
        ("build", '["npm ci", "npm run build"]', [["npm ci", "npm run build"]]),
        ("build", '[\n  "npm ci"\n]', [["npm ci"]]),
        ("build", "[ -f x ] && y", [["[ -f x ] && y"]]),
        ("build", "true", [["true"]]),
        ("frontend.build", "npm run build", [["npm run build"]]),
        ("start", 'node "a b" c', [["node", "a b", "c"]]),
        ("start", '["node", "a b"]', [["node", "a b"]]),
        ("release", "null", [None]),
        ("release", "npx migrate", [["npx", "migrate"]]),
        ("system_packages.run", "curl git", [["curl", "git"]]),
        ("processes.worker", "node worker.js", [["node", "worker.js"]]),
        ("port", "8080", ["8080", 8080]),
        ("name", "123", ["123", 123]),
        ("framework", "null", ["null", None]),
        ("static", '{\n"root": "dist"}', [{"root": "dist"}]),
        ("no.such", "1", ["1", 1]),
        ("facts.any", '["a"]', ['["a"]', ["a"]]),
    ],
)
def test_the_type_of_the_field_decides(key: str, text: str, values: list[Any]) -> None:
    assert readings(spec_class("node"), key, text) == values


@pytest.mark.parametrize(
    "setting",
    [
        "build=a\nRUN touch PWNED",
        "start=node\nserver.js",
        "start=node\tserver.js",
        "release=a\x1b[2J",
        "name=a\nb",
        "system_packages.run=curl\ngit",
        'build=["a\\nRUN touch PWNED"]',
        'start=["node", "a\\u001b"]',
        "build=a\u2028b",
    ],
)
def test_a_control_character_is_refused_by_name(shop: Path, setting: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--set", setting]) == 2
    printed = capsys.readouterr()
    (line, *rest) = printed.err.splitlines()
    assert line.startswith("error: --set ")
    assert "U+" in line
    assert rest == []
    assert not (shop / "Dockerfile").exists()


def test_words_with_an_open_quote_are_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--set", "start=node 'a"]) == 2
    assert "start: has an unclosed quote" in capsys.readouterr().err


def test_one_text_is_one_command(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--stdout", "--set", "build=make a b && ls"]) == 0
    made = read_dockerfile(capsys.readouterr().out)
    assert [item.value for item in made.instructions if "make" in item.value] == ["make a b && ls"]


@given(st.text(max_size=40))
def test_no_text_makes_more_than_one_command(text: str) -> None:
    """But a JSON array, which says how many there are."""
    try:
        (value,) = readings(spec_class("node"), "build", text)
    except ValueError:
        assert not text.isprintable()
        return
    assert value is None or text.lstrip().startswith("[") or value == [text]
