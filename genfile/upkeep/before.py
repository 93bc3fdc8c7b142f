"""A tree as a commit has it."""

import posixpath
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from genfile.engine.revision import Blob, blobs_at, file_at, listed_files
from genfile.source.base import Index, Source, Unreadable, is_pruned, size_text
from genfile.source.overlay import OverlaySource


class BeforeSource:
    """A folder of a checkout as it was in a commit. What git ignores is taken to have been there.

    ``blobs``: the files of the commit; ``listed``: those that git follows or would add now.
    """

    def __init__(
        self, below: Source, folder: Path, commit: str, blobs: Mapping[str, Blob], listed: frozenset[str]
    ) -> None:
        self.below = below
        self.folder = folder
        self.commit = commit
        self.blobs = blobs
        self.added = listed - blobs.keys()

    @property
    def name(self) -> str:
        return self.below.name

    def index(self) -> Index:
        return self._index

    @cached_property
    def _index(self) -> Index:
        names: dict[str, set[str]] = {}
        for path in self.blobs:
            folder, name = posixpath.split(path)
            names.setdefault(folder, set()).add(name)
        siblings = {folder: frozenset(found) for folder, found in names.items()}
        gone = [path for path in self.blobs.keys() - self.below.index().paths if not _is_left_out(path, siblings)]
        return OverlaySource(self.below, {**dict.fromkeys(gone, b""), **dict.fromkeys(self.added)}).index()

    def read(self, path: str, limit: int) -> bytes:
        blob = self.blobs.get(path)
        if path in self.added:
            raise Unreadable(path, "does not exist")
        if blob is None or blob.link:
            return self.below.read(path, limit)
        if blob.size > limit:
            raise Unreadable(path, f"is larger than {size_text(limit)}")
        try:
            now = self.below.read(path, limit)
        except Unreadable:
            now = None
        if now is not None and blob.holds(now):
            return now
        content = file_at(self.folder, self.commit, path, limit)
        if content is None:
            raise Unreadable(path, "can't be read")
        return content


def _is_left_out(path: str, siblings: Mapping[str, frozenset[str]]) -> bool:
    """Whether no walk of a tree shows a file, because of its name or of the folders that it is in."""
    if not path.isprintable():
        return True
    folder = posixpath.dirname(path)
    while folder:
        folder, name = posixpath.split(folder)
        if is_pruned(name, siblings.get(folder, frozenset())):
            return True
    return False


def tree_before(below: Source, folder: Path, commit: str) -> BeforeSource | None:
    """A folder as a commit has it; None where git can't say what the commit has. ``below``: the folder as it is."""
    blobs, listed = blobs_at(folder, commit), listed_files(folder)
    return BeforeSource(below, folder, commit, blobs, listed) if blobs is not None and listed is not None else None
