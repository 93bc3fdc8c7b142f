"""The checks: for each a Dockerfile that it finds fault with, and its twin that is right."""

import json

import pytest

from genfile.image import CHECKS, ImageNeed, Needs
from tests.image import found

NODE = {
    "package.json": json.dumps(
        {
            "scripts": {"build": "tsc"},
            "dependencies": {"express": "5"},
            "devDependencies": {"tsx": "4", "typescript": "5"},
        }
    ),
    "package-lock.json": json.dumps(
        {
            "lockfileVersion": 3,
            "packages": {
                "": {},
                "node_modules/express": {"version": "5.0.0"},
                "node_modules/bcrypt": {"version": "5.1.1", "hasInstallScript": True},
                "node_modules/tsx": {"version": "4.0.0", "dev": True, "bin": {"tsx": "x"}},
                "node_modules/typescript": {"version": "5.0.0", "dev": True, "bin": {"tsc": "x"}},
            },
        }
    ),
    "tsconfig.json": json.dumps({"compilerOptions": {"outDir": "dist"}, "include": ["src", "prisma"]}),
    "src/server.ts": "import express from 'express'",
    "prisma/seed.ts": "export {}",
    "server.js": "require('express'); require('./lib/a')",
    "lib/a.js": "",
    "lib/b.js": "",
    "other.js": "require('left-pad')",
}
UV = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi"]\n',
    "uv.lock": '[[package]]\nname = "shop"\nsource = { virtual = "." }\ndependencies = [{ name = "fastapi" }]\n'
    '[[package]]\nname = "fastapi"\ndependencies = [{ name = "starlette" }]\n[[package]]\nname = "starlette"\n',
    "app/main.py": "import fastapi, starlette\nfrom app import db\n",
    "app/db.py": "import sqlalchemy\n",
    "app/__init__.py": "",
    "web.py": "import fastapi\nimport settings\n",
    "settings.py": "",
}
NPM = "FROM node:24-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"
PRODUCTION = "FROM node:24-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\n"
PYTHON = (
    "FROM python:3.13-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv\nWORKDIR /app\n"
    "COPY pyproject.toml uv.lock ./\nRUN uv sync --locked\nENV PATH=/app/.venv/bin:$PATH\n"
)

# The check; the text that it finds fault with, and a part of what it says; the same put right.
PAIRS = [
    (
        "copied-files-exist",
        NODE,
        "FROM node:24\nCOPY nothing /x\n",
        "nothing does not exist",
        "FROM node:24\nCOPY lib /x\n",
    ),
    (
        "copied-files-exist",
        NODE,
        "FROM node:24 AS a\nWORKDIR /a\nCOPY . .\nFROM scratch\nCOPY --from=a /a/dist /dist\n",
        "/a/dist does not exist",
        "FROM node:24 AS a\nWORKDIR /a\nCOPY . .\nFROM scratch\nCOPY --from=a /a/lib /dist\n",
    ),
    (
        "step-inputs-exist",
        NODE,
        "FROM node:24-slim\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\n",
        "npm ci needs /app/package-lock.json",
        NPM,
    ),
    (
        "step-inputs-exist",
        UV,
        "FROM python:3.13\nWORKDIR /app\nRUN pip install -r requirements.txt\n",
        "needs /app/requirements.txt",
        PYTHON,
    ),
    (
        "step-inputs-exist",
        {"requirements.txt": "-e ./lib\n", "lib/setup.py": ""},
        "FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
        "needs /app/lib",
        "FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nCOPY lib lib\nRUN pip install -r requirements.txt\n",
    ),
    (
        "step-inputs-exist",
        {"main.go": "package main"},
        "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n",
        "go build -o needs /src/go.mod",
        "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go mod init x && go build -o /app .\n",
    ),
    (
        "step-inputs-exist",
        {"go.mod": "module x", "main.go": "package main"},
        "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build -mod=vendor -o /app .\n",
        "needs /src/vendor",
        "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n",
    ),
    (
        "step-inputs-exist",
        NODE,
        f"{PRODUCTION}RUN npm run build\n",
        "the script build of package.json calls tsc, which no installed package brings",
        f"{NPM}RUN npm run build\n",
    ),
    (
        "step-inputs-exist",
        {**NODE, "package.json": '{"scripts": {"build": "vite build"}, "dependencies": {"express": "5"}}'},
        f"{NPM}RUN npm run build\n",
        "the script build of package.json calls vite, which no installed package brings",
        f"FROM node:24-slim\nRUN npm install -g vite\n{NPM.partition(chr(10))[2]}RUN npm run build\n",
    ),
    (
        "account-is-new",
        NODE,
        "FROM nginx:1.29-alpine\nRUN addgroup -g 1001 -S nginx && adduser -S nginx -u 1001\n",
        "nginx:1.29-alpine already has the group nginx",
        "FROM nginx:1.29-alpine\nRUN addgroup -g 1001 -S web && adduser -S web -u 1001 && addgroup web nginx\n",
    ),
    (
        "account-is-new",
        NODE,
        "FROM node:24-slim\nRUN useradd --uid 1000 app\n",
        "already has the user number 1000, of node",
        "FROM node:24-slim\nRUN userdel node && useradd --uid 1000 app\n",
    ),
    (
        "git-where-fetched",
        {"requirements.txt": "x @ git+https://x.example/y\n"},
        "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
        "with git, which this stage does not have",
        "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y git\nCOPY requirements.txt .\n"
        "RUN pip install -r requirements.txt\n",
    ),
    (
        "command-exists",
        NODE,
        NPM + 'CMD ["node", "index.js"]\n',
        "/app/index.js is not in the image",
        NPM + 'CMD ["node", "server"]\n',
    ),
    (
        # Two folders are compiled: the output repeats both.
        "command-exists",
        NODE,
        NPM + 'RUN npm run build\nCMD ["node", "dist/server.js"]\n',
        "/app/dist/server.js is not in the image",
        NPM + 'RUN npm run build\nCMD ["node", "dist/src/server.js"]\n',
    ),
    (
        "command-exists",
        NODE,
        PRODUCTION + 'ENV PATH=/app/node_modules/.bin:$PATH\nCMD ["tsx", "src/server.ts"]\n',
        "tsx is a development dependency",
        NPM + 'ENV PATH=/app/node_modules/.bin:$PATH\nCMD ["tsx", "src/server.ts"]\n',
    ),
    (
        "command-exists",
        UV,
        PYTHON + 'COPY . .\nCMD ["gunicorn", "app.main:app"]\n',
        "gunicorn is not in the image: uv.lock does not include it",
        PYTHON + 'COPY . .\nRUN uv pip install gunicorn\nCMD ["gunicorn", "web:app"]\n',
    ),
    (
        "command-exists",
        UV,
        PYTHON + 'COPY app .\nCMD ["python", "-m", "app.main"]\n',
        "no module app.main",
        PYTHON + 'COPY . .\nCMD ["python", "-m", "web"]\n',
    ),
    (
        "command-exists",
        NODE,
        NPM + 'HEALTHCHECK CMD curl -f http://localhost:3000/\nCMD ["node", "server.js"]\n',
        "HEALTHCHECK runs curl",
        "FROM node:24-slim\nRUN apt-get update && apt-get install -y curl\n"
        'HEALTHCHECK CMD curl -f http://localhost:3000/\nCMD ["node", "-e", "1"]\n',
    ),
    (
        "loads-exist",
        NODE,
        'FROM node:24-slim\nWORKDIR /app\nCOPY server.js package.json ./\nCMD ["node", "server.js"]\n',
        "server.js loads ./lib/a",
        'FROM node:24-slim\nWORKDIR /app\nCOPY server.js package.json ./\nCOPY lib lib\nCMD ["node", "server.js"]\n',
    ),
    (
        "loads-exist",
        UV,
        PYTHON + 'COPY web.py .\nCMD ["python", "web.py"]\n',
        "web.py loads settings.py",
        PYTHON + 'COPY *.py .\nCMD ["python", "web.py"]\n',
    ),
    (
        "imports-installed",
        UV,
        PYTHON + 'COPY . .\nCMD ["python", "-m", "app.main"]\n',
        "app/db.py imports sqlalchemy, which uv.lock does not install",
        PYTHON + 'COPY . .\nRUN uv pip install sqlalchemy\nCMD ["python", "-m", "app.main"]\n',
    ),
    (
        "imports-installed",
        NODE,
        NPM + 'CMD ["node", "other.js"]\n',
        "other.js imports left-pad",
        NPM + 'CMD ["node", "server.js"]\n',
    ),
    (
        "native-modules-built",
        NODE,
        PRODUCTION.replace("npm ci", "npm ci --ignore-scripts") + 'CMD ["node", "server.js"]\n',
        "bcrypt: the install script did not run",
        PRODUCTION.replace("npm ci --omit=dev", "npm ci --omit=dev --ignore-scripts && npm rebuild bcrypt")
        + 'CMD ["node", "server.js"]\n',
    ),
    (
        "one-port",
        NODE,
        'FROM node:24-slim\nEXPOSE 3000\nCMD ["serve", "-l", "8080"]\n',
        "listens on 8080, but EXPOSE says 3000",
        'FROM node:24-slim\nEXPOSE 8080\nCMD ["serve", "-l", "8080"]\n',
    ),
    (
        "one-port",
        UV,
        'FROM python:3.13\nCMD ["uvicorn", "a:b", "--host", "127.0.0.1"]\n',
        "reachable only from inside the container",
        'FROM python:3.13\nCMD ["uvicorn", "a:b", "--host", "0.0.0.0"]\n',
    ),
]


@pytest.mark.parametrize(("name", "files", "wrong", "said", "right"), PAIRS)
def test_a_check_finds_the_fault_and_not_its_twin(
    name: str, files: dict[str, str], wrong: str, said: str, right: str
) -> None:
    texts = [text for text in found(wrong, files) if text.startswith(f"{name}: ")]
    assert any(said in text for text in texts), found(wrong, files)
    assert not [text for text in found(right, files) if text.startswith(f"{name}: ")]


def test_a_folder_that_is_written_belongs_to_the_user() -> None:
    needs = Needs(written=(ImageNeed("data"),))
    text = "FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN mkdir -p data{}\nUSER 1000\n"
    assert any("belongs to root instead of the user 1000" in item for item in found(text.format(""), NODE, "", needs))
    assert not found(text.format(" && chown 1000:1000 data"), NODE, "", needs)
    assert not found(text.format("") + "VOLUME /app/data\n", NODE, "", needs)


def test_a_file_that_is_changed_belongs_to_the_user() -> None:
    needs = Needs(overwritten=(ImageNeed("lib/a.js"), ImageNeed("nothing.json")))
    text = "FROM node:24-slim\nWORKDIR /app\nCOPY {}. .\nUSER 1000\n"
    said = found(text.format(""), NODE, "", needs)
    assert [item.partition(",")[0] for item in said] == ["written-folders-writable: the program writes /app/lib/a.js"]
    assert not found(text.format("--chown=1000 "), NODE, "", needs)


def test_a_variable_that_must_be_given_is_named() -> None:
    needs = Needs(variables=(ImageNeed("DATABASE_URL"),))
    assert found("FROM node:24\n", needs=needs) == [
        "required-variables: DATABASE_URL must be set when the container starts"
    ]
    assert not found("FROM node:24\nENV DATABASE_URL=x\n", needs=needs)
    shipped = {".env": "DATABASE_URL=postgres://db/a\n"}
    assert not found("FROM node:24\nWORKDIR /app\nCOPY . .\n", shipped, needs=needs)


def test_what_is_unknown_is_never_a_finding() -> None:
    start = 'ENV PATH=/app/node_modules/.bin:$PATH\nCMD ["tsx", "src/nothing.ts"]\n'
    assert not found("FROM example.com/base:1\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\n" + start, NODE)
    assert not found("FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nRUN ./setup.sh\n" + start, NODE)
    assert not found('FROM node:24-slim\nARG X\nCMD ["node", "$X"]\n', NODE)


def test_npm_installs_in_the_folder_above_that_has_a_manifest() -> None:
    assert not found("FROM node:24\nWORKDIR /src\nCOPY package.json /package.json\nRUN npm install\n", NODE)


def test_every_check_has_a_reason_and_a_fault_that_it_finds() -> None:
    tried = {name for name, *_ in PAIRS} | {"written-folders-writable", "required-variables"}
    assert tried == {item.id for item in CHECKS}
    assert all(item.reason.endswith(".") for item in CHECKS)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("models/blocked.js", "but the file is models/blocked.js: on Linux, case counts"),
        ("Models/Blocked/index.js", "but the file is Models/Blocked/index.js: on Linux, case counts"),
        ("models/other.js", "which is not in the image"),
    ],
)
def test_a_file_whose_name_differs_in_case(file: str, said: str) -> None:
    files = {"package.json": "{}", "server.js": "const blocked = require('./models/Blocked')\n", file: ""}
    text = 'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n'
    assert found(text, files) == [f"loads-exist: server.js loads ./models/Blocked, {said}"]


def test_a_module_that_only_gives_types_is_not_loaded() -> None:
    manifest = json.dumps({"dependencies": {"express": "5"}, "devDependencies": {"tsx": "4"}})
    text = "FROM node:24-slim\nWORKDIR /app\nCOPY package.json server.ts ./\nRUN npm install\nCMD npx tsx server.ts\n"
    types = {"package.json": manifest, "server.ts": "import { Room } from './types'\nlet x: Room", "types.ts": ""}
    values = {**types, "server.ts": "import { room } from './types'\nroom()"}
    assert found(text, types) == []
    assert any("server.ts loads ./types, which is not in the image" in item for item in found(text, values))


@pytest.mark.parametrize(
    ("script", "called"),
    [
        ("tsc", True),
        ("rm -rf dist && tsc", True),
        # What may fail, what runs where another node_modules counts, and what a system package may bring.
        ("tsc || true", False),
        ("true || tsc", False),
        ("cd web && tsc", False),
        ("protoc a.proto", False),
        ("npx tsc", False),
    ],
)
def test_a_script_calls_programs_that_are_installed(script: str, called: bool) -> None:
    files = {**NODE, "package.json": json.dumps({"scripts": {"build": script}, "dependencies": {"express": "5"}})}
    files["package-lock.json"] = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/express": {}}}'
    build = f"{NPM}RUN npm run build\n"
    assert any("calls tsc" in text for text in found(build, files)) is called
    # A lockfile that can't be read, and a base image that nobody knows: it may be there.
    assert not any("calls" in text for text in found(build, {**files, "package-lock.json": "{"}))
    assert not any("calls" in text for text in found(build.replace("node:24-slim", "house/node"), files))


@pytest.mark.parametrize(("target", "is_there"), [("/srv/app", True), ("/srv/app/", True), ("/srv/list", False)])
def test_a_file_goes_into_a_folder_that_is_there(target: str, is_there: bool) -> None:
    copied = f"FROM python:3.14-slim\nWORKDIR /srv/app\nCOPY requirements.txt {target}\n"
    said = found(f"{copied}RUN pip install -r requirements.txt\n", {"requirements.txt": "flask==3.1.2\n"})
    assert any(item.startswith("step-inputs-exist") for item in said) is not is_there
