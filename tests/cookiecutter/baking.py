"""Bakes a template by cookiecutter and by genfile, and says how the results differ."""

import importlib.util
import os
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import UUID

from genfile.bundle import Bundle
from genfile.template.cookiecutter import clock, render_cookiecutter
from genfile.template.project import NewProject

HAS_ORACLE = importlib.util.find_spec("cookiecutter") is not None
MOMENT = datetime(2024, 2, 29, 23, 45, 1, tzinfo=UTC)
Tree = dict[str, tuple[bytes, bool] | None]


def bundle_of(folder: Path, root: Path | None = None) -> Bundle:
    """A folder read into memory, links followed as long as they stay inside of it, or of the root that holds it."""
    inside = root or folder
    files, executable = {}, set()
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != ".git" and _inside(Path(place, name), inside)]
        for name in names:
            path = Path(place, name)
            if path.is_file() and _inside(path, inside):
                relative = path.relative_to(folder).as_posix()
                files[relative] = path.read_bytes()
                if path.stat().st_mode & 0o111:
                    executable.add(relative)
    return Bundle(str(folder), "folder", folder.name, files, frozenset(executable), None, folder)


def bake(
    folder: Path,
    given: Mapping[str, Any],
    *,
    root: Path | None = None,
    hooks: bool = False,
    trusted: bool = False,
    output: Path | None = None,
    config: Mapping[str, Any] | None = None,
) -> NewProject:
    """The project that genfile makes of a template, nobody being asked."""
    with steady():
        return render_cookiecutter(
            bundle_of(folder, root),
            given,
            user_config=config,
            trusted=trusted or hooks,
            run_hooks=hooks,
            output=output,
        )


def tree_of_project(project: NewProject) -> Tree:
    """Path to content and executable bit; None for an empty folder."""
    tree: Tree = {f"{project.folder}/{path}": None for path in project.folders}
    return tree | {f"{project.folder}/{path}": (file.content, file.executable) for path, file in project.files.items()}


def bake_by_cookiecutter(
    folder: Path,
    given: Mapping[str, Any],
    output: Path,
    *,
    hooks: bool = False,
    config: Mapping[str, Any] | None = None,
) -> Tree:
    """What cookiecutter itself writes below an empty folder."""
    from cookiecutter.main import cookiecutter

    with TemporaryDirectory() as private, steady():
        folders = {"replay_dir": f"{private}/replay", "cookiecutters_dir": f"{private}/clones"}
        cookiecutter(
            str(folder),
            no_input=True,
            extra_context=dict(given),
            output_dir=str(output),
            default_config={**(config or {}), **folders},
            accept_hooks=hooks,
        )
    return tree_of_folder(output)


def tree_of_folder(folder: Path) -> Tree:
    tree: Tree = {}
    for root, folders, names in os.walk(folder):
        place = Path(root)
        if not folders and not names and place != folder:
            tree[place.relative_to(folder).as_posix()] = None
        for name in names:
            path = place / name
            tree[path.relative_to(folder).as_posix()] = (path.read_bytes(), bool(path.stat().st_mode & 0o111))
    return tree


def differences(expected: Tree, actual: Tree) -> list[str]:
    """A line each."""
    lines = [f"missing: {path}" for path in sorted(expected.keys() - actual.keys())]
    lines += [f"too many: {path}" for path in sorted(actual.keys() - expected.keys())]
    for path in sorted(expected.keys() & actual.keys()):
        if expected[path] != actual[path]:
            lines.append(f"differs: {path}")
    return lines


@contextmanager
def steady() -> Iterator[None]:
    """Chance and the clock are the same on both sides."""
    chance = random.Random(0)
    random.seed(0)
    with ExitStack() as stack:
        stack.enter_context(patch("secrets.choice", chance.choice))
        stack.enter_context(patch("uuid.uuid4", lambda: UUID("00000000-0000-4000-8000-000000000000")))
        stack.enter_context(patch.object(clock, "present", MOMENT.astimezone))
        if HAS_ORACLE:
            import arrow
            import cookiecutter.extensions

            stack.enter_context(patch.object(cookiecutter.extensions, "choice", chance.choice))
            stack.enter_context(patch.object(arrow, "now", lambda zone: arrow.Arrow.fromdatetime(MOMENT).to(zone)))
        known = set(sys.modules)
        try:
            yield
        finally:
            for name in set(sys.modules) - known:
                if "extension" in name and name.partition(".")[0] not in ("cookiecutter", "genfile"):
                    del sys.modules[name]  # a template's own, which the next template has too


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
