"""With an engine: `docker compose up --build` brings up a project and its databases, from what `init` wrote alone."""

import http.client
import json
import shutil
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.detect.inspection import inspect_source
from genfile.source import open_source
from genfile.verify.docker import docker
from tests.conftest import make_images
from tests.test_verify_databases import databases

pytestmark = pytest.mark.build

# Each answers `/` with how often it was asked, which its database knows.
PROJECTS = Path(__file__).parent / "composed"
SECRETS = "SECRET_KEY=only-for-this-test\n"


@pytest.fixture(scope="session")
def compose(engine: str | None) -> str | None:
    """The engine's maker of stand-ins, if it has one; skipped where docker has no `compose`."""
    if not docker("compose", "version").ok:
        pytest.skip("docker has no compose plugin")
    return engine


@contextmanager
def up(root: Path) -> Iterator[list[str]]:
    """Run the project until the block ends, and give the command that speaks to it; what it made goes with it."""
    command = ["compose", "--file", str(root / "compose.yaml")]
    try:
        started = docker(*command, "up", "--build", "--detach", "--wait", "--wait-timeout", "180", timeout=900)
        assert started.ok, started.output + docker(*command, "logs").output
        yield command
    finally:
        docker(*command, "down", "--volumes", "--rmi", "local", "--timeout", "1", timeout=120)


def visits(port: int | None) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return int(answer.read().split()[0])


@pytest.mark.parametrize("name", sorted(path.name for path in PROJECTS.iterdir()))
def test_the_project_comes_up_with_its_databases(name: str, tmp_path: Path, compose: str | None) -> None:
    root = tmp_path / name
    shutil.copytree(PROJECTS / name, root)
    assert run(["init", str(root), "--yes", "--compose"]) == 0
    (service,) = (item.spec for item in inspect_source(open_source(str(root))).services)
    databases(compose, *service.backing_services)
    if compose is not None:
        syntax, _, rest = (root / "Dockerfile").read_text("utf-8").partition("\n")
        assert syntax.startswith("# syntax=")
        make_images(compose, rest)
        (root / "Dockerfile").write_text(rest, "utf-8")
    (root / ".env").write_text(SECRETS)
    with up(root) as command:
        # The image's own health check asks, too.
        assert 0 < visits(service.port) < visits(service.port)
        time.sleep(5)
        running = docker(*command, "ps", "--status=running", "--services").output.split()
        assert {f"{service.name}-{process}" for process in service.processes} <= set(running)


# An engine that reaches no registry has an nginx without the entry point that fills in templates.
NGINX = Path(__file__).parent / "standins" / "nginx.Dockerfile"


def with_entry_point(stand_ins: str | None, dockerfile: Path) -> None:
    """Prepare the base images of a Dockerfile; where they are stand-ins, nginx gets its entry point."""
    if stand_ins is None:
        return
    text = dockerfile.read_text("utf-8").partition("\n")[2]
    make_images(stand_ins, text)
    base = next((line.split()[1] for line in text.splitlines() if line.startswith("FROM nginx")), None)
    if base is not None:
        made = docker(
            "build", "--build-arg", f"IMAGE={base}", "--tag", "genfile-test-nginx", "-f", str(NGINX), str(NGINX.parent)
        )
        assert made.ok, made.output
        text = text.replace(f"FROM {base}", "FROM genfile-test-nginx")
    dockerfile.write_text(text, "utf-8")


def ask(path: str, **headers: str) -> tuple[int, str]:
    request = http.client.HTTPConnection("127.0.0.1", 5173, timeout=10)
    try:
        request.request("GET", path, headers=headers)
        answer = request.getresponse()
        return answer.status, "" if answer.status == 101 else answer.read().decode()
    finally:
        request.close()


def test_a_page_passes_requests_on_to_its_service(tmp_path: Path, compose: str | None) -> None:
    shutil.copytree(Path(__file__).parent / "fronted", tmp_path, dirs_exist_ok=True)
    assert run(["init", str(tmp_path), "--yes", "--compose"]) == 0
    for folder in ("web", "api"):
        with_entry_point(compose, tmp_path / folder / "Dockerfile")
    with up(tmp_path) as command:
        assert "Guestbook" in ask("/any/page")[1]
        status, text = ask("/api/greeting%20card?name=a%2Fb")
        assert (status, json.loads(text)) == (200, {"url": "/greeting%20card?name=a%2Fb", "host": "127.0.0.1:5173"})
        assert ask("/live", Upgrade="websocket", Connection="Upgrade")[0] == 101
        # Nobody answers any more: the page still works.
        assert docker(*command, "stop", "guestbook-api").ok
        assert ask("/")[0] == 200
        assert ask("/api/greeting")[0] in (502, 504)
