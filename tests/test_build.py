"""With an engine: what genfile writes for each example builds, starts hardened, answers, stops, keeps its layers."""

import subprocess
from pathlib import Path

import pytest

import genfile
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
from genfile.verify.docker import check, docker
from genfile.verify.gates import run_gates
from tests.conftest import PROJECTS, gates_of, make_images, project_names
from tests.test_data import debian_packages

pytestmark = pytest.mark.build

# Each example, and a source file of it that gets one more line in the fifth gate.
EXAMPLES = {
    "node": "src/app.ts",
    "python": "app/main.py",
    "go": "cmd/server/main.go",
    "java": "src/main/java/com/example/shop/ShopApplication.java",
    "static": "index.html",
    "vite": "src/main.ts",
}


@pytest.mark.parametrize(("example", "touch"), EXAMPLES.items(), indirect=["example"], ids=EXAMPLES)
def test_the_five_gates(example: Path, touch: str, engine: str | None) -> None:
    made = genfile.generate(example)
    apply_plan(make_plan(example, made.files))
    service, rendering = made.services[0]
    make_images(engine, rendering.dockerfile)
    report = run_gates(gates_of(example, service, rendering, touch, engine))
    assert report.passed, report.render()
    print(f"\n{example.name}, {report.image_bytes / 1e6:.0f} MB\n{report.render()}")  # noqa: T201


@pytest.mark.parametrize("project", project_names())
def test_buildkit_checks_find_nothing(project: str, tmp_path: Path, engine: str | None) -> None:
    """`docker build --check`, the experimental checks included, is silent about every Dockerfile of the fixtures."""
    for index, (_, rendering) in enumerate(genfile.generate(PROJECTS / project, comments="teach").services):
        make_images(engine, rendering.dockerfile)
        text = rendering.dockerfile
        if engine is not None:
            text = text.removeprefix("# syntax=docker/dockerfile:1\n")
        head, rest = ("", text) if engine is not None else text.split("\n", 1)
        path = tmp_path / f"Dockerfile.{index}"
        path.write_text(f"{head}\n# check=experimental=all\n{rest}".lstrip("\n"))
        done = check(path, PROJECTS / project)
        assert done.ok, done.output


def test_a_dockerfile_on_stdin_builds_too(engine: str | None) -> None:
    """`genfile init --stdout | docker build -f - .` needs no file to be written."""
    example = Path(__file__).parent.parent / "examples" / "static"
    text = genfile.generate(example).services[0][1].dockerfile
    make_images(engine, text)
    text = text if engine is None else text.removeprefix("# syntax=docker/dockerfile:1\n")
    done = subprocess.run(
        ["docker", "buildx", "build", "--progress=plain", "-f", "-", str(example)],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_debian_knows_every_package(engine: str | None) -> None:
    """Every name in genfile/data/packages.toml is one of Debian trixie's."""
    make_images(engine, "FROM debian:trixie-slim\n")
    words = ("run", "--rm", "debian:trixie-slim", "sh", "-c", "apt-get update >/dev/null && apt-cache pkgnames")
    done = docker(*words, timeout=300)
    assert done.ok, done.output
    known = set(done.output.split())
    assert [name for name in debian_packages() if name not in known] == []
