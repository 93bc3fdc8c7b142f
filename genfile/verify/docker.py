"""The docker command line, with argument lists and timeouts; the only module that starts programs."""

import json
import os
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field


class Result(Struct, frozen=True):
    """The result of a command: exit code (124: timeout), and the output on both streams."""

    code: int
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


def run(words: Sequence[str], timeout: float = 1200) -> Result:
    """Run a program that the user named; never raises, whatever the program does. ``timeout`` in seconds."""
    try:
        done = subprocess.run(
            list(words),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            text=True,
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Result(127, f"{words[0]}: {error}")
    return Result(done.returncode, done.stdout)


def docker(
    *arguments: str, timeout: float = 60, stdin: str | None = None, environment: Mapping[str, str] = {}
) -> Result:
    """Run `docker …`; never raises, whatever the command does. ``timeout`` in seconds; ``environment``: variables to
    add to those of this process."""
    try:
        done = subprocess.run(
            ["docker", *arguments],
            input=stdin,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        text = error.output if isinstance(error.output, str) else (error.output or b"").decode("utf-8", "replace")
        return Result(124, text + f"\n[ended after {timeout:.0f} s]")
    except OSError as error:
        return Result(127, f"docker can't be started: {error.strerror or error}")
    return Result(done.returncode, done.stdout)


def why_unavailable() -> str | None:
    """None if an engine with BuildKit answers; otherwise one line on what is missing."""
    version = docker("version", "--format", "{{.Server.Version}}", timeout=20)
    if not version.ok:
        return f"no Docker engine answers: {(version.output.strip() or 'nothing was said').splitlines()[-1]}"
    if not docker("buildx", "version", timeout=20).ok:
        return "docker has no buildx plug-in, so there is no BuildKit"
    return None


class BuildInput(Struct, frozen=True):
    """The input of a build: flags of `docker buildx build`, and variables that these flags refer to."""

    flags: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


NO_INPUT = BuildInput()


def build(
    dockerfile: Path,
    context: Path,
    tag: str,
    *,
    cache: bool = True,
    label: str | None = None,
    given: BuildInput = NO_INPUT,
    timeout: float = 1200,
) -> Result:
    """Build an image; the output is BuildKit's plain progress. ``label``: `key=value` to put on the image."""
    flags = [*given.flags, *([] if cache else ["--no-cache"]), *(["--label", label] if label else [])]
    words = ("buildx", "build", "--load", "--progress=plain", *flags, "-f", str(dockerfile), "-t", tag, str(context))
    return docker(*words, timeout=timeout, environment=given.environment)


def build_text(dockerfile: str, tag: str, label: str) -> Result:
    """Build a Dockerfile that needs no context."""
    words = ("buildx", "build", "--load", "--progress=plain", "--label", label, "--tag", tag, "-")
    return docker(*words, timeout=300, stdin=dockerfile)


def check(dockerfile: Path, context: Path) -> Result:
    """`docker build --check`: exit code 0 if BuildKit has no warnings."""
    return docker("buildx", "build", "--check", "-f", str(dockerfile), str(context), timeout=120)


def inspect(kind: str, name: str) -> dict[str, Any]:
    """`docker image inspect` or `docker container inspect`; empty if there is no such object."""
    result = docker(kind, "inspect", name)
    try:
        found = json.loads(result.output)
    except ValueError:
        return {}
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def first_entry(container: str, path: str) -> tarfile.TarInfo | None:
    """Owner and mode of a file or folder in a container, without reading its content; None if it does not exist."""
    with subprocess.Popen(
        ["docker", "cp", f"{container}:{path}", "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as copying:
        try:
            with tarfile.open(fileobj=copying.stdout, mode="r|") as archive:
                return archive.next()
        except (tarfile.TarError, OSError):
            return None
        finally:
            copying.kill()
