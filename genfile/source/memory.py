"""A mapping of relative path to text (or bytes): for callers that have no checkout, and for tests."""

import posixpath
from collections.abc import Mapping, Sequence
from functools import cached_property

from genfile.errors import SourceError
from genfile.evidence import Note
from genfile.source.base import LIMITS, Index, Limits, Unreadable, is_pruned, make_index, size_text


class MemorySource:
    """Files held in memory. Paths are checked once: relative, forward slashes, no ``..``.

    ``omitted``: files that exist but are not held, each with the reason as a clause (`is encrypted`).
    ``notes``: notes on the tree for the index.
    """

    def __init__(
        self,
        files: Mapping[str, str | bytes],
        name: str = "app",
        limits: Limits = LIMITS,
        *,
        omitted: Mapping[str, str] | None = None,
        notes: Sequence[Note] = (),
    ) -> None:
        if len(files) > limits.entries:
            raise SourceError(f"the tree has more than {limits.entries} files")
        self.name = name
        self._files = {clean_path(path): content for path, content in files.items()}
        self._omitted = {clean_path(path): reason for path, reason in (omitted or {}).items()}
        self._notes = list(notes)

    def index(self) -> Index:
        return self._index

    @cached_property
    def _index(self) -> Index:
        every: dict[str, list[str]] = {"": []}
        for path in self._files.keys() | self._omitted.keys():
            folder, name = posixpath.split(path)
            every.setdefault(folder, []).append(name)
        siblings = {folder: frozenset(names) for folder, names in every.items()}
        return make_index({f: names for f, names in every.items() if not _in_pruned(f, siblings)}, self._notes)

    def read(self, path: str, limit: int) -> bytes:
        content = self._files.get(path)
        if content is None:
            raise Unreadable(path, self._omitted.get(path, "does not exist"))
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        if len(data) > limit:
            raise Unreadable(path, f"is larger than {size_text(limit)}")
        return data


def clean_path(path: str) -> str:
    """A relative path in its plain form; raises SourceError when it is absolute or leaves the tree."""
    cleaned = posixpath.normpath(path.replace("\\", "/"))
    if not path or cleaned.startswith(("/", "../")) or cleaned in (".", "..") or not cleaned.isprintable():
        shown = path if len(path) <= 100 else path[:97] + "..."
        raise SourceError(f"path {shown!r} is outside of the project", hint="use paths relative to the project root")
    return cleaned


def _in_pruned(folder: str, siblings: Mapping[str, frozenset[str]]) -> bool:
    parent = ""
    for part in folder.split("/") if folder else ():
        if is_pruned(part, siblings.get(parent, frozenset())):
            return True
        parent = f"{parent}/{part}" if parent else part
    return False
