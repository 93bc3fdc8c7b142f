"""The user's cache folder: the one place outside of a project that genfile writes to."""

import os
import sys
from pathlib import Path


def cache_folder(*names: str) -> Path | None:
    """`$XDG_CACHE_HOME/genfile/…` (Windows: %LOCALAPPDATA%), made if need be; None where there is no safe place."""
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    base = os.environ.get(variable, "")
    try:
        root = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
        folder = root.joinpath("genfile", *names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    # What lies there is trusted later on: only the user's own folder will do.
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return None
    return folder
