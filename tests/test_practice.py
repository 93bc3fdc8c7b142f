"""What `genfile lint` says of Dockerfiles that build and start, by the measure of their project."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.practice import PRACTICES

NODE = {
    "package.json": json.dumps(
        {
            "name": "shop",
            "packageManager": "pnpm@9.12.1",
            "scripts": {"start": "node server.js"},
            "dependencies": {"koa": "^3"},
            "devDependencies": {"typescript": "^5"},
        }
    ),
    "server.js": "require('koa')().listen(process.env.PORT || 3000)\n",
    ".nvmrc": "22\n",
    ".dockerignore": "node_modules\n",
}
GOOD = (
    "FROM node:22-slim AS build\nWORKDIR /app\nCOPY package.json pnpm-lock.yaml ./\n"
    "RUN npm install -g pnpm@9.12.1 && pnpm install --frozen-lockfile --prod\n"
    "FROM node:22-slim\nWORKDIR /app\nCOPY --from=build /app/node_modules ./node_modules\n"
    "COPY server.js package.json ./\n"
    'USER 1000\nEXPOSE 3000\nCMD ["node", "server.js"]\n'
)


GO = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'


def found(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    dockerfile: str,
    files: Mapping[str, str] = NODE,
    others: Mapping[str, str] = {},
) -> dict[str, int | None]:
    """The ids of good practice that are found, each with its line."""
    for name, text in {**files, **others, "Dockerfile": dockerfile}.items():
        (folder / name).write_text(text)
    run(["lint", str(folder), "--json"])
    risks = json.loads(capsys.readouterr().out)["files"][0]["risks"]
    known = {item.id for item in PRACTICES}
    return {risk["id"]: risk["line"] for risk in risks if risk["id"] in known}


def test_a_good_one_has_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(tmp_path, capsys, GOOD, others={"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("FROM node:22-slim\n", "FROM node:24-slim\n", {"base-version": 5}),
        ("FROM node:22-slim\n", "FROM node:slim\n", {"base-moving": 5}),
        ("FROM node:22-slim\n", "FROM node:22\n", {"build-tools-shipped": 5}),
        ("FROM node:22-slim\n", "FROM our-base:latest\n", {}),
        ("FROM node:22-slim\n", "FROM example.org/base:latest\n", {"base-moving": 5}),
        ("pnpm install --frozen-lockfile", "pnpm install", {"lock-not-followed": 4}),
        ("pnpm@9.12.1 ", "pnpm ", {"manager-unpinned": 4}),
        ("pnpm@9.12.1 ", "pnpm@latest ", {"manager-unpinned": 4}),
        ("COPY package.json pnpm-lock.yaml ./", "COPY . .", {"sources-before-dependencies": 3}),
        ("USER 1000\n", "", {"runs-as-root": 5}),
        ("USER 1000\n", "USER root\n", {"runs-as-root": 9}),
        ('CMD ["node", "server.js"]', "CMD node server.js", {"shell-form": 11}),
        ('CMD ["node", "server.js"]', 'CMD ["npx", "nodemon", "server.js"]', {"development-server": 11}),
        ("EXPOSE 3000\n", "ENV JWT_SECRET=changeme\nEXPOSE 3000\n", {"secret-in-image": 10}),
        ("EXPOSE 3000\n", "ENV JWT_SECRET=$GIVEN TOKEN_TTL=3600 AUTH_TOKEN_URL=/x\nEXPOSE 3000\n", {}),
    ],
)
def test_one_fault_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, expected: dict[str, int]
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    assert found(tmp_path, capsys, text, others={"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}) == expected


def test_one_stage_ships_what_development_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "FROM node:22-slim\nCOPY package*.json ./\nRUN npm ci\nCOPY server.js ./\nUSER node\nEXPOSE 3000\n"
        'CMD ["node", "server.js"]\n'
    )
    (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    assert found(tmp_path, capsys, text) == {"development-dependencies": 3}
    assert found(tmp_path, capsys, text.replace("npm ci", "npm ci --omit=dev")) == {}
    assert found(tmp_path, capsys, text.replace("COPY server.js", "RUN npm prune --omit=dev\nCOPY server.js")) == {}


def test_an_end_of_life_is_named_with_its_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(tmp_path, capsys, GOOD.replace("node:22", "node:16"), others={".nvmrc": "16\n"})["base-ended"] == 1
    run(["lint", str(tmp_path)])
    assert "node 16 reached its end of life on 2023-09-11" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("files", "image", "wrong"),
    [
        (
            {"package.json": '{"engines": {"node": ">=20"}, "scripts": {"start": "node a.js"}}', "a.js": ""},
            "node:22",
            False,
        ),
        (
            {"package.json": '{"engines": {"node": ">=22"}, "scripts": {"start": "node a.js"}}', "a.js": ""},
            "node:20",
            True,
        ),
        (
            {"package.json": '{"engines": {"node": "22.*"}, "scripts": {"start": "node a.js"}}', "a.js": ""},
            "node:20",
            True,
        ),
        ({"go.mod": "module x\n\ngo 1.25\n", "main.go": GO}, "golang:1.26", False),
        ({"go.mod": "module x\n\ngo 1.26\n", "main.go": GO}, "golang:1.25", True),
        ({"requirements.txt": "flask\n", "app.py": "", ".python-version": "3.12\n"}, "python:3.13", True),
    ],
)
def test_a_range_is_no_pin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], image: str, wrong: bool
) -> None:
    assert ("base-version" in found(tmp_path, capsys, f"FROM {image}\nUSER 1\n", files)) is wrong


def test_local_settings_and_no_ignore_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask('x')\n", ".env": "A=1\n"}
    text = 'FROM python:3.13-slim\nCOPY . .\nUSER 1\nCMD ["gunicorn", "app:app"]\n'
    assert set(found(tmp_path, capsys, text, files)) == {"env-file-shipped", "no-dockerignore"}
    assert found(tmp_path, capsys, text, files, others={".dockerignore": ".env\n.git\n"}) == {}
    assert set(found(tmp_path, capsys, text, files, others={".dockerignore": ".env\n"})) == {"git-shipped"}


FLASK = {
    "requirements.txt": "flask==3.1.2\ngunicorn==23.0.0\n",
    "app.py": "from flask import Flask, render_template\napp = Flask(__name__)\nrender_template('a.html')\n",
    ".dockerignore": ".git\n.env\n",
}
ON_FLASK = (
    "FROM python:3.14-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    'COPY app.py .\nUSER 1000\nCMD ["gunicorn", "app:app"]\n'
)
VIEWS = "const path = require('path')\napp.set('views', path.join(__dirname, 'views'))\napp.listen(3000)\n"
OPENS = (
    'package main\n\nimport (\n\t"html/template"\n\t"net/http"\n)\n\nfunc main() {\n'
    '\ttemplate.Must(template.ParseGlob("views/*.html"))\n\thttp.ListenAndServe(":8080", nil)\n}\n'
)
ON_GO = (
    "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nFROM scratch\n"
    'COPY --from=build /app /app\nEXPOSE 8080\nUSER 1\nCMD ["/app"]\n'
)


@pytest.mark.parametrize(
    ("files", "dockerfile", "folder"),
    [
        (FLASK, ON_FLASK, "templates"),
        (
            {
                "requirements.txt": "fastapi==0.121.0\nuvicorn==0.38.0\n",
                "app.py": "from fastapi.templating import Jinja2Templates\nt = Jinja2Templates(directory='pages')\n",
                ".dockerignore": ".git\n",
            },
            ON_FLASK.replace('"gunicorn", ', '"uvicorn", "--host", "0.0.0.0", '),
            "pages",
        ),
        (
            {"package.json": '{"dependencies": {"express": "5"}}', "server.js": VIEWS, ".dockerignore": ".git\n"},
            "FROM node:24-slim\nWORKDIR /x\nCOPY package.json server.js ./\nENV NODE_ENV=production\n"
            'EXPOSE 3000\nUSER 1\nCMD ["node", "server.js"]\n',
            "views",
        ),
        ({"go.mod": "module x\n\ngo 1.26\n", "main.go": OPENS, ".dockerignore": ".git\n"}, ON_GO, "views"),
    ],
)
def test_what_the_program_reads_is_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], dockerfile: str, folder: str
) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "a.html").write_text("")
    last = dockerfile.count("\n")
    assert found(tmp_path, capsys, dockerfile, files) == {"read-files-exist": last}
    target = "/" if "scratch" in dockerfile else "./"
    more = dockerfile.replace("USER ", f"COPY {folder} {target}{folder}\nUSER ")
    assert found(tmp_path, capsys, more, files) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("python:3.14-slim", "python:3.14-slim-bullseye", {"base-ended": 1}),
        ("USER 1000\n", "ENV FLASK_DEBUG=1\nUSER 1000\n", {"development-settings": 6}),
        ("-r requirements.txt", "-r requirements-dev.txt", {"development-dependencies": 4}),
        ("USER 1000\n", "ARG API_TOKEN\nENV API_TOKEN=$API_TOKEN\nUSER 1000\n", {"secret-in-image": 7}),
        (
            '"gunicorn", "app:app"',
            '"sh", "-c", "dockerize -wait tcp://db:5432 gunicorn app:app"',
            {"waits-for-host": 7},
        ),
        ("COPY app.py .", "COPY . .", {}),
    ],
)
def test_faults_of_python(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, expected: dict[str, int]
) -> None:
    assert old in ON_FLASK
    files = {**FLASK, "requirements-dev.txt": "pytest==9.0.0\n"}
    text = ON_FLASK.replace(old, new).replace("COPY requirements.txt .", "COPY requirements*.txt .")
    assert found(tmp_path, capsys, text, files) == expected


def test_a_host_of_a_compose_file_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ON_FLASK.replace('"gunicorn", "app:app"', '"./start.sh"').replace("app.py .", "app.py start.sh ./")
    script = (
        "#!/bin/sh\n# nc -z other 1\nuntil nc -z $HOST 1 && nc -z db 5432; do sleep 1; done\nexec gunicorn app:app\n"
    )
    files = {**FLASK, "start.sh": script}
    assert found(tmp_path, capsys, text, files) == {"waits-for-host": 7}
    compose = "services:\n  postgres:\n    image: postgres\n    container_name: db\n"
    assert found(tmp_path, capsys, text, files, others={"compose.yaml": compose}) == {}


def test_locks_of_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['flask']\n[dependency-groups]\ndev = ['pytest']\n"
    files = {"pyproject.toml": project, "uv.lock": "version = 1\n", "app.py": "", ".dockerignore": ".git\n"}
    text = ON_FLASK.replace("requirements.txt .", "pyproject.toml .").replace(
        "pip install -r requirements.txt", "uv sync"
    )
    wrong = found(tmp_path, capsys, text, files)
    assert {name: wrong.get(name) for name in ("lock-not-followed", "development-dependencies")} == {
        "lock-not-followed": 4,
        "development-dependencies": 4,
    }
    right = text.replace("pyproject.toml .", "pyproject.toml uv.lock ./").replace(
        "uv sync", "uv sync --locked --no-dev"
    )
    assert not {"lock-not-followed", "development-dependencies"} & set(found(tmp_path, capsys, right, files))
    pip = text.replace("uv sync", "pip install .")
    assert found(tmp_path, capsys, pip, files)["lock-not-followed"] == 4


def test_a_build_stage_is_not_what_is_shipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = "FROM python:3.14-slim AS build\nENV API_TOKEN=x1y2z3\nRUN echo > /out\n"
    text = build + ON_FLASK.replace("USER 1000\n", "COPY --from=build /out /out\nUSER 1000\n")
    assert found(tmp_path, capsys, text, FLASK) == {}


def test_a_dockerfile_for_development_may_serve_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ON_FLASK.replace("USER 1000\n", "").replace('"gunicorn", "app:app"', '"flask", "run", "--host=0.0.0.0"')
    assert set(found(tmp_path, capsys, text, FLASK)) == {"runs-as-root", "development-server"}
    (tmp_path / "Dockerfile.dev").write_text(text)
    run(["lint", str(tmp_path), "--json", "--file", "Dockerfile.dev"])
    assert json.loads(capsys.readouterr().out)["files"][0]["risks"] == []


def test_a_script_may_give_up_root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ON_FLASK.replace("USER 1000\n", 'ENTRYPOINT ["./start.sh"]\n').replace("app.py .", "app.py start.sh ./")
    files = {**FLASK, "start.sh": '#!/bin/sh\nset -e\nchown -R app /data\nexec gosu app "$@"\n'}
    assert found(tmp_path, capsys, text, files) == {}
    files["start.sh"] = '#!/bin/sh\nset -e\nexec "$@"\n'
    assert found(tmp_path, capsys, text, files) == {"runs-as-root": 1}


def test_ids_are_unique_and_documented() -> None:
    ids = [item.id for item in PRACTICES]
    assert len(set(ids)) == len(ids)
    text = (Path(__file__).parent.parent / "docs" / "checks.md").read_text("utf-8")
    assert all(f"`{item.id}`" in text and item.reason in text for item in PRACTICES)
