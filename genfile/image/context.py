"""The build context: the files in a folder that the ignore file lets through."""

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct, field

from genfile.dockerfile.ignore import IgnoreRules, read_ignore
from genfile.parsers import ParseError
from genfile.source.base import PRUNED, is_pruned

T = TypeVar("T")

NOTHING_IGNORED = IgnoreRules(())


class Context(Struct, frozen=True, eq=False, dict=True):
    """A folder of a tree as BuildKit sends it. Paths are relative to that folder, with forward slashes; "." is itself.

    ``folders``: the files of the whole tree, by folder, as its index has them; ``root``: the context's folder in that
    tree, "" for the tree's own; ``read_text``: returns the text of a path in the tree, or None; ``whole``: the index
    only leaves out what is always left out (version control, installed packages, caches); ``untracked``: what the
    tree's .gitignore excludes; ``parse``: the reader's cache of parsed files, by path; ``read_start``: the first bytes
    of a file, text or not.
    """

    folders: Mapping[str, Collection[str]]
    read_text: Callable[[str], str | None]
    root: str = ""
    ignored: IgnoreRules = NOTHING_IGNORED
    whole: bool = True
    untracked: Callable[[str], bool] | None = None
    parse: "Callable[[Callable[[str], Any], str], Any] | None" = None
    kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    read_start: "Callable[[str], bytes] | None" = None

    def find(self, path: str) -> bool | None:
        """Whether a file or folder is sent; None if the index does not show it."""
        path = posixpath.normpath(path)
        if path == ".":
            return True
        if path.startswith("../") or path == "..":
            return False
        if self.is_file(path):
            return not self.excludes(path)
        if self.is_folder(path):
            return True if not self.excludes(path) else (None if self._takes_back else False)
        if not self._hidden(path):
            return False
        return False if self.excludes(path) and not self._takes_back else None

    def excludes(self, path: str) -> bool:
        """Whether the ignore file excludes a path."""
        known = self._excluded.get(path)
        if known is None:
            known = self._excluded[path] = self.ignored.excludes(path)
        return known

    def is_file(self, path: str) -> bool:
        folder, name = posixpath.split(self._full(path))
        return name in self.folders.get(folder, ())

    def alike(self, path: str) -> str | None:
        """The file whose path differs from this one in case alone."""
        folder, name = (part.lower() for part in posixpath.split(self._full(path)))
        there = (posixpath.join(at, item) for at in self.folders if at.lower() == folder for item in self.folders[at])
        found = next((item for item in there if posixpath.basename(item).lower() == name), None)
        return found[len(self.root) :].lstrip("/") if found is not None else None

    def is_folder(self, path: str) -> bool:
        return path == "." or self._full(path) in self._known_folders

    def read(self, path: str) -> str | None:
        """The text of a sent file; None if there is none, or it is not text."""
        return self.read_text(self._full(path)) if self.find(path) and self.is_file(path) else None

    def parsed(self, parser: Callable[[str], T], path: str) -> T | None:
        """A sent file, parsed once; None if there is none, or it is malformed."""
        if not self.find(path) or not self.is_file(path):
            return None
        full = self._full(path)
        if self.parse is not None:
            known: T | None = self.parse(parser, full)
            return known
        key = (parser.__name__, full)
        if key not in self.kept:
            self.kept[key] = _parsed(parser, self.read_text(full))
        found: T | None = self.kept[key]
        return found

    def below(self, folder: str) -> Iterator[str]:
        """The sent files at and below a path, relative to it; "" for the path of a file itself."""
        if self.is_file(folder):
            yield from ("",) if self.find(folder) else ()
            return
        start = self._full(folder)
        for place in self.folders:
            if place == start or not start or place.startswith(start + "/"):
                inner = place[len(start) :].lstrip("/") if start else place
                for name in self.folders[place]:
                    path = posixpath.join(inner, name)
                    if self.find(posixpath.normpath(posixpath.join(folder, path))):
                        yield path

    def _full(self, path: str) -> str:
        joined = posixpath.normpath(posixpath.join(self.root, path))
        return "" if joined == "." else joined

    @cached_property
    def _known_folders(self) -> frozenset[str]:
        found: set[str] = set()
        for folder in self.folders:
            while folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    def _hidden(self, path: str) -> bool:
        """Whether the index can't show what exists: a folder that is never read, a tree over its limits, or files
        outside version control, which a build outside the image may create."""
        if not self.whole or (self.untracked is not None and self.untracked(self._full(path))):
            return True
        parts = path.split("/")
        for at, part in enumerate(parts):
            siblings = frozenset(self.folders.get(self._full("/".join(parts[:at]) or "."), ()))
            if part in PRUNED or is_pruned(part, siblings):
                return True
        return False

    @cached_property
    def _excluded(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _takes_back(self) -> bool:
        """Whether a pattern may re-include something below an ignored folder."""
        return any(rule.negated for rule in self.ignored.rules)


def _parsed(parser: Callable[[str], T], text: str | None) -> T | None:
    try:
        return parser(text) if text is not None else None
    except (ParseError, RecursionError, ValueError):
        return None


def ignoring(context: Context, text: str | None) -> Context:
    """The same folder with another ignore file."""
    rules = read_ignore(text) if text else NOTHING_IGNORED
    return Context(
        context.folders,
        context.read_text,
        context.root,
        rules,
        context.whole,
        context.untracked,
        context.parse,
        context.kept,
        context.read_start,
    )
