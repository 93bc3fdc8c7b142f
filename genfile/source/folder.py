"""A directory of this machine, walked once, without leaving it."""

import os
import stat
from collections import deque
from collections.abc import Callable
from functools import cached_property
from itertools import islice
from operator import attrgetter
from pathlib import Path

from genfile.errors import SourceError
from genfile.evidence import Note
from genfile.source.base import LIMITS, Index, Limits, Unreadable, is_pruned, make_index, size_text, too_long


class FolderSource:
    """A folder. Symbolic links are followed only while they stay inside it; only regular files are read.

    ``pruned``: whether a folder, by its path, is not looked into.
    """

    def __init__(self, root: Path, limits: Limits = LIMITS, pruned: Callable[[str], bool] = lambda path: False) -> None:
        try:
            self.root = root.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise SourceError(f"{root}: {_reason(error)}") from None
        if not self.root.is_dir():
            raise SourceError(f"{root} is not a folder", hint="pass the project's folder")
        self.limits = limits
        self.pruned = pruned
        self._prefix = str(self.root).rstrip(os.sep) + os.sep

    @property
    def name(self) -> str:
        return self.root.name or "app"

    def index(self) -> Index:
        return self._index

    @cached_property
    def _index(self) -> Index:
        folders: dict[str, list[str]] = {}
        notes: list[Note] = []
        queue: deque[tuple[str, int]] = deque([("", 0)])
        seen = {str(self.root)}
        entries = self.limits.entries
        # Breadth first: if a limit stops the walk, everything near the root has been seen.
        while queue:
            folder, depth = queue.popleft()
            try:
                with os.scandir(self._prefix + folder) as scan:
                    # One more than there is room for: a folder may hold millions.
                    children = sorted(islice(scan, entries + 1), key=attrgetter("name"))
            except OSError as error:
                if not folder:
                    raise SourceError(f"{self.root}: {_reason(error)}") from None
                notes.append(Note("warning", f"folder was not read: {_reason(error)}", folder))
                continue
            entries -= len(children)
            if entries < 0:
                notes.append(
                    Note(
                        "warning",
                        f"only the first {self.limits.entries} entries of the tree were read",
                        folder or None,
                    )
                )
                break
            files, inner = self._sort(folder, children, seen, notes)
            if files or not folder:
                folders[folder] = files
            if depth < self.limits.depth:
                queue.extend((path, depth + 1) for path in inner)
        return make_index(folders, list(dict.fromkeys(notes))[: self.limits.notes])

    def _sort(
        self, folder: str, children: list[os.DirEntry[str]], seen: set[str], notes: list[Note]
    ) -> tuple[list[str], list[str]]:
        """Part the entries of a folder into regular files and folders to be walked."""
        files: list[str] = []
        inner: list[os.DirEntry[str]] = []
        room = self.limits.path_length - len(folder) - 1
        for entry in children:
            if not entry.name.isprintable():
                continue
            if len(entry.name) > room:
                notes.append(too_long(self.limits))
                continue
            try:
                if entry.is_symlink() and not self._is_inside(entry.path, seen):
                    continue
                if entry.is_file():
                    files.append(entry.name)
                elif entry.is_dir():
                    inner.append(entry)
            except OSError:
                continue
        siblings = frozenset(files)
        base = f"{folder}/" if folder else ""
        kept = (base + entry.name for entry in inner if not is_pruned(entry.name, siblings))
        return files, [path for path in kept if not self.pruned(path)]

    def _is_inside(self, path: str, seen: set[str]) -> bool:
        """Whether a link ends inside the root, and, for a folder, at one that no other link led to."""
        try:
            target = os.path.realpath(path, strict=True)
        except (OSError, RuntimeError):
            return False
        if not target.startswith(self._prefix):
            return False
        if Path(target).is_dir():
            if target in seen:
                return False
            seen.add(target)
        return True

    def read(self, path: str, limit: int) -> bytes:
        full = self._prefix + path
        try:
            if not os.path.realpath(full, strict=True).startswith(self._prefix):
                raise Unreadable(path, "points outside of the project")
            # O_NONBLOCK: opening a FIFO must not wait for a writer.
            descriptor = os.open(full, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except (OSError, RuntimeError, ValueError) as error:
            raise Unreadable(path, f"can't be read: {_reason(error)}") from None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(path, "is not a regular file")
            if status.st_size > limit:
                raise Unreadable(path, f"is larger than {size_text(limit)}")
            try:
                content = file.read(limit + 1)
            except OSError as error:
                raise Unreadable(path, f"can't be read: {_reason(error)}") from None
        if len(content) > limit:
            raise Unreadable(path, f"is larger than {size_text(limit)}")
        return content


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return "a symbolic link loop" if isinstance(error, RuntimeError) else str(error)
