"""A tar or zip file, read without extracting anything to disk."""

import tarfile
import zipfile
from pathlib import Path

from genfile.errors import SourceError
from genfile.source.base import LIMITS, Limits
from genfile.source.memory import MemorySource, clean_path


def open_archive(path: Path, limits: Limits = LIMITS) -> MemorySource:
    """Read a ``.zip``, ``.tar`` or compressed tar into memory; links and special files are left out.

    A single folder at the top, as forges add one, is taken as the root. Raises SourceError when the file is no
    archive, or is over the limits on entries or on bytes when unpacked.
    """
    try:
        files = _read_zip(path, limits) if zipfile.is_zipfile(path) else _read_tar(path, limits)
    except (
        OSError,
        EOFError,
        tarfile.TarError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise SourceError(f"{path}: not a readable archive: {error}") from None
    name = path.name.split(".")[0] or "app"
    return MemorySource(_without_top(files), name, limits)


def _read_zip(path: Path, limits: Limits) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    budget = limits.archive_bytes
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        _check_count(path, len(members), limits)
        for member in members:
            # The upper half of external_attr is the Unix mode; 0o120000 marks a symbolic link.
            if member.is_dir() or (member.external_attr >> 16) & 0o170000 == 0o120000:
                continue
            with archive.open(member) as file:
                content = file.read(min(budget, limits.lock_bytes) + 1)
            budget = _spend(path, budget, len(content))
            files[clean_path(member.filename)] = content
    return files


def _read_tar(path: Path, limits: Limits) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    budget = limits.archive_bytes
    with tarfile.open(path, "r:*") as archive:
        for count, member in enumerate(archive, 1):
            _check_count(path, count, limits)
            # Skipping a member still unpacks it: the size counts whether it is kept or not.
            budget = _spend(path, budget, max(member.size, 0))
            if not member.isreg():
                continue
            file = archive.extractfile(member)
            if file is not None:
                files[clean_path(member.name)] = file.read(min(member.size, limits.lock_bytes) + 1)
    return files


def _check_count(path: Path, count: int, limits: Limits) -> None:
    if count > limits.entries:
        raise SourceError(f"{path} has more than {limits.entries} entries")


def _spend(path: Path, budget: int, size: int) -> int:
    if size > budget:
        raise SourceError(f"{path} unpacks to more than the limit on archives")
    return budget - size


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) != 1 or any("/" not in name for name in files):
        return files
    return {name.split("/", 1)[1]: content for name, content in files.items()}
