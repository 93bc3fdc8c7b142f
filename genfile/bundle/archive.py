"""A bundle out of a zip or a tar file: read into memory, nothing is extracted to the disk.

Every bound is checked before the work it bounds: a tar file is decompressed up to the limit before `tarfile` sees
it, since that reads headers of any length; of a zip file the directory at its end is measured first.
"""

import bz2
import gzip
import hashlib
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

from genfile.bundle.model import BOUNDS, Bounds, Collector, shown
from genfile.errors import PresetError, SourceError

_FAULTS = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
    NotImplementedError,
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    struct.error,
)
# Headers of tar files that hold text of their own; a size in it would belie the entry's.
_LONG_HEADERS = (b"x", b"g", b"X", b"L", b"K")
_MAX_HEADER = 16 * 1024
_ODD_HEADER = re.compile(rb"\d size=|GNU\.sparse|\d{25}")
_LINK, _FOLDER, _FILE = 0o120000, 0o040000, 0o100000


def read_archive(
    path: Path, reference: str, subfolder: str = "", bounds: Bounds = BOUNDS
) -> tuple[dict[str, bytes], frozenset[str], str]:
    """The files of an archive below a subfolder, which are executable, and `sha256:…` of the archive itself.

    A single folder at the top, as forges add one, is taken as the root. Raises SourceError when it can't be read,
    PresetError for what does not belong into a bundle.
    """
    collector = Collector(reference, bounds)
    try:
        with path.open("rb") as file:
            content = file.read(bounds.all_bytes + 1)
    except OSError as error:
        raise SourceError(f"{reference}: {error.strerror or error}") from None
    if len(content) > bounds.all_bytes:
        raise collector.refused("is too large for an archive of a preset or template")
    try:
        if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            _read_zip(content, collector)
        else:
            _read_tar(content, collector)
    except PresetError:
        raise
    except _FAULTS:
        # Without the reason: `tarfile` quotes what it could not read, and that may be any file of this machine.
        raise SourceError(f"{reference} is not a readable archive", hint="name a folder, a zip or a tar file") from None
    files, executable = collector.finish()
    files, executable = _below(files, executable, subfolder)
    return files, executable, "sha256:" + hashlib.sha256(content).hexdigest()


def _read_zip(content: bytes, collector: Collector) -> None:
    _check_directory(content, collector)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        collector.count(len(members))
        for member in members:
            kind = (member.external_attr >> 16) & 0o170000
            if member.is_dir() or kind == _FOLDER:
                collector.inside(member.filename)
                continue
            if kind not in (0, _FILE, _LINK):
                raise collector.refused(f"{shown(member.filename)} is neither a file nor a folder")
            if member.flag_bits & 1:
                raise collector.refused(f"{shown(member.filename)} is encrypted")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise collector.refused(f"{shown(member.filename)} is compressed in a way that zip files rarely are")
            collector.check_size(member.filename, member.file_size)
            with archive.open(member) as file:
                data = file.read(collector.bounds.file_bytes + 1)
            if kind == _LINK:
                collector.link(member.filename, data[:4096].decode("utf-8"))
            else:
                mode = member.external_attr >> 16
                collector.add(member.filename, data, executable=bool(mode & 0o100))


def _check_directory(content: bytes, collector: Collector) -> None:
    """Measure the directory at the end of a zip file: reading a long one takes long by itself."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if end < 0 or end + 22 > len(content):
        raise zipfile.BadZipFile("it has no directory")
    count, size = struct.unpack_from("<HI", content, end + 10)
    # 0xFFFF and 0xFFFFFFFF say that the true numbers are elsewhere, since they are greater.
    if count > collector.bounds.entries or size > collector.bounds.entries * 300:
        raise collector.refused(f"has more than {collector.bounds.entries} entries")


def _read_tar(content: bytes, collector: Collector) -> None:
    plain = _decompressed(content, collector)
    _check_headers(plain, collector)
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        for member in archive:
            collector.count()
            if member.isdir():
                if member.name not in (".", "./"):
                    collector.inside(member.name)
            elif member.issym():
                collector.link(member.name, member.linkname)
            elif member.islnk():
                collector.link(member.name, member.linkname.removeprefix("./"), hard=True)
            elif member.isreg():
                collector.check_size(member.name, member.size)
                file = archive.extractfile(member)
                data = file.read(collector.bounds.file_bytes + 1) if file is not None else b""
                collector.add(member.name, data, executable=bool(member.mode & 0o100))
            else:
                raise collector.refused(f"{shown(member.name)} is neither a file nor a folder")


def _check_headers(plain: bytes, collector: Collector) -> None:
    """Walk the headers of a tar file: `tarfile` believes whatever they say of sizes, and reads any text in them."""
    at = blocks = 0
    while (header := plain[at : at + 512]).strip(b"\0"):
        blocks += 1
        kind = header[156:157]
        size = _tar_size(header[124:136])
        if blocks > 3 * collector.bounds.entries:
            raise collector.refused(f"has more than {collector.bounds.entries} entries")
        if not 0 <= size <= collector.bounds.all_bytes or kind == tarfile.GNUTYPE_SPARSE:
            raise collector.refused("holds an entry of a size that can't be")
        body = plain[at + 512 : at + 512 + min(size, _MAX_HEADER + 1)]
        if kind in _LONG_HEADERS and (size > _MAX_HEADER or _ODD_HEADER.search(body)):
            raise collector.refused("holds an odd header")
        at += 512 + (size + 511) // 512 * 512


def _tar_size(field: bytes) -> int:
    """Octal digits, or a number in base 256 where the first bit is set."""
    if field[:1] >= b"\x80":
        return int.from_bytes(field[1:], "big") if field[:1] == b"\x80" else -1
    return int(field.strip(b"\0 ") or b"0", 8)


def _decompressed(content: bytes, collector: Collector) -> bytes:
    # Headers and padding come on top of the files.
    limit = collector.bounds.all_bytes + collector.bounds.entries * 1024
    source = io.BytesIO(content)
    if content.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=source) as unzipped:
            plain = unzipped.read(limit + 1)
    elif content.startswith(b"BZh"):
        with bz2.BZ2File(source) as unpacked:
            plain = unpacked.read(limit + 1)
    elif content.startswith(b"\xfd7zXZ\x00"):
        with lzma.LZMAFile(source) as expanded:
            plain = expanded.read(limit + 1)
    else:
        return content
    if len(plain) > limit:
        raise collector.refused(f"unpacks to more than {limit // (1024 * 1024)} MiB")
    return plain


def _below(
    files: dict[str, bytes], executable: frozenset[str], subfolder: str
) -> tuple[dict[str, bytes], frozenset[str]]:
    """Cut to the subfolder, which is named from the archive's root or from its single folder at the top."""
    tops = {name.split("/", 1)[0] for name in files}
    single = f"{next(iter(tops))}/" if len(tops) == 1 and all("/" in name for name in files) else ""
    prefixes = [f"{subfolder}/", f"{single}{subfolder}/"] if subfolder else [single]
    for prefix in prefixes:
        found = {name[len(prefix) :]: data for name, data in files.items() if name.startswith(prefix)}
        if found:
            return found, frozenset(name[len(prefix) :] for name in executable if name.startswith(prefix))
    return {}, frozenset()
