"""Folders of files that somebody else wrote, presets and templates: a built-in's name, or a folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genfile.errors import UsageError


@dataclass(frozen=True)
class Bundle:
    """A folder of files that somebody else wrote, read into memory."""

    reference: str
    kind: Literal["builtin", "folder", "archive", "git", "package"]
    name: str
    files: Mapping[str, bytes]
    executable: frozenset[str]
    commit: str | None
    folder: Path | None


def open_bundle(
    reference: str,
    *,
    what: Literal["preset", "template"],
    base: Path | None = None,
    pinned: str | None = None,
    offline: bool = False,
    refresh: bool = False,
    checkout: str | None = None,
    directory: str | None = None,
) -> Bundle:
    """Read a built-in by its name, or a folder."""
    root = Path(__file__).resolve().parent.parent.parent / f"{what}s"
    builtin = root / reference
    known = "/" not in reference and reference != "." and builtin.is_dir()
    folder = (builtin if known else (base or Path()) / reference) / (directory or "")
    if not folder.is_dir():
        raise UsageError(f"{what} {reference!r} is not known", hint=f"name a folder that holds a {what}.toml")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    executable = frozenset(path.relative_to(folder).as_posix() for path in paths if os.access(path, os.X_OK))
    return Bundle(reference, "builtin" if known else "folder", folder.name, files, executable, None, folder)
