"""Tests and documentation that nothing in the image reads stay out of the build context; what is named goes through."""

from pathlib import Path

import pytest

from genfile import generate
from tests.test_traps import EXPRESS, LISTEN, only, package

NODE = {
    "package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js", "test": "node --test test"}),
    "server.js": LISTEN,
    "test/server.test.js": "require('../server')\n",
    "docs/use.md": "x",
    "README.md": "x",
}
PYTHON = {
    "requirements.txt": "flask==3.1.0\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "tests/test_app.py": "from app import app\n",
    "README.md": "x",
}


@pytest.mark.parametrize(
    ("code", "left"),
    [
        (LISTEN, ("test", "docs", "README.md")),
        (LISTEN + "\napp.use(require('express').static('docs'))\n", ("test", "README.md")),
        (LISTEN + "\nrequire('./test/data')\n", ("docs", "README.md")),
        (LISTEN + "\nrequire('fs').readFileSync(__dirname + '/README.md')\n", ("test", "docs")),
    ],
)
def test_node(code: str, left: tuple[str, ...]) -> None:
    assert only(**{**NODE, "server.js": code}).unread == left


def test_a_build_may_read_any_folder() -> None:
    scripts = {"build": "cp -r docs public", "start": "node server.js"}
    spec = only(**{**NODE, "package.json": package(dependencies=EXPRESS, scripts=scripts)})
    assert spec.unread == ("README.md",)


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({}, ("tests", "README.md")),
        ({"app.py": PYTHON["app.py"] + "from tests import data\n"}, ("README.md",)),
        ({"setup.cfg": "[metadata]\nlong_description = file: README.md\n"}, ("tests",)),
    ],
)
def test_python(files: dict[str, str], left: tuple[str, ...]) -> None:
    assert only(**{**PYTHON, **files}).unread == left


def test_they_are_in_the_ignore_file(tmp_path: Path) -> None:
    for name, text in PYTHON.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "\ntests\nREADME.md\n" in generate(tmp_path).files[".dockerignore"]
