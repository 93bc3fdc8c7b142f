"""Open what a caller passes (a path, an archive in memory, a mapping) as a source."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TypeAlias, TypeGuard

from genfile.errors import SourceError
from genfile.source.base import LIMITS, Limits, Source
from genfile.source.budget import Budget

# Whatever the API takes for a source tree.
AnySource: TypeAlias = "str | os.PathLike[str] | bytes | IO[bytes] | Mapping[str, str | bytes] | Source"


def open_source(source: AnySource, limits: Limits = LIMITS, budget: Budget | None = None) -> Source:
    """Open a folder, an archive (a path, bytes, a binary file object), or a mapping of relative path to content.

    A Source is returned as it is. ``budget``: pays for the time that unpacking an archive takes.
    Raises TypeError for any other type, SourceError when the tree can't be read.
    """
    if isinstance(source, Mapping):
        from genfile.source.memory import MemorySource

        _check_mapping(source)
        return MemorySource(source, limits=limits)
    if is_archive(source):
        from genfile.source.archive import open_archive_file

        return open_archive_file(source, limits, budget)
    if is_source(source):
        return source
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            "source must be a path, the bytes of an archive, a binary file object, a mapping of path to content, "
            f"or a Source, not {type(source).__name__}"
        )
    return _open_path(Path(source), limits, budget)


def is_archive(value: object) -> "TypeGuard[bytes | bytearray | memoryview | IO[bytes]]":
    """Whether a value is an archive in memory or a file object. A Source has `read`, too, but needs a path to read."""
    return isinstance(value, bytes | bytearray | memoryview) or (hasattr(value, "read") and not is_source(value))


def is_source(value: object) -> TypeGuard[Source]:
    """Whether a value has the methods of a Source."""
    return hasattr(value, "read") and hasattr(value, "index")


def _check_mapping(files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        if not isinstance(path, str):
            raise TypeError(f"a path in a mapping must be a str, not {type(path).__name__}: {path!r:.60}")
        if not isinstance(content, str | bytes):
            raise TypeError(f"the content of {path!r:.60} must be str or bytes, not {type(content).__name__}")


def _open_path(path: Path, limits: Limits, budget: Budget | None) -> Source:
    try:
        is_file = path.is_file()
        exists = is_file or path.exists()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {error}") from None
    if not exists:
        raise SourceError(f"{path} does not exist", hint="pass an existing folder, or a tar or zip file")
    if is_file:
        from genfile.source.archive import open_archive

        return open_archive(path, limits, budget)
    from genfile.source.folder import FolderSource

    return FolderSource(path, limits)
