"""With an engine: databases beside a service, what is in its image, and that an interrupted run leaves nothing."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run
from genfile.verify.docker import build_text, docker, inspect
from tests.conftest import make_images

pytestmark = pytest.mark.build

BASE = "node:24-trixie-slim"
# What stands for a database: it says hello to whoever connects.
STORE = "require('net').createServer((socket) => socket.end('hello')).listen(7000); process.on('SIGTERM', process.exit)"
SERVER = """\
const http = require("node:http");
const net = require("node:net");
const { hostname, port } = new URL(process.env.STORE_URL);
const server = http.createServer((request, response) => {
  net.connect(port, hostname).on("data", (said) => response.end(said)).on("error", () => response.writeHead(500).end());
});
server.listen(process.env.PORT || 3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
"""
PACKAGE = {"name": "shop", "private": True, "engines": {"node": "24"}, "scripts": {"start": "node server.js"}}


def project(folder: Path, server: str) -> Path:
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(PACKAGE))
    (folder / "server.js").write_text(server)
    return folder


def flags(engine: str | None) -> list[str]:
    return [] if engine is None else ["--no-syntax", "--prepare", f"{engine} images"]


def verified(folder: Path, engine: str | None, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    run(["verify", str(folder), "--json", *flags(engine), *words])
    (service,) = json.loads(capsys.readouterr().out)["services"]
    return dict(service)


def run_of(mark: str) -> str | None:
    """The label of the run whose container has a variable of that value; other runs may be under way."""
    for container in docker("ps", "--all", "--quiet", "--filter", "label=genfile.gates").output.split():
        found = inspect("container", container).get("Config", {})
        if f"MARK={mark}" in found.get("Env", []):
            return str(found["Labels"]["genfile.gates"])
    return None


def left(label: str) -> list[str]:
    """Everything that there is of a run."""
    marked = ("--quiet", "--filter", f"label=genfile.gates={label}")
    kinds = (("ps", "--all"), ("network", "ls"), ("volume", "ls"), ("image", "ls"))
    return [word for kind in kinds for word in docker(*kind, *marked).output.split()]


@pytest.fixture
def store(engine: str | None) -> Iterator[str]:
    """The image of a database."""
    make_images(engine, f"FROM {BASE}\n")
    name = f"genfile-tests-store:{secrets.token_hex(4)}"
    done = build_text(f'FROM {BASE}\nCMD ["node", "-e", {json.dumps(STORE)}]\n', name, "genfile.tests=store")
    assert done.ok, done.output
    yield name
    docker("image", "rm", "--force", name)


def test_a_database_of_the_compose_file_runs_beside_the_service(
    tmp_path: Path, engine: str | None, store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path / "shop", SERVER)
    compose = {
        "services": {
            "shop": {"build": ".", "environment": {"STORE_URL": "tcp://store:7000"}, "depends_on": ["store"]},
            "store": {"image": store},
        }
    }
    (folder / "compose.yaml").write_text(json.dumps(compose))
    said = verified(folder, engine, capsys, "--quick")
    assert said["passed"], said
    (gate,) = [gate for gate in said["gates"] if gate["name"] == "beside"]
    assert gate["detail"] == f"store ({store}); STORE_URL set"
    without = verified(folder, engine, capsys, "--quick", "--no-databases")
    assert without["gates"][-1]["name"] == "start"
    assert not without["passed"]


def test_the_report_tells_layers_junk_and_what_a_change_moves(
    tmp_path: Path, engine: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path / "shop", "require('http').createServer((q, r) => r.end('x')).listen(3000)\n")
    (folder / "server.js").write_text((folder / "server.js").read_text() + "process.on('SIGTERM', process.exit);\n")
    said = verified(folder, engine, capsys)
    assert said["passed"], said
    contents = said["contents"]
    assert contents["serious"] == []
    assert contents["base_bytes"] > 1e6
    assert any("COPY" in layer["command"] for layer in contents["layers"])
    assert 0 < contents["delta_bytes"] < 1e6
    dockerfile = f'FROM {BASE}\nCOPY . /app\nUSER 1000:1000\nWORKDIR /app\nEXPOSE 3000\nCMD ["node", "server.js"]\n'
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / ".dockerignore").write_text("nothing\n")
    (folder / ".env").write_text("KEY=1\n")
    bad = verified(folder, engine, capsys)
    assert bad["gates"][-1]["name"] == "content", bad
    assert "/app/.env" in bad["gates"][-1]["detail"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, engine: str | None, number: signal.Signals) -> None:
    """Ended while it waits for an answer that never comes: the container runs, and its volume is there."""
    folder = project(tmp_path / "shop", "setInterval(() => {}, 1000);\n")
    (folder / "genfile.toml").write_text('[set]\nport = 3000\nwritable = ["data"]\n')
    make_images(engine, f"FROM {BASE}\n")
    mark = secrets.token_hex(8)
    words = [sys.executable, "-m", "genfile", "verify", str(folder), "--quick", "--env", f"MARK={mark}", *flags(engine)]
    # Where the tests run in the background, a shell has the signal ignored, and programs inherit that.
    heard = signal.signal(number, signal.SIG_DFL)
    try:
        started = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    finally:
        signal.signal(number, heard)
    with started as process:
        assert process.stdout is not None
        for line in process.stdout:
            if " start " in line:
                break
        time.sleep(1)
        label = run_of(mark)
        assert label is not None
        volumes = inspect("container", f"genfile-gates-{label}")["Mounts"]
        assert len(left(label)) >= 2
        os.kill(process.pid, number)
        code = process.wait(120)
    assert code == 130
    assert left(label) == []
    assert volumes
    assert not any(inspect("volume", str(item["Name"])) for item in volumes if item.get("Name"))
