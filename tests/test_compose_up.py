"""With an engine: `docker compose up --build` brings up a project and its databases, from what `init` wrote alone."""

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
        for process in service.processes:
            worker = f"{service.name}-{process}"
            # Not `--wait`: Compose takes it for an error that a worker has no health check.
            assert docker(*command, "--profile=workers", "up", "--detach", worker, timeout=120).ok
            time.sleep(5)
            assert worker in docker(*command, "ps", "--status=running", "--services").output.split()
