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
            "dependencies": {"express": "^4"},
            "devDependencies": {"typescript": "^5"},
        }
    ),
    "server.js": "require('express')().listen(process.env.PORT || 3000)\n",
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
        ("FROM node:22-slim\n", "FROM node\n", {"base-moving": 5}),
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
        'FROM node:22\nCOPY package.json ./\nRUN npm install\nCOPY server.js ./\nUSER node\nCMD ["node", "server.js"]\n'
    )
    assert found(tmp_path, capsys, text) == {"development-dependencies": 3}
    assert found(tmp_path, capsys, text.replace("npm install", "npm install --omit=dev")) == {}
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
    text = 'FROM python:3.13\nCOPY . .\nUSER 1\nCMD ["gunicorn", "app:app"]\n'
    assert set(found(tmp_path, capsys, text, files)) == {"env-file-shipped", "no-dockerignore"}
    assert found(tmp_path, capsys, text, files, others={".dockerignore": ".env\n.git\n"}) == {}
    assert set(found(tmp_path, capsys, text, files, others={".dockerignore": ".env\n"})) == {"git-shipped"}


def test_ids_are_unique_and_documented() -> None:
    ids = [item.id for item in PRACTICES]
    assert len(set(ids)) == len(ids)
    text = (Path(__file__).parent.parent / "docs" / "checks.md").read_text("utf-8")
    assert all(f"`{item.id}`" in text and item.reason in text for item in PRACTICES)
