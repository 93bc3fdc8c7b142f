"""From what a caller has (a path, a mapping) to a source."""

import os
from collections.abc import Mapping
from pathlib import Path

from genfile.errors import SourceError
from genfile.source.base import LIMITS, Limits, Source
from genfile.source.budget import Budget


def open_source(
    source: "str | os.PathLike[str] | Mapping[str, str | bytes] | Source",
    limits: Limits = LIMITS,
    budget: Budget | None = None,
) -> Source:
    """Open a folder, a tar/zip file, or a mapping of relative path to text; a Source is given back as it is.

    ``budget``: what unpacking an archive takes its time from.
    """
    if isinstance(source, Mapping):
        from genfile.source.memory import MemorySource

        return MemorySource(source, limits=limits)
    if not isinstance(source, str | os.PathLike):
        return source
    path = Path(source)
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
