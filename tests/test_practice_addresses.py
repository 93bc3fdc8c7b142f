"""What `genfile lint` says of addresses of the machine itself, and of keys and databases; its order."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.test_practice import found
from tests.test_practice_weight import PYTHON, SERVED

FRONT = {
    "package.json": '{"name": "pages", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.0.0"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}}}',
    ".dockerignore": ".git\nnode_modules\n",
}
BUILT = (
    "FROM node:24-alpine AS build\nWORKDIR /b\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nLINE\nRUN npm run build\n"
    "FROM nginx:1.29-alpine\nCOPY --from=build /b/dist /usr/share/nginx/html\nEXPOSE 80\n"
)
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("ARG VITE_API_URL=http://localhost:7000", True),
        ("ENV VITE_API_URL=http://127.0.0.1:7000/api", True),
        ("ARG VITE_API_URL", False),
        ("ARG VITE_API_URL=https://api.example.org", False),
        ("ARG API_URL=http://localhost:7000", False),
    ],
)
def test_addresses_in_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, BUILT.replace("LINE", line), FRONT)
    assert said.get("address-of-itself") == (6 if wrong else None)


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("ENV REDIS_URL=redis://localhost:6379/0\n", True),
        ("ENV DATABASE_URL=postgresql://app@127.0.0.1/app\n", True),
        ("ENV BACKEND=http://localhost:9000/api\n", True),
        ("ENV CORS_ORIGINS=http://localhost:9000\n", False),
        ("ENV OWN_URL=http://localhost:8000\n", False),
        ("ENV SITE=http://localhost\n", False),
        ("ENV REDIS_URL=redis://cache:6379\n", False),
        ("ENV REDIS_URL=redis://localhost.example.org:6379\n", False),
        ("RUN apt-get update && apt-get install -y redis-server\nENV REDIS_URL=redis://localhost:6379\n", False),
    ],
)
def test_addresses_of_servers(tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, SERVED.replace("EXPOSE", f"{lines}EXPOSE"), PYTHON)
    assert ("address-of-itself" in said) is wrong


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        (".env.production", "http://127.0.0.1:9000/api/", True),
        (".env.production", "http://127.0.0.1:8000/api/", False),
        (".env.production", "https://api.example.org", False),
        (".env.example", "http://127.0.0.1:9000/api/", False),
    ],
)
def test_addresses_in_files_of_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, value: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, SERVED, {**PYTHON, name: f"BACKEND={value}\n"})
    assert said.get("address-of-itself") == (5 if wrong else None)


@pytest.mark.parametrize(
    ("name", "text", "copied", "line"),
    [
        ("server.pem", KEY, ".", 5),
        ("server.pem", "-----BEGIN CERTIFICATE-----\n", ".", None),
        ("server.pem", KEY, "app.py", None),
        ("db.sqlite3", "x", ".", 5),
        ("example.sqlite3", "x", ".", None),
    ],
)
def test_data_that_reach_the_image(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, copied: str, line: int | None
) -> None:
    said = found(tmp_path, capsys, SERVED.replace("COPY . .", f"COPY {copied} ."), {**PYTHON, name: text})
    assert said.get("data-shipped") == line


def test_grave_findings_come_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "FROM python\nRUN pip install flask\nCOPY app.py .\nCOPY absent.py .\nCMD gunicorn app:app\n"
    for name, content in {**PYTHON, "Dockerfile": text}.items():
        (tmp_path / name).write_text(content)
    run(["lint", str(tmp_path), "--json"])
    risks = json.loads(capsys.readouterr().out)["files"][0]["risks"]
    levels = [risk["level"] for risk in risks]
    assert len(set(levels)) == 3
    assert levels == sorted(levels, key=("error", "warning", "hint").index)


@pytest.mark.parametrize(
    ("page", "script", "wrong"),
    [
        ("<script>fetch('http://localhost:8000/items')</script>", "", True),
        ('<script src="/static/shop.js"></script>', "const API_URL = 'http://localhost:8000/items'\n", True),
        ('<script src="/static/shop.js"></script>', "fetch('/items')\n", False),
        ("<p>try http://localhost:8000</p>", "fetch('http://localhost:8000/items')\n", False),
    ],
)
def test_addresses_in_pages_that_somebody_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], page: str, script: str, wrong: bool
) -> None:
    (tmp_path / "static").mkdir()
    said = found(tmp_path, capsys, SERVED, PYTHON, {"index.html": page + "\n", "static/shop.js": script})
    assert said.get("address-of-itself") == (5 if wrong else None)
