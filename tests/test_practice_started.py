"""What `genfile lint` says of images that start no service, of what full images bring, and of bases that have ended."""

import json
from pathlib import Path

import pytest

from tests.test_practice import NODE, found
from tests.test_practice_weight import PYTHON, SERVED

SITE = {
    "package.json": json.dumps(
        {"name": "pages", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.0.0"}}
    ),
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}}}',
    "index.html": "<html></html>",
    "vite.config.js": "export default {}\n",
    ".dockerignore": ".git\nnode_modules\n",
}


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ('CMD ["/bin/bash"]', True),
        ("CMD ls /app", True),
        ('CMD ["gunicorn", "app:app"]', False),
        ("CMD echo $PORT && gunicorn app:app", False),
    ],
)
def test_a_command_that_serves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, SERVED.rpartition("CMD")[0] + command + "\n", PYTHON)
    assert said.get("nothing-started") == (8 if wrong else None)
    assert not (wrong and {"shell-form", "signals-lost"} & said.keys())


def test_a_build_is_no_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'FROM node:24-slim\nWORKDIR /b\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD ["npm", "run", "build"]\n'
    said = found(tmp_path, capsys, text, SITE)
    assert said.get("nothing-started") == 6
    assert "signals-lost" not in said


@pytest.mark.parametrize(("last", "wrong"), [("exec npm start", True), ("exec node server.js", False)])
def test_a_script_that_hands_over_to_a_package_manager(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], last: str, wrong: bool
) -> None:
    text = 'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nUSER 1\nEXPOSE 3000\nENTRYPOINT ["./start.sh"]\n'
    said = found(tmp_path, capsys, text, NODE, {"start.sh": f"#!/bin/sh\nset -e\n{last}\n"})
    assert said.get("signals-lost") == (6 if wrong else None)


@pytest.mark.parametrize(
    ("base", "line"),
    [("python:3.14", 1), ("python:3.14-slim", None), ("python:3.14-alpine", None), ("debian:13", None)],
)
def test_a_full_image_brings_compilers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], base: str, line: int | None
) -> None:
    assert found(tmp_path, capsys, SERVED.replace("python:3.14-slim", base), PYTHON).get("build-tools-shipped") == line


def test_headers_alone_are_of_a_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SERVED.replace("slim\n", "slim\nRUN apt-get update && apt-get install -y libxrender-dev\n")
    assert found(tmp_path, capsys, text, PYTHON).get("build-tools-shipped") == 2


@pytest.mark.parametrize(
    ("image", "wrong"),
    [
        ("php:8.1-apache", True),
        ("php:8.4-fpm", False),
        ("mcr.microsoft.com/dotnet/aspnet:9.0", True),
        ("mcr.microsoft.com/dotnet/aspnet:10.0", False),
    ],
)
def test_lines_of_other_languages_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], image: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, f"FROM {image}\nWORKDIR /srv\nCOPY a.txt ./\n", {"a.txt": ""})
    assert ("base-ended" in said) is wrong


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("apt-get update", 2),
        ("sed -i s/deb.debian/archive.debian.org/ /etc/apt/sources.list && apt-get update", 1),
    ],
)
def test_packages_that_only_an_archive_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str, line: int
) -> None:
    text = f"FROM debian:buster-slim\nRUN {step}\nCOPY a.txt /\n"
    assert found(tmp_path, capsys, text, {"a.txt": ""})["base-ended"] == line


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("ENV REDIS_HOST=127.0.0.1", True),
        ("ENV REDIS_HOST=localhost:6379", True),
        ("ENV HOST=127.0.0.1", False),
        ("RUN apt-get install -y redis-server\nENV REDIS_HOST=127.0.0.1", False),
    ],
)
def test_a_host_of_another_server(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, SERVED.replace("EXPOSE", f"{line}\nEXPOSE"), PYTHON)
    assert ("address-of-itself" in said) is wrong


def test_an_empty_file_of_settings_tells_nobody_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, wrong in (("", False), ("DEBUG=1\n", True)):
        said = found(tmp_path, capsys, SERVED, PYTHON, {".env": text, ".dockerignore": ".git\n"})
        assert ("env-file-shipped" in said) is wrong


@pytest.mark.parametrize("given", [True, False])
def test_a_page_may_take_one_of_two_variables(tmp_path: Path, capsys: pytest.CaptureFixture[str], given: bool) -> None:
    page = "const url = import.meta.env.VITE_FIRST || import.meta.env.VITE_OTHER || 'http://localhost:8000'\n"
    line = "ENV VITE_OTHER=https://api.example.org\n" if given else ""
    text = (
        f"FROM node:24-slim AS build\nWORKDIR /b\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n{line}"
        "RUN npm run build\nFROM nginx:1.29-alpine\nCOPY --from=build /b/dist /usr/share/nginx/html\nEXPOSE 80\n"
    )
    (tmp_path / "src").mkdir()
    said = found(tmp_path, capsys, text, SITE, {"src/main.js": page})
    assert ("address-of-itself" in said) is not given
