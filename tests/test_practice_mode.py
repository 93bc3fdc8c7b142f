"""What `genfile lint` says of NODE_ENV, of misspelt variables, of hosts and ports of compose files."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.test_practice import NODE, found
from tests.test_practice_weight import PYTHON, SERVED

ASKS = {name: text.replace("koa", "express") for name, text in NODE.items()}
EXPRESS = (
    "FROM node:24-slim\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY . .\nEXPOSE 3000\nUSER 1000\n"
    'CMD ["node", "server.js"]\n'
)
STARTED = SERVED.partition("CMD")[0] + 'CMD ["python", "app.py"]\n'
FIXED = "from flask import Flask\napp = Flask(__name__)\napp.run(host='0.0.0.0', port=8000)\n"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("", "", True),
        ('["node", "server.js"]', '["npm", "start"]', True),
        ("EXPOSE", "ENV NODE_ENV=production\nEXPOSE", False),
        ('["node", "server.js"]', "NODE_ENV=production node server.js", False),
        ('["node", "server.js"]', '["npx", "nodemon", "server.js"]', False),
        ('["node", "server.js"]', '["npm", "run", "missing"]', False),
    ],
)
def test_modes(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, EXPRESS.replace(old, new) if old else EXPRESS, ASKS)
    assert said.get("node-env") == (8 if wrong else None)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [("if (process.env.NODE_ENV !== 'production') console.log('trace')\n", True), ("", False)],
)
def test_modes_that_the_code_asks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, wrong: bool
) -> None:
    server = f"const http = require('http')\n{code}http.createServer((q, r) => r.end('x')).listen(3000)\n"
    files = {**NODE, "package.json": NODE["package.json"].replace("koa", "leftpad"), "server.js": server}
    assert ("node-env" in found(tmp_path, capsys, EXPRESS, files)) is wrong


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SECRET_SALT", False),
        ("MY_SECRET_SALT", True),
        ("SECRET_SLAT", True),
        ("SECRETT_SALT", True),
        ("FLASK_SECRET_SALT", False),
        ("OTHER", False),
    ],
)
def test_names_that_are_near(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, wrong: bool) -> None:
    code = f"import os\nsalt = os.environ['SECRET_SALT']\n{FIXED}"
    said = found(tmp_path, capsys, STARTED.replace("EXPOSE", f"ENV {name}=1\nEXPOSE"), {**PYTHON, "app.py": code})
    assert ("variable-unread" in said) is wrong


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("ENV DATABASE_URL=postgresql://db:5432/app", False),
        ("ENV DATABASE_URL=postgresql://store:5432/app", True),
        ("ENV DB_HOST=store", True),
        ("ENV DB_HOST=db", False),
        ("ENV DB_HOST=store.example.org", False),
        ("ENV APP_HOST=store", False),
        ("ENV DATABASE_URL=postgresql://$STORE/app", False),
    ],
)
def test_hosts_of_variables(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, wrong: bool) -> None:
    compose = {"compose.yaml": "services:\n  web:\n    build: .\n  db:\n    image: postgres:18\n"}
    said = found(tmp_path, capsys, SERVED.replace("EXPOSE", f"{line}\nEXPOSE"), PYTHON, compose)
    assert said.get("host-unknown") == (6 if wrong else None)


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        ("    ports: ['80:5000']\n", True),
        ("    ports: ['80:8000']\n", False),
        ("    ports: ['80:5000', '81:8000']\n", False),
        ("    ports: ['80:5000']\n    command: gunicorn --bind 0.0.0.0:5000 app:app\n", False),
    ],
)
def test_published_ports(tmp_path: Path, capsys: pytest.CaptureFixture[str], service: str, wrong: bool) -> None:
    compose = {"compose.yaml": f"services:\n  web:\n    build: .\n{service}"}
    said = found(tmp_path, capsys, SERVED, PYTHON, compose)
    assert said.get("port-published") == (8 if wrong else None)


def test_dockerfiles_of_vendored_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in {
        "go.mod": "module x\n\ngo 1.26\n",
        "main.go": "package main\n\nfunc main() {}\n",
        "vendor/modules.txt": "# example.org/y v1.0.0\n",
        "vendor/example.org/y/Dockerfile": "FROM scratch\nCOPY y /\n",
        "tools/vendor/Dockerfile": "FROM scratch\nCOPY z /\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    run(["lint", str(tmp_path), "--json"])
    paths = [item["path"] for item in json.loads(capsys.readouterr().out)["files"]]
    assert paths == ["tools/vendor/Dockerfile"]


@pytest.mark.parametrize(
    ("image", "wrong"),
    [
        ("ghcr.io/astral-sh/uv:latest", True),
        ("ghcr.io/astral-sh/uv", True),
        ("ghcr.io/astral-sh/uv:0.9", False),
        ("base", False),
        ("ghcr.io/astral-sh/uv:$VERSION", False),
    ],
)
def test_images_that_are_copied_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], image: str, wrong: bool
) -> None:
    text = SERVED.replace("slim\n", f"slim AS base\nFROM base\nCOPY --from={image} /uv /bin/\n")
    assert found(tmp_path, capsys, text, PYTHON).get("base-moving") == (3 if wrong else None)


@pytest.mark.parametrize(
    ("image", "wrong"),
    [
        ("ghcr.io/astral-sh/uv:0.9-python3.14-bookworm-slim", True),
        ("mcr.microsoft.com/dotnet/aspnet:9.0", True),
        ("mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled", False),
        ("example.org/own:1", False),
    ],
)
def test_users_of_known_images(tmp_path: Path, capsys: pytest.CaptureFixture[str], image: str, wrong: bool) -> None:
    text = SERVED.replace("python:3.14-slim", image).replace("USER 1000\n", "")
    assert ("runs-as-root" in found(tmp_path, capsys, text, PYTHON)) is wrong


@pytest.mark.parametrize(
    ("requirements", "lines", "wrong"),
    [
        ("flask==3.1.2\n", "COPY src src\nCOPY requirements.txt .\n", True),
        ("flask==3.1.2\n", "COPY requirements.txt .\nCOPY assets assets\n", False),
        ("flask==3.1.2\n-e ./src\n", "COPY src src\nCOPY requirements.txt .\n", False),
    ],
)
def test_sources_before_a_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], requirements: str, lines: str, wrong: bool
) -> None:
    for name in ("src", "assets"):
        (tmp_path / name).mkdir()
    files = {**PYTHON, "requirements.txt": requirements, "src/a.py": "x = 1\n", "assets/a.css": "a {}\n"}
    said = found(tmp_path, capsys, SERVED.replace("COPY requirements.txt .\n", lines), files)
    assert said.get("sources-before-dependencies") == (3 if wrong else None)
