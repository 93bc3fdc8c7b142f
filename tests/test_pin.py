"""`genfile pin`: digests from a registry, in files that genfile wrote and in those written by hand."""

import base64
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from genfile.cli.app import run
from genfile.dockerfile.reader import read_dockerfile
from genfile.engine.pins import pinned, uses_of

OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64


class Server(BaseHTTPRequestHandler):
    """A registry that has one repository, for those who have a token; no token without a password."""

    digests: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[str]] = []
    protected: ClassVar[bool] = False

    def do_HEAD(self) -> None:
        self.asked.append(self.path)
        if self.protected and self.headers.get("Authorization") != "Bearer t0ken":
            host = self.headers["Host"]
            self.answer(401, {"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="x"'})
            return
        match = re.fullmatch(r"/v2/(.+)/manifests/(.+)", self.path)
        digest = self.digests.get(f"{match[1]}:{match[2]}") if match else None
        self.answer(200 if digest else 404, {"Docker-Content-Digest": digest} if digest else {})

    def do_GET(self) -> None:
        expected = "Basic " + base64.b64encode(b"me:secret").decode()
        if not self.path.startswith("/token?") or self.headers.get("Authorization") != expected:
            self.answer(401, {})
            return
        self.answer(200, {}, json.dumps({"token": "t0ken"}).encode())

    def answer(self, code: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, daemon=True).start()
    Server.digests, Server.asked, Server.protected = {"team/node:22": OLD, "team/nginx:1": NEW}, [], False
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path_factory.mktemp("docker")))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def project(tmp_path: Path, registry: str) -> Path:
    (tmp_path / "Dockerfile").write_text(
        f"FROM {registry}/team/node:22 AS build\nRUN --mount=from={registry}/team/nginx:1,target=/x true\n"
        f"FROM {registry}/team/nginx:1\nCOPY --from=build /a /a\nCOPY --from={registry}/team/node:22 /b /b\n"
    )
    return tmp_path


def test_every_image_gets_its_digest_behind_the_tag(project: Path, registry: str) -> None:
    assert run(["pin", str(project)]) == 0
    text = (project / "Dockerfile").read_text()
    assert text.count(f"{registry}/team/node:22@{OLD}") == 2
    assert text.count(f"{registry}/team/nginx:1@{NEW}") == 2
    assert "COPY --from=build /a /a" in text
    assert len(Server.asked) == 2


def test_what_is_pinned_stays_until_update(project: Path, registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["pin", str(project)])
    Server.digests["team/node:22"] = NEW
    assert run(["pin", str(project)]) == 0
    assert "all images are pinned" in capsys.readouterr().out
    assert f"node:22@{OLD}" in (project / "Dockerfile").read_text()
    assert run(["pin", str(project), "--update"]) == 0
    text = (project / "Dockerfile").read_text()
    assert f"node:22@{NEW}" in text
    assert OLD not in text


def test_a_login_is_used_and_never_shown(project: Path, registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    Server.protected = True
    assert run(["pin", str(project)]) == 1
    said = capsys.readouterr().err
    assert f"{registry} requires a login" in said
    assert f"hint: docker login {registry}" in said
    import os

    config = Path(os.environ["DOCKER_CONFIG"]) / "config.json"
    config.write_text(json.dumps({"auths": {registry: {"auth": base64.b64encode(b"me:wrong").decode()}}}))
    assert run(["pin", str(project)]) == 1
    assert "refused the credentials" in capsys.readouterr().err
    config.write_text(json.dumps({"auths": {registry: {"auth": base64.b64encode(b"me:secret").decode()}}}))
    assert run(["pin", str(project)]) == 0
    assert "secret" not in capsys.readouterr().out


def test_an_unknown_tag_and_a_dead_registry_change_nothing(
    project: Path, registry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "Dockerfile").read_text()
    del Server.digests["team/nginx:1"]
    assert run(["pin", str(project)]) == 1
    assert "team/nginx:1 does not exist" in capsys.readouterr().err
    assert (project / "Dockerfile").read_text() == before
    (project / "Dockerfile").write_text("FROM 127.0.0.1:9/a:1\n")
    assert run(["pin", str(project)]) == 1
    assert "127.0.0.1:9 can't be reached" in capsys.readouterr().err


def test_a_variable_is_not_pinned(tmp_path: Path, registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text("ARG V=22\nFROM node:$V\n")
    assert run(["pin", str(tmp_path)]) == 0
    assert "Dockerfile:2: node:$V is not pinned because it contains a variable" in capsys.readouterr().err


def test_pins_of_files_that_genfile_wrote_survive_updates(
    tmp_path: Path, registry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text(
        '{"name": "shop", "engines": {"node": "22"}, "scripts": {"start": "node s.js"},'
        ' "dependencies": {"express": "4"}}'
    )
    (tmp_path / "s.js").write_text("require('express')().listen(3000)\n")
    assert run(["init", str(tmp_path), "--yes", "--set", f"image={registry}/team/node:22"]) == 0
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + "# mine\n")
    assert run(["pin", str(tmp_path)]) == 0
    text = dockerfile.read_text()
    assert f"FROM {registry}/team/node:22@{OLD} AS base" in text
    assert text.endswith("# mine\n")
    assert run(["check", str(tmp_path)]) == 0
    (tmp_path / "s.js").write_text("require('express')().listen(4000)\n")
    assert run(["update", str(tmp_path)]) == 0
    text = dockerfile.read_text()
    assert "EXPOSE 4000" in text
    assert f"node:22@{OLD} AS base" in text


def test_only_whole_references_are_changed() -> None:
    text = "FROM node:22 AS node\nFROM node:22-slim\nCOPY --from=node:22 /node:22 /x\n"
    assert pinned(text, {"node:22": OLD}) == (
        f"FROM node:22@{OLD} AS node\nFROM node:22-slim\nCOPY --from=node:22@{OLD} /node:22 /x\n"
    )
    assert [use.text for use in uses_of(read_dockerfile(text))] == ["node:22", "node:22-slim", "node:22"]
