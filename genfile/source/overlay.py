"""A tree as it will be once planned changes are made: another source, with some files new, changed or gone."""

import posixpath
from collections.abc import Mapping
from functools import cached_property

from genfile.source.base import Index, Source, Unreadable, make_index, size_text


class OverlaySource:
    """A source with other contents for some of its files; None: the file is gone."""

    def __init__(self, below: Source, files: Mapping[str, bytes | None]) -> None:
        self.below = below
        self.files = files

    @property
    def name(self) -> str:
        return self.below.name

    def index(self) -> Index:
        return self._index

    @cached_property
    def _index(self) -> Index:
        index = self.below.index()
        folders = {folder: list(names) for folder, names in index.folders.items()}
        for path, content in self.files.items():
            folder, name = posixpath.split(path)
            names = folders.setdefault(folder, [])
            if content is not None and name not in names:
                names.append(name)
            elif content is None and name in names:
                names.remove(name)
        return make_index({at: names for at, names in folders.items() if names or not at}, list(index.notes))

    def read(self, path: str, limit: int) -> bytes:
        if path not in self.files:
            return self.below.read(path, limit)
        content = self.files[path]
        if content is None:
            raise Unreadable(path, "does not exist")
        if len(content) > limit:
            raise Unreadable(path, f"is larger than {size_text(limit)}")
        return content
