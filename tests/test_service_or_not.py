"""What is a service of its own, and what is a part of something else, or is there for others."""

import json
from typing import Any

import pytest

from genfile.detect.inspection import Inspection, inspect_source
from genfile.source.memory import MemorySource

PAGE = "<h1>x</h1>"


def inspect(files: dict[str, str]) -> Inspection:
    return inspect_source(MemorySource({name: text.encode() for name, text in files.items()}))


def paths(files: dict[str, str]) -> list[str]:
    return [item.spec.path for item in inspect(files).services]


def notes(files: dict[str, str]) -> str:
    return "\n".join(note.text for note in inspect(files).notes)


def package(**keys: Any) -> str:
    return json.dumps({"name": "x", **keys})


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "x/__init__.py": "", "docs/index.html": PAGE},
        {"Cargo.toml": "[package]\n", "src/main.rs": "", "static/index.html": PAGE},
        {"Cargo.toml": "[package]\n", "src/lib.rs": "", "index.html": PAGE},
        {"pubspec.yaml": "name: x\n", "lib/main.dart": "", "web/index.html": PAGE},
        {"main.c": "int main() {}", "docs/index.html": PAGE},
        {"study.ipynb": "{}", "docs/index.html": PAGE},
        {"src/x.js": "", "docs/index.html": PAGE},
        {"web/embed.go": "package web\n", "web/index.html": PAGE},
    ],
    ids=["python", "rust", "wasm", "flutter", "c", "notebook", "javascript", "embedded"],
)
def test_pages_beside_something_else_are_a_part_of_it(files: dict[str, str]) -> None:
    assert paths(files) == []
    assert "not a site" in notes(files)


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": PAGE, "collect.py": "print(1)\n"},
        {"index.html": PAGE, "script.js": "", "package.json": package(devDependencies={"prettier": "3.0.0"})},
        {"docs/index.html": PAGE, "docs/app.js": "", "README.md": "#"},
        {"public/index.html": PAGE, "gulpfile.js": ""},
        {"src/index.html": PAGE, "src/app.ts": ""},
        {"Staticfile": "root: web\n", "web/index.html": PAGE, "Cargo.toml": "[package]\n"},
    ],
    ids=["a script", "a tool", "documentation alone", "what makes them", "sources", "a host's file"],
)
def test_pages_that_are_what_a_tree_is_for(files: dict[str, str]) -> None:
    assert len(paths(files)) == 1


def test_front_end_whose_page_is_not_committed() -> None:
    files = {
        "web/package.json": package(private=True, scripts={"build": "vite build"}, devDependencies={"vite": "7.0.0"}),
        "web/src/main.js": "",
    }
    assert paths(files) == []
    nginx = 'FROM nginx\nCOPY --from=build /app/dist /usr/share/nginx/html\nCMD ["nginx", "-g", "daemon off;"]\n'
    files["web/Dockerfile"] = f"FROM node:24 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\n{nginx}"
    assert paths(files) == ["web"]


# --- for others to call ----------------------------------------------------------------------------------------------


def test_module_that_only_exports_is_a_library() -> None:
    files = {"package.json": package(version="1.0.0", main="index.js"), "index.js": "module.exports = { a: 1 };\n"}
    assert paths(files) == []
    assert "a library for other programs" in notes(files)
    files["index.js"] = "const { run } = require('./run');\nrun();\nmodule.exports = run;\n"
    files["run.js"] = "exports.run = () => setInterval(() => console.log(1), 1000);\n"
    assert paths(files) == ["."]


def test_handler_that_a_platform_calls() -> None:
    files = {"lambda/requirements.txt": "boto3\n", "lambda/handler.py": "def handler(event, context):\n    return 1\n"}
    assert paths(files) == []
    assert "functions that a platform calls" in notes(files)
