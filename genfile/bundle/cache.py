"""The user's cache folder for fetched bundles. It never contains code.

What git fetched is kept there, and read again later on, perhaps by root: so the whole way to it from `/` must be one
that nobody else can change. Where it is not, there is no cache, and what is fetched lasts as long as the run.
"""

import os
import stat
import sys
from pathlib import Path

_MAX_LINKS = 20


def cache_folder(*names: str) -> Path | None:
    """`$XDG_CACHE_HOME/genfile/…` (Windows: %LOCALAPPDATA%), created if necessary; None if there is no safe place."""
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    base = os.environ.get(variable, "")
    try:
        root = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
        folder = root.joinpath("genfile", *names)
        if not hasattr(os, "getuid"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return folder
        return _made(folder)
    except (OSError, RuntimeError, ValueError):
        return None


def _made(path: Path) -> Path | None:
    """The folder without links; each part is checked before the next, and created if missing."""
    waiting = list(Path(os.path.abspath(path)).parts[1:])  # noqa: PTH100 -- the links are followed here, one by one
    done = Path("/")
    links = 0
    while True:
        status = os.lstat(done)
        if stat.S_ISLNK(status.st_mode):
            links += 1
            if links > _MAX_LINKS:
                return None
            target = Path(os.path.normpath(done.parent / done.readlink()))
            waiting, done = [*target.parts[1:], *waiting], Path("/")
            continue
        if not _is_safe(status, last=not waiting):
            return None
        if not waiting:
            return done
        following = done / waiting.pop(0)
        if not os.path.lexists(following):
            following.mkdir(mode=0o700)
        owner = os.lstat(following).st_uid
        # In a sticky folder everyone may rename only their own files, so an entry of root's proves nothing there.
        if status.st_mode & 0o022 and owner != os.getuid():
            return None
        if owner not in (0, os.getuid()):
            return None
        done = following


def _is_safe(status: os.stat_result, *, last: bool) -> bool:
    """Whether nobody but root and this user can put another thing instead of what lies in a folder."""
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (0, os.getuid()):
        return False
    if last:
        return status.st_uid == os.getuid() and not status.st_mode & 0o022
    return not status.st_mode & 0o022 or bool(status.st_mode & stat.S_ISVTX)
