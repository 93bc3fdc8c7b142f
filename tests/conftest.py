"""What several test modules share: the fixture projects, and the engine that build tests need."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genfile.detect.inspection import InspectedService
from genfile.preset.render import Rendering
from genfile.verify.docker import why_unavailable
from genfile.verify.gates import Request

PROJECTS = Path(__file__).parent / "projects"
EXAMPLES = Path(__file__).parent.parent / "examples"


def project_names() -> list[str]:
    """Every small whole project of the tests; a folder is a test."""
    return sorted(path.name for path in PROJECTS.iterdir() if path.is_dir())


@pytest.fixture(scope="session")
def engine() -> str | None:
    """A Docker engine with BuildKit, else the test is skipped with the reason; the value is a stand-in maker or None.

    Where GENFILE_STAND_INS names a program, it is called with the image references of a Dockerfile before a build,
    and the `# syntax=` line is left out, since its image can't be had there either.
    """
    reason = why_unavailable()
    if reason is not None:
        pytest.skip(reason)
    return os.environ.get("GENFILE_STAND_INS")


def make_images(stand_ins: str | None, dockerfile: str) -> None:
    """Have every base image of a Dockerfile at hand, where a program makes stand-ins for them."""
    if stand_ins is None:
        return
    from genfile.dockerfile.reader import read_dockerfile

    parsed = read_dockerfile(dockerfile)
    references = [stage.image for stage in parsed.stages if stage.image not in parsed.stage_names]
    done = subprocess.run([stand_ins, "images", *references], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip(f"no stand-in can be made for one of {', '.join(references)}")
    assert done.returncode == 0, done.stdout + done.stderr


def gates_of(root: Path, service: InspectedService, rendering: Rendering, touch: str, stand_ins: str | None) -> Request:
    """The five gates for one service whose files lie in ``root``; ``touch``: a source file that gets one more line."""
    return Request(
        root,
        rendering.layout.dockerfile,
        rendering.layout.context,
        service.spec.port,
        service.spec.health.path if service.spec.health else "/",
        touch,
        syntax=stand_ins is None,
    )


@pytest.fixture
def example(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of one example, named by indirect parametrization."""
    target = tmp_path / str(request.param)
    shutil.copytree(EXAMPLES / str(request.param), target)
    return target


# What no command may ever print, whatever it was given: a traceback, or that genfile itself is at fault.
NEVER_PRINTED = ("Traceback (most recent call last)", "bug in genfile", "internal error")


@pytest.fixture(autouse=True)
def no_internal_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at what every command of genfile prints that a test runs, besides what the test itself asks of it."""
    run = subprocess.run

    def watched(command: Any, *args: Any, **kwargs: Any) -> subprocess.CompletedProcess[Any]:
        done = run(command, *args, **kwargs)
        # What an engine prints of a container is the program's own word, whatever the container is called.
        ours = isinstance(command, list) and command[0] != "docker"
        if ours and any("genfile" in str(word) for word in command[:3]):
            for output in (done.stdout, done.stderr):
                text = output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""
                for said in NEVER_PRINTED:
                    assert said not in text, f"{command} printed:\n{text}"
        return done

    monkeypatch.setattr(subprocess, "run", watched)


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What genfile remembers between two runs, and what it is told for all projects, is not the developer's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield
