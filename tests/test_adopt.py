"""`genfile adopt`: what differs in effect between two Dockerfiles, and what of a hand-written one is kept."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run

BY_HAND = """\
FROM node:18
RUN apt-get update && apt-get install -y ffmpeg
WORKDIR /usr/src/app
COPY . .
RUN npm install
ENV FEATURE_X=on NODE_OPTIONS=--no-warnings
VOLUME /srv/files
EXPOSE 8080
CMD npm start
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    package = {"name": "shop", "engines": {"node": "22"}, "scripts": {"start": "node server.js"}}
    (tmp_path / "package.json").write_text(json.dumps({**package, "dependencies": {"express": "^4"}}))
    (tmp_path / "server.js").write_text("require('express')().listen(process.env.PORT)\n")
    (tmp_path / "Dockerfile").write_text(BY_HAND)
    return tmp_path


def test_the_comparison_names_what_each_side_does(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adopt", str(shop), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    by_what = {item["what"]: item for item in document["differences"] if item["what"] not in ("package", "variable")}
    assert by_what["base image"]["yours"] == "node:18"
    assert by_what["base image"]["line"] == 1
    assert by_what["user"] == {"what": "user", "yours": "root", "genfile": "1000:1000", "line": None, "kept": False}
    assert by_what["command"]["genfile"] == "node server.js"
    kept = {(item["what"], item["yours"]) for item in document["differences"] if item["kept"]}
    assert kept == {("package", "ffmpeg"), ("variable", "FEATURE_X=on"), ("volume", "/srv/files")}
    assert (shop / "Dockerfile").read_text() == BY_HAND


def test_what_is_the_users_alone_is_kept_for_good(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adopt", str(shop), "--yes"]) == 0
    text = (shop / "Dockerfile").read_text()
    for part in ("ffmpeg", "FEATURE_X=on", 'VOLUME ["/srv/files"]', "EXPOSE 8080", "USER 1000:1000"):
        assert part in text
    assert "NODE_OPTIONS" not in text
    assert run(["check", str(shop)]) == 0
    assert run(["update", str(shop)]) == 0
    assert (shop / "Dockerfile").read_text() == text


def test_without_a_yes_nothing_is_written(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adopt", str(shop)]) == 0
    assert "nothing was written" in capsys.readouterr().err
    assert (shop / "Dockerfile").read_text() == BY_HAND
    assert not (shop / "genfile.lock").exists()


def test_there_must_be_one_and_not_genfiles_own(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "Dockerfile").unlink()
    assert run(["adopt", str(shop)]) == 2
    assert "no Dockerfile to adopt" in capsys.readouterr().err
    run(["init", str(shop), "--yes"])
    assert run(["adopt", str(shop)]) == 2
    assert "genfile already manages Dockerfile" in capsys.readouterr().err


def test_a_dockerfile_that_is_none_says_where(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "Dockerfile").write_text("FROM node:18\nFRUM x\n")
    assert run(["adopt", str(shop)]) == 1
    assert "Dockerfile:2" in capsys.readouterr().err
