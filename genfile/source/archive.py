"""A tar or zip file as a tree, read without extracting anything to disk."""

import io
import posixpath
from pathlib import Path
from typing import IO

from genfile.errors import SourceError
from genfile.evidence import Note
from genfile.protected import is_protected
from genfile.source.base import LIMITS, PRUNED, Limits, size_text, too_long
from genfile.source.budget import Budget
from genfile.source.memory import MemorySource, clean_path
from genfile.source.unpack import ArchiveBounds, ArchiveEntry, read_entries


def open_archive(path: Path, limits: Limits = LIMITS, budget: Budget | None = None) -> MemorySource:
    """Read a ``.zip``, ``.tar`` or compressed tar into memory; links and special files are left out.

    A single folder at the top, as forges add one, is taken as the root. Raises SourceError when the file is not an
    archive, or is over the limits on entries or on bytes when unpacked.
    """
    try:
        with path.open("rb") as file:
            return _read(file, str(path), path.name.split(".")[0] or "app", limits, budget)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


def open_archive_file(
    archive: "bytes | bytearray | memoryview | IO[bytes]", limits: Limits = LIMITS, budget: Budget | None = None
) -> MemorySource:
    """As `open_archive`, for an archive that has no path: its bytes, or a file object opened in binary mode.

    A file object is read from its start and left open. Its services are named as those of a mapping are, whatever the
    file is called. Raises TypeError for a file object in text mode.
    """
    return _read(seekable(archive, limits), "the archive", "app", limits, budget)


def seekable(archive: "bytes | bytearray | memoryview | IO[bytes]", limits: Limits = LIMITS) -> IO[bytes]:
    """An archive as a file that can seek, at its start; a pipe or an HTTP response is read into memory for that."""
    if isinstance(archive, bytes | bytearray | memoryview):
        return io.BytesIO(archive)
    try:
        if not isinstance(archive.read(0), bytes):
            raise TypeError("a file object must be opened in binary mode ('rb')")
        if getattr(archive, "seekable", bool)():
            archive.seek(0)
            return archive
        content = archive.read(limits.archive_bytes + 1)
    except (OSError, ValueError) as error:
        raise SourceError(f"the archive: {error}") from None
    if len(content) > limits.archive_bytes:
        raise SourceError(f"the archive is larger than {size_text(limits.archive_bytes)}")
    return io.BytesIO(content)


def _read(file: IO[bytes], where: str, name: str, limits: Limits, budget: Budget | None) -> MemorySource:
    keeper = _Keeper(limits)
    bounds = ArchiveBounds(limits.entries, limits.archive_bytes, budget or Budget(limits))
    for entry in read_entries(file, where, bounds):
        keeper.take(entry)
    return keeper.source(name)


class _Keeper:
    """Keeps the files of an archive that a folder with the same content would show."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.kept_bytes
        self._files: dict[str, bytes] = {}
        self._omitted: dict[str, str] = {}
        self._notes: dict[Note, None] = {}

    def take(self, entry: ArchiveEntry) -> None:
        """Keep a file, or the reason why not. Raises SourceError for a path that leads out of the tree."""
        if entry.kind not in ("file", "other") or not entry.name.isprintable():
            return
        if len(entry.name) > self._limits.path_length:
            self._notes[too_long(self._limits)] = None
            return
        plain = clean_path(entry.name)
        folders = plain.split("/")[:-1]
        if len(folders) > self._limits.depth or is_protected(plain) or not PRUNED.isdisjoint(folders):
            return
        # The last of several by the same name is what extracting would leave.
        self._left += len(self._files.pop(plain, b""))
        self._omitted.pop(plain, None)
        reason = self._keep(plain, entry)
        if reason is not None:
            self._omitted[plain] = reason

    def _keep(self, plain: str, entry: ArchiveEntry) -> str | None:
        if entry.kind == "other":
            return entry.reason
        most = max(self._limits.file_bytes, self._limits.lock_bytes)
        if entry.size > most:
            return f"is larger than {size_text(most)}"
        if entry.size > self._left:
            return self._full()
        content = entry.read(most + 1)
        if len(content) > self._left:
            return self._full()
        self._left -= len(content)
        self._files[plain] = content
        return None

    def _full(self) -> str:
        limit = size_text(self._limits.kept_bytes)
        self._notes[Note("warning", f"only {limit} of the archive were read")] = None
        return f"is beyond the first {limit} of the archive"

    def source(self, name: str) -> MemorySource:
        tops = {path.split("/", 1)[0] for path in self._files.keys() | self._omitted.keys()}
        single = len(tops) == 1 and all("/" in path for path in self._files.keys() | self._omitted.keys())
        cut = len(posixpath.join(tops.pop(), "")) if single else 0
        return MemorySource(
            {path[cut:]: content for path, content in self._files.items()},
            name,
            self._limits,
            omitted={path[cut:]: reason for path, reason in self._omitted.items()},
            notes=tuple(self._notes),
        )
