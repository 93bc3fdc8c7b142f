"""Paths that a file of the project names: written by genfile once, but anybody may have changed them since."""

import re

from genfile.errors import UsageError
from genfile.protected import is_protected

# As long as any system takes one.
MAX_LENGTH = 4096
_ODD = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")


def check_recorded(path: str, place: str) -> str:
    """The path, if it is one that genfile records. Raises UsageError that names its place.

    ``place``: the file that names the path, and the place in it.
    """
    shown = ascii(path[:80])[1:-1]
    if is_protected(path):
        raise UsageError(
            f"{place}: {shown} is a version control file", hint="remove that entry; genfile never reads or writes it"
        )
    parts = path.split("/")
    outside = path.startswith("/") or path[1:2] == ":" or any(part in ("", ".", "..") for part in parts)
    if outside or _ODD.search(path) or len(path) > MAX_LENGTH:
        raise UsageError(
            f"{place}: {shown} is not a file in the project", hint="remove that entry, or restore the file from git"
        )
    return path
