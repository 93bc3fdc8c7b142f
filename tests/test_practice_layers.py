"""What `genfile lint` says of layers that are lost with each change, of locks, and of what reaches a browser."""

import json
from pathlib import Path

import pytest

from tests.test_practice import found
from tests.test_practice_weight import PYTHON, SERVED

SITE = {
    "package.json": json.dumps(
        {
            "name": "pages",
            "main": "index.js",
            "scripts": {"build": "vite build", "postinstall": "node prepare.js"},
            "devDependencies": {"vite": "7.0.0"},
        }
    ),
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}}}',
    "index.html": "<html></html>",
    "index.js": "",
    "prepare.js": "",
    "vite.config.js": "export default {}\n",
    ".dockerignore": ".git\nnode_modules\n",
}
BUILT = (
    "FROM node:24-slim AS build\nWORKDIR /b\nCOPY package*.json ./\nEARLY\nRUN npm ci\nCOPY . .\nRUN npm run build\n"
    "FROM nginx:1.29-alpine\nCOPY --from=build /b/dist /usr/share/nginx/html\nEXPOSE 80\n"
)
CRATE = {
    "tool/Cargo.toml": '[package]\nname = "tool"\nversion = "1.0.0"\n[dependencies]\nserde = "1"\n',
    "tool/Cargo.lock": "version = 4\n",
    "tool/src/main.rs": "fn main() {}\n",
    ".dockerignore": ".git\n",
}
COMPILED = (
    "FROM rust:1.91 AS build\nWORKDIR /b\nCOPY tool ./\nRUN cargo install --path . LOCKED\n"
    'FROM debian:13-slim\nCOPY --from=build /usr/local/cargo/bin/tool /tool\nUSER 1\nCMD ["/tool"]\n'
)


@pytest.mark.parametrize(
    ("early", "line"),
    [
        ("ARG URL\nENV VITE_URL=$URL", 5),
        ("ARG URL\nENV VITE_URL=${URL:-/api}", 5),
        ("ENV VITE_URL=/api", None),
        ("ARG URL\nENV NPM_CONFIG_REGISTRY=$URL", None),
        ("COPY index.html ./", 4),
        ("COPY index.js ./", 4),
        ("COPY prepare.js ./", None),
        ("COPY .pnpmfile.cjs ./", None),
    ],
)
def test_what_an_installation_does_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], early: str, line: int | None
) -> None:
    said = found(tmp_path, capsys, BUILT.replace("EARLY", early), SITE, {".pnpmfile.cjs": ""})
    assert said.get("sources-before-dependencies") == line


@pytest.mark.parametrize(("locked", "wrong"), [("", True), ("--locked", False)])
def test_a_crate_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str], locked: str, wrong: bool) -> None:
    (tmp_path / "tool" / "src").mkdir(parents=True)
    said = found(tmp_path, capsys, COMPILED.replace("LOCKED", locked), CRATE)
    assert said["sources-before-dependencies"] == 3
    assert said.get("lock-not-followed") == (4 if wrong else None)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("NEXT_PUBLIC_SOCKET_SECRET", True),
        ("VITE_ADMIN_PASSWORD", True),
        ("VITE_API_KEY", False),
        ("NEXT_PUBLIC_MAPS_TOKEN", False),
    ],
)
def test_a_secret_in_the_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, wrong: bool) -> None:
    text = f"FROM node:24-slim\nWORKDIR /b\nARG {name}=\nENV {name}=${name}\nCOPY package*.json ./\nUSER 1\n"
    said = found(tmp_path, capsys, text, SITE)
    assert said.get("secret-in-image") == (3 if wrong else None)


@pytest.mark.parametrize(("start", "wrong"), [('["node", "index.js"]', True), ('["npx", "ts-node", "a.ts"]', False)])
def test_tools_that_another_start_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], start: str, wrong: bool
) -> None:
    files = {
        "package.json": json.dumps(
            {
                "name": "shop",
                "scripts": {"start": "ts-node a.ts"},
                "dependencies": {"koa": "3.0.0"},
                "devDependencies": {"ts-node": "10.9.2", "typescript": "5.9.3"},
            }
        ),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}}}',
        "a.ts": "import Koa from 'koa'\nnew Koa().listen(3000)\n",
        "index.js": "require('koa')\n",
        ".dockerignore": ".git\n",
    }
    text = f"FROM node:24-slim\nWORKDIR /b\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nUSER 1\nCMD {start}\n"
    assert ("development-dependencies" in found(tmp_path, capsys, text, files)) is wrong


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("DEBUG = True\nROOT_URLCONF = 'x.urls'\n", 8),
        ("DEBUG = True\nif True:\n    DEBUG = False\n", None),
        ("import os\nDEBUG = os.environ.get('DEBUG') == '1'\n", None),
        ("DEBUG = True\nfrom .local import *\n", None),
    ],
)
def test_settings_that_no_variable_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, line: int | None
) -> None:
    (tmp_path / "x").mkdir()
    files = {
        "requirements.txt": "django==5.2\ngunicorn==23.0.0\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x.settings')\n",
        "x/__init__.py": "",
        "x/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "x/settings.py": settings,
        ".dockerignore": ".git\n",
    }
    text = SERVED.replace("app:app", "x.wsgi")
    assert found(tmp_path, capsys, text, files).get("development-settings") == line


@pytest.mark.parametrize(
    ("ignored", "example", "line"),
    [(".git\n", True, 5), (".git\n.env\n", True, None), (".git\n", False, None)],
)
def test_settings_that_only_git_ignores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ignored: str, example: bool, line: int | None
) -> None:
    files = {**PYTHON, ".gitignore": ".env\n", ".dockerignore": ignored}
    said = found(tmp_path, capsys, SERVED, files, {".env.example": "A=\n"} if example else {})
    assert said.get("env-file-shipped") == line


@pytest.mark.parametrize(("manifests", "wrong"), [("package.json", True), ("package*.json", False)])
def test_a_branch_that_asks_for_the_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], manifests: str, wrong: bool
) -> None:
    text = (
        f"FROM node:24-slim\nWORKDIR /b\nCOPY {manifests} ./\n"
        "RUN if [ -f package-lock.json ]; then npm ci; else npm install; fi\n"
    )
    assert ("lock-not-followed" in found(tmp_path, capsys, text, SITE)) is wrong


@pytest.mark.parametrize(
    ("first", "line"),
    [("COPY shop ./shop", 4), ("RUN pip install --no-cache-dir flask==3.1.2\nCOPY none.txt ./", None)],
)
def test_a_project_that_installs_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], first: str, line: int | None
) -> None:
    (tmp_path / "shop").mkdir()
    files = {
        "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask==3.1.2"]\n',
        "shop/__init__.py": "",
        "none.txt": "",
        ".dockerignore": ".git\n",
    }
    text = f"FROM python:3.14-slim\nWORKDIR /b\nCOPY pyproject.toml ./\n{first}\nRUN pip install .\nUSER 1\n"
    assert found(tmp_path, capsys, text, files).get("sources-before-dependencies") == line


@pytest.mark.parametrize(
    ("base", "step", "line"),
    [
        ("alpine:3.23", "true", 3),
        ("alpine:3.23", "apk add --no-cache tzdata", None),
        ("nginx:1.29-alpine", "true", None),
        ("debian:13-slim", "true", None),
    ],
)
def test_a_time_zone_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], base: str, step: str, line: int | None
) -> None:
    text = f"FROM {base}\nRUN {step}\nRUN ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime\nCOPY a.txt /\n"
    assert found(tmp_path, capsys, text, {"a.txt": ""}).get("system-packages") == line
