"""Which paths genfile may write: below the root of a project, and never part of version control."""

import os
import re
from pathlib import Path

from genfile.errors import WriteError
from genfile.protected import is_protected


def check_path(path: str) -> None:
    """Raise WriteError for a path that doesn't lie below the root, or that is in a version control folder."""
    parts = path.split("/")
    plain = all(part not in ("", ".", "..") for part in parts) and "\0" not in path
    if not plain or (os.name == "nt" and re.search(r"[\\:]", path)):
        raise WriteError(f"{path!r} is not a path inside the project")
    if is_protected(path):
        raise WriteError(
            f"{path} is in a version control folder", hint="genfile does not read or write there; choose another path"
        )


def anchor(root: Path) -> tuple[Path, str]:
    """The nearest folder that exists, without links, and the path of ``root`` below it (`""`, or `a/b/`).

    ``root`` is the user's own word, so it may be a link to a folder; a link that leads nowhere is refused, since
    making a folder would be writing through it.
    """
    folder = root.absolute()
    while not folder.exists():
        if folder.is_symlink():
            raise WriteError(f"{folder} is a broken symbolic link", hint="remove it, or pass another folder")
        folder = folder.parent
    if not folder.is_dir():
        raise WriteError(f"{folder} is not a folder", hint="pass another folder, or move the file away")
    base, real = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if is_protected(str(real)):
        raise WriteError(f"{real} is in a version control folder", hint="pass a project folder")
    inner = real.relative_to(base).as_posix()
    return base, "" if inner == "." else f"{inner}/"


def check_new_folder(target: Path) -> None:
    """Raise WriteError if a link would put a new folder in another place than its name says.

    A link at the place itself is always refused. On the way there, a link may not lead out of the current folder,
    which may be a stranger's tree; an absolute path, or one with `..`, is the user's own word.
    """
    if target.is_symlink():
        raise WriteError(f"{target} is a symbolic link", hint="remove it, or pass the folder that it points to")
    if target.is_absolute() or ".." in target.parts:
        return
    here = Path(os.path.realpath("."))
    if not Path(os.path.realpath(target)).is_relative_to(here):
        raise WriteError(
            f"{target} is behind a link that points outside of {here}", hint="pass the folder that the link points to"
        )
