"""A bundle out of a zip or a tar file: read into memory, nothing is extracted to the disk."""

import hashlib
import io
from pathlib import Path

from genfile.bundle.model import BOUNDS, Collector, shown
from genfile.bundle.model import Bounds as BundleBounds
from genfile.errors import SourceError
from genfile.source.budget import Budget
from genfile.source.unpack import ArchiveBounds, ArchiveEntry, read_entries


def read_archive(
    path: Path, reference: str, subfolder: str = "", bounds: BundleBounds = BOUNDS
) -> tuple[dict[str, bytes], frozenset[str], str]:
    """The files of an archive below a subfolder, which are executable, and `sha256:…` of the archive itself.

    A single folder at the top, as forges add one, is taken as the root. Raises SourceError when it can't be read or is
    over a bound, PresetError for what must not be in a bundle.
    """
    collector = Collector(reference, bounds)
    try:
        with path.open("rb") as file:
            content = file.read(bounds.all_bytes + 1)
    except OSError as error:
        raise SourceError(f"{reference}: {error.strerror or error}") from None
    if len(content) > bounds.all_bytes:
        raise collector.refused("is too large for an archive of a preset or template")
    # Headers and padding come on top of the files.
    most = ArchiveBounds(bounds.entries, bounds.all_bytes + bounds.entries * 1024, Budget())
    for entry in read_entries(io.BytesIO(content), reference, most):
        _take(entry, collector)
    files, executable = collector.finish()
    files, executable = _below(files, executable, subfolder)
    return files, executable, "sha256:" + hashlib.sha256(content).hexdigest()


def _take(entry: ArchiveEntry, collector: Collector) -> None:
    if entry.kind == "folder":
        if entry.name not in (".", "./"):
            collector.inside(entry.name)
    elif entry.kind == "link":
        collector.link(entry.name, entry.target)
    elif entry.kind == "hard link":
        collector.link(entry.name, entry.target.removeprefix("./"), hard=True)
    elif entry.kind == "file":
        collector.check_size(entry.name, entry.size)
        content = entry.read(collector.bounds.file_bytes + 1)
        collector.add(entry.name, content, executable=entry.executable)
    else:
        raise collector.refused(f"{shown(entry.name)} {entry.reason}")


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
