"""`genfile pin` against the reference registry itself, the program `docker-registry`: digests, logins, and none."""

import base64
import hashlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from genfile.cli.app import run

PROGRAM = shutil.which("docker-registry")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="docker-registry is not installed")

PASSWORD = "correct horse"
# `me` with that password, as `htpasswd -B` writes it.
HTPASSWD = "me:$2b$04$skpnmwdkqAXtkgrAxKLwZuDFAOMYKrw59Gml/8xWGpanG/0mTRLSe\n"  # gitleaks:allow
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Registry:
    """A registry that runs, and what it takes to fill it."""

    def __init__(self, port: int, login: bool) -> None:
        self.host = f"127.0.0.1:{port}"
        self.headers = {"Authorization": f"Basic {_encoded(f'me:{PASSWORD}')}"} if login else {}

    def push(self, repository: str, tag: str, text: str) -> str:
        """Push an index of one image, whose configuration holds a text; the digest of the index."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"text": text}}}).encode()
        image = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "config": self._blob(repository, config)}
        entry = {**self._put(repository, MANIFEST, image), "platform": {"architecture": "amd64", "os": "linux"}}
        return str(self._put(repository, INDEX, {"schemaVersion": 2, "manifests": [entry]}, tag)["digest"])

    def _blob(self, repository: str, content: bytes) -> dict[str, object]:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        place = self._send("POST", f"/v2/{repository}/blobs/uploads/")
        mark = "&" if "?" in place else "?"
        self._send("PUT", f"{place}{mark}digest={digest}", content, "application/octet-stream")
        return {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": len(content)}

    def _put(self, repository: str, kind: str, manifest: dict[str, object], tag: str = "") -> dict[str, object]:
        content = json.dumps({"mediaType": kind, **manifest}).encode()
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self._send("PUT", f"/v2/{repository}/manifests/{tag or digest}", content, kind)
        return {"mediaType": kind, "digest": digest, "size": len(content)}

    def _send(self, method: str, path: str, content: bytes = b"", kind: str = "text/plain") -> str:
        """Send one request; the place that the answer names, if any."""
        url = path if path.startswith("http") else f"http://{self.host}{path}"
        request = urllib.request.Request(url, content, {**self.headers, "Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.headers.get("Location") or "")

    def answers(self) -> bool:
        try:
            self._send("GET", "/v2/")
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def login() -> bool:
    return False


@pytest.fixture
def registry(
    login: bool, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "htpasswd").write_text(HTPASSWD)
    settings: dict[str, object] = {
        "version": "0.1",
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    if login:
        settings["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    # YAML takes JSON.
    (folder / "config.yml").write_text(json.dumps(settings))
    assert PROGRAM is not None
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([PROGRAM, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        found = Registry(port, login)
        deadline = time.monotonic() + 20
        while not found.answers():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield found
    finally:
        process.kill()
        process.wait()


def test_digests_are_the_registry_s_own_and_move_with_update(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = registry.push("team/node", "22", "one")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM {registry.host}/team/node:22\nUSER 1000\n")
    assert run(["pin", str(tmp_path)]) == 0
    assert dockerfile.read_text() == f"FROM {registry.host}/team/node:22@{first}\nUSER 1000\n"
    second = registry.push("team/node", "22", "two")
    assert second != first
    assert run(["pin", str(tmp_path)]) == 0
    assert first in dockerfile.read_text()
    assert run(["pin", "--update", str(tmp_path)]) == 0
    assert dockerfile.read_text() == f"FROM {registry.host}/team/node:22@{second}\nUSER 1000\n"
    assert capsys.readouterr().err == ""


def test_a_tag_that_is_not_there_changes_nothing(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.push("team/node", "22", "one")
    text = f"FROM {registry.host}/team/node:22 AS a\nFROM {registry.host}/team/node:23\n"
    (tmp_path / "Dockerfile").write_text(text)
    assert run(["pin", str(tmp_path)]) == 1
    assert (tmp_path / "Dockerfile").read_text() == text
    assert "team/node:23" in capsys.readouterr().err


@pytest.mark.parametrize("login", [True])
def test_a_login_comes_from_the_configuration_of_docker(
    registry: Registry,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    digest = registry.push("team/node", "22", "one")
    dockerfile = tmp_path / "Dockerfile"
    text = f"FROM {registry.host}/team/node:22\n"
    dockerfile.write_text(text)
    assert run(["pin", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert registry.host in said
    assert "docker login" in said
    assert dockerfile.read_text() == text
    folder = tmp_path_factory.mktemp("docker")
    (folder / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": _encoded(f"me:{PASSWORD}")}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    assert run(["pin", str(tmp_path)]) == 0
    assert digest in dockerfile.read_text()
    assert PASSWORD not in "".join(capsys.readouterr())
