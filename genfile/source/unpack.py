"""The one reader of archives, for trees and presets: entry by entry, without writing to disk.

Whatever an archive says about itself is checked against a limit before it is used. Tar files are read as a
stream, header by header: :mod:`tarfile` itself reads headers of any length, and searches them in quadratic time.
"""

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Literal

from msgspec import Struct

from genfile.errors import SourceError
from genfile.source.base import size_text
from genfile.source.budget import Budget
from genfile.source.streams import blocks

FAULTS = (
    OSError, EOFError, ValueError, LookupError, OverflowError, RuntimeError, NotImplementedError, AssertionError,
    tarfile.TarError, zipfile.BadZipFile, zipfile.LargeZipFile, lzma.LZMAError, zlib.error, struct.error,
)  # fmt: skip

_BLOCK = 512
_PIECE = 64 * 1024
# The variable part of headers: long names, times, attributes.
_MAX_HEADER = 1024 * 1024
# Bytes of a zip file's directory for each entry that is allowed: 46, the name, and what systems add to it.
_DIRECTORY_BYTES = 160
_LINK, _FOLDER, _FILE = 0o120000, 0o040000, 0o100000
_NEITHER = "is not a regular file or a folder"

Kind = Literal["file", "folder", "link", "hard link", "other"]


class ArchiveBounds(Struct, frozen=True):
    """How much an archive may hold: entries of any kind, and bytes once unpacked. ``budget`` bounds the time."""

    entries: int
    bytes: int
    budget: Budget


class ArchiveEntry(Struct, frozen=True):
    """A member of an archive. Its content can be read until the next one is asked for.

    ``name``: as in the archive, neither checked nor normalised. ``size``: as the archive declares it. ``target``: where
    a link leads. ``reason``: a clause that says why something `other` can't be read.
    """

    name: str
    kind: Kind
    size: int
    executable: bool
    target: str
    reason: str
    read: Callable[[int], bytes]


def read_entries(file: IO[bytes], where: str, bounds: ArchiveBounds) -> Iterator[ArchiveEntry]:
    """The entries of a zip file, a tar file or a compressed tar file. ``file`` can seek; ``where`` is for messages.

    Raises SourceError, here and from `Entry.read`, for what is not an archive, is damaged, or is over a bound.
    """
    meter = _Meter(where, bounds)
    with _readable(where):
        start = file.read(4)
        file.seek(0)
        is_zip = start in (b"PK\x03\x04", b"PK\x05\x06")
        for count, entry in enumerate(_zip(file, meter) if is_zip else _tar(file, meter), 1):
            meter.check_count(count)
            yield entry


@contextmanager
def _readable(where: str) -> Iterator[None]:
    """Whatever the libraries raise for an archive that is damaged, or made to harm, as one line."""
    try:
        yield
    except FAULTS as error:
        reason = " ".join((str(error) or type(error).__name__).split())[:200]
        raise SourceError(f"{where}: not a readable archive: {reason}") from None


class _Meter:
    """Counts what an archive unpacks to. Raises SourceError at a limit."""

    def __init__(self, where: str, bounds: ArchiveBounds) -> None:
        self.where = where
        self.bounds = bounds
        self._left = bounds.bytes

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise SourceError(f"{self.where} unpacks to more than {size_text(self.bounds.bytes)}")
        if not self.bounds.budget.allows():
            raise SourceError(f"{self.where} was not unpacked: stopped after {self.bounds.budget.ended}")

    def check_count(self, count: int) -> None:
        if count > self.bounds.entries:
            raise SourceError(f"{self.where} has more than {self.bounds.entries} entries")


class _Narrow:
    """A file that refuses to be read in large pieces: the directory of a zip file is read in one."""

    def __init__(self, file: IO[bytes], meter: _Meter) -> None:
        self._file = file
        self._meter = meter
        self._most = meter.bounds.entries * _DIRECTORY_BYTES + _PIECE
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            self._meter.check_count(self._meter.bounds.entries + 1)
        data = self._file.read(self._most + 1 if size < 0 else size)
        if len(data) > self._most:
            raise zipfile.BadZipFile("it has no directory")
        return data


def _zip(file: IO[bytes], meter: _Meter) -> Iterator[ArchiveEntry]:
    with zipfile.ZipFile(_Narrow(file, meter)) as archive:
        members = archive.infolist()
        meter.check_count(len(members))
        for member in members:
            yield _zip_entry(archive, member, meter)


def _zip_entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo, meter: _Meter) -> ArchiveEntry:
    mode = member.external_attr >> 16

    def read(size: int) -> bytes:
        parts: list[bytes] = []
        with _readable(meter.where), archive.open(member) as content:
            while size > 0 and (part := content.read(min(size, _PIECE))):
                meter.take(len(part))
                size -= len(part)
                parts.append(part)
        return b"".join(parts)

    kind: Kind = "file"
    target = reason = ""
    if member.is_dir() or mode & 0o170000 == _FOLDER:
        kind = "folder"
    elif mode & 0o170000 not in (0, _FILE, _LINK):
        kind, reason = "other", _NEITHER
    elif member.flag_bits & 1:
        kind, reason = "other", "is encrypted"
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        kind, reason = "other", "uses an unsupported compression method"
    elif mode & 0o170000 == _LINK:
        kind, target = "link", read(4096).decode("utf-8")
    return ArchiveEntry(member.filename, kind, member.file_size, bool(mode & 0o100), target, reason, read)


class _Tape:
    """The bytes of a tar file in their order, unpacked on the way, counted."""

    def __init__(self, file: IO[bytes], meter: _Meter) -> None:
        self._blocks = blocks(file)
        self._meter = meter
        self._block = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """As many bytes, or fewer at the end."""
        return b"".join(self._pieces(size))

    def skip(self, size: int) -> None:
        for _ in self._pieces(size):
            pass

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size > 0:
            if self._at >= len(self._block):
                block = next(self._blocks, None)
                if block is None:
                    return
                self._meter.take(len(block))
                self._block, self._at = block, 0
                continue
            piece = self._block[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece


def _tar(file: IO[bytes], meter: _Meter) -> Iterator[ArchiveEntry]:
    tape = _Tape(file, meter)
    extra: dict[str, str] = {}
    header = tape.read(_BLOCK)
    if not header:
        raise tarfile.ReadError("it is empty")
    # Headers that only describe the next one; tools write one per entry.
    headers = 0
    while header.strip(b"\0"):
        member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        if member.size < 0:
            raise tarfile.ReadError("an entry has a negative size")
        if member.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
            extra |= _records(_text_header(tape, member.size))
        elif member.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
            name = "path" if member.type == tarfile.GNUTYPE_LONGNAME else "linkpath"
            extra[name] = _decoded(_text_header(tape, member.size).split(b"\0", 1)[0])
        elif member.type == tarfile.XGLTYPE:
            tape.skip(_padded(member.size))
        else:
            yield from _tar_entry(tape, member, header, extra, meter)
            extra = {}
            headers -= 1
        headers += 1
        meter.check_count(headers)
        header = tape.read(_BLOCK)


def _tar_entry(
    tape: _Tape, member: tarfile.TarInfo, header: bytes, extra: dict[str, str], meter: _Meter
) -> Iterator[ArchiveEntry]:
    name = extra.get("path", member.name)
    size = member.size
    if (said := extra.get("size", "")).isdecimal() and len(said) < 20:
        size = int(said)
    kind, reason = _kind(member, name, extra)
    more = member.type == tarfile.GNUTYPE_SPARSE and header[482:483] != b"\0"
    while more:
        # The map of an old sparse file goes on here.
        more = tape.read(_BLOCK)[504:505] not in (b"\0", b"")
    # Links, folders and devices say sizes, too, and no content follows.
    left = size if member.isreg() or member.type not in tarfile.SUPPORTED_TYPES else 0
    padding = _padded(left) - left

    def read(wanted: int) -> bytes:
        nonlocal left
        wanted = min(wanted, left)
        with _readable(meter.where):
            data = tape.read(wanted)
            if len(data) < wanted:
                raise EOFError("it is truncated")
        left -= wanted
        return data

    executable = bool(member.mode & 0o100)
    yield ArchiveEntry(name, kind, left, executable, extra.get("linkpath", member.linkname), reason, read)
    tape.skip(left + padding)


def _kind(member: tarfile.TarInfo, name: str, extra: dict[str, str]) -> tuple[Kind, str]:
    """The kind of a member; for one that can't be read, a clause with the reason."""
    if member.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse.") for key in extra):
        return "other", "is a sparse file"
    if member.isdir() or (member.type == tarfile.AREGTYPE and name.endswith("/")):
        return "folder", ""
    if member.issym():
        return "link", ""
    if member.islnk():
        return "hard link", ""
    return ("file", "") if member.isreg() else ("other", _NEITHER)


def _text_header(tape: _Tape, size: int) -> bytes:
    if size > _MAX_HEADER:
        raise tarfile.ReadError(f"an entry has a header of over {size_text(_MAX_HEADER)}")
    data = tape.read(_padded(size))[:size]
    if len(data) < size:
        raise EOFError("it is truncated")
    return data


def _records(data: bytes) -> dict[str, str]:
    """The records of a pax header, `27 path=…` and a newline each, whose length counts the record whole."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data) and data[at]:
        blank = data.find(b" ", at, at + 10)
        digits = data[at : max(blank, at)]
        end = at + (int(digits) if digits.isdigit() else 0)
        record = data[blank + 1 : end]
        if not blank < end <= len(data) or not record.endswith(b"\n"):
            raise tarfile.ReadError("an entry has a malformed header")
        key, _, value = record[:-1].partition(b"=")
        if key in (b"path", b"linkpath", b"size") or key.startswith(b"GNU.sparse."):
            found[_decoded(key)] = _decoded(value)
        at = end
    return found


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _padded(size: int) -> int:
    return (size + _BLOCK - 1) // _BLOCK * _BLOCK
