"""A bundle out of a folder of this machine."""

import os
from pathlib import Path

from genfile.bundle.model import BOUNDS, Bounds, Collector, shown
from genfile.protected import is_protected
from genfile.source.base import Unreadable
from genfile.source.folder import FolderSource

# Files that tools leave in a folder and that no author means to distribute.
LEFT_OUT = frozenset(["__pycache__", "node_modules", ".venv", ".DS_Store"])


def read_folder(root: Path, reference: str, bounds: Bounds = BOUNDS) -> tuple[dict[str, bytes], frozenset[str]]:
    """All files below a folder, and which are executable. Raises PresetError for what must not be in a bundle."""
    source = FolderSource(root)
    collector = Collector(reference, bounds)
    queue = [""]
    while queue:
        folder = queue.pop()
        for entry in _entries(source.root, folder, collector):
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                if entry.is_symlink():
                    collector.link(path, str(Path(entry.path).readlink()))
                elif entry.is_dir():
                    queue.append(path)
                elif entry.is_file():
                    status = entry.stat()
                    collector.check_size(path, status.st_size)
                    content = source.read(collector.inside(path), bounds.file_bytes)
                    collector.add(path, content, executable=bool(status.st_mode & 0o100) and os.name == "posix")
                else:
                    raise collector.refused(f"{shown(path)} is not a regular file or a folder")
            except Unreadable as error:
                raise collector.refused(str(error)) from None
            except OSError as error:
                raise collector.refused(f"{shown(path)} can't be read: {error.strerror or error}") from None
    return collector.finish()


def _entries(root: Path, folder: str, collector: Collector) -> list[os.DirEntry[str]]:
    found: list[os.DirEntry[str]] = []
    try:
        with os.scandir(root / folder) as scan:
            for entry in scan:
                # Counted while it is read: a folder may hold millions.
                collector.count()
                if entry.name not in LEFT_OUT and not is_protected(entry.name):
                    found.append(entry)
    except OSError as error:
        raise collector.refused(f"{shown(folder or str(root))} can't be read: {error.strerror or error}") from None
    return sorted(found, key=lambda entry: entry.name)
