"""The source as detectors see it: folders with their manifests, each parsed once."""

import fnmatch
import posixpath
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from genfile.detect.paths import relative
from genfile.detect.shelf import Shelf
from genfile.evidence import About, Evidence, Fact, Note
from genfile.parsers import Document, ParseError
from genfile.source.base import MEBIBYTE, Source, Unreadable, decode
from genfile.source.budget import Budget

T = TypeVar("T")

_LOCK_NAMES = frozenset(
    [
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
        "bun.lockb",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "Pipfile.lock",
        "pylock.toml",
        "go.sum",
        "gradle.lockfile",
    ]
)


# Limits on cached texts and parsed files, in bytes of memory.
_TEXTS = 64 * MEBIBYTE
_PARSED = 256 * MEBIBYTE
# Estimated bytes of memory for each character of a parsed file: used for a small file, and before a large one is
# parsed; afterwards the blocks that Python has allocated are counted, at so many bytes each.
_PER_CHARACTER = 28
_LARGE = 64 * 1024
_BLOCK_BYTES = 96


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Callable[[str], object]:
    """What matches names with a shell pattern, in the same way on every system."""
    return re.compile(fnmatch.translate(pattern)).match


class Tree:
    """A source with a cache: what can't be read is noted once, and texts and parsed files are kept while there is room.

    ``budget``: for all work on the tree; beyond it, no further texts and parsed files are available.
    """

    def __init__(self, source: Source, budget: Budget | None = None) -> None:
        self.source = source
        self.budget = budget or Budget()
        self.limits = self.budget.limits
        index = source.index()
        self.folders = index.folders
        self.paths = index.paths
        # A file says each thing once, at its first line.
        self._notes: dict[tuple[str, str, str | None], Note] = {}
        for note in index.notes:
            self.note(note.level, note.text, note.path, note.line)
        # Results that detectors need again, by keys of their own.
        self.memory: dict[tuple[str, ...], Any] = {}
        # Folders of packages that run elsewhere, and not in a container.
        self.elsewhere: set[str] = set()
        self._made: dict[tuple[str, ...], tuple[int, Any]] = {}
        self._texts = Shelf(_TEXTS)
        self._parsed = Shelf(_PARSED)
        self._children: dict[str, list[str]] | None = None

    @property
    def notes(self) -> list[Note]:
        """All notes on the tree in order, up to the limit."""
        kept = list(self._notes.values())[: self.limits.notes]
        more = len(self._notes) - len(kept)
        return [*kept, Note("warning", f"{more} more notes were omitted")] if more else kept

    def text(self, path: str) -> str | None:
        """The text of a file; None if there is none or it can't be read (then a note says why)."""
        if path not in self.paths:
            return None
        if path in self._texts:
            text: str | None = self._texts.get(path)
            return text
        if not self.budget.allows(path):
            return None
        text = self._read(path)
        self._texts.put(path, text, sys.getsizeof(text))
        return text

    def _read(self, path: str) -> str | None:
        content = self.content(path)
        try:
            return decode(path, content) if content is not None else None
        except Unreadable as error:
            self.note("warning", f"{error.path} {error.reason} and was skipped", path)
            return None

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, which are not kept; None if it can't be read (then a note says why)."""
        limit = self.limits.lock_bytes if posixpath.basename(path) in _LOCK_NAMES else self.limits.file_bytes
        try:
            content = self.source.read(path, limit)
        except Unreadable as error:
            self.note("warning", f"{error.path} {error.reason} and was skipped", path)
            return None
        self.budget.allows(read=len(content))
        return content

    def parse(self, parser: Callable[[str], T], path: str) -> T | None:
        """A parsed file; None if there is none or it is malformed (then a note says where)."""
        key = (parser, path)
        if key in self._parsed:
            result: T | None = self._parsed.get(key)
            return result
        text = self.text(path)
        if text is None or not self.budget.allows(path, parses=1):
            return None
        weight = len(text) * _PER_CHARACTER
        self._parsed.make_room(weight)
        before = sys.getallocatedblocks() if len(text) > _LARGE else 0
        result = self._parse(parser, text, path)
        if before:
            weight = max(weight, (sys.getallocatedblocks() - before) * _BLOCK_BYTES)
        self._parsed.put(key, result, weight)
        return result

    def _parse(self, parser: Callable[[str], T], text: str, path: str) -> T | None:
        line: int | None = None
        try:
            return parser(text)
        except ParseError as error:
            reason, line = error.reason, error.line
        except RecursionError:
            reason = "too deeply nested"
        except MemoryError:
            self.forget()
            reason = "not enough memory to parse it"
        except ValueError:
            reason = "malformed"
        self.note("warning", f"{path} was skipped: {reason}", path, line)
        return None

    def once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """A detector's result, computed once; again if the budget has run out since."""
        cuts = self.budget.cuts
        if key not in self._made or self._made[key][0] != cuts:
            self._made[key] = cuts, make()
        made: T = self._made[key][1]
        return made

    def forget(self) -> None:
        """Drop everything that can be computed again."""
        self._texts.clear()
        self._parsed.clear()

    def note(
        self, level: Any, text: str, path: str | None = None, line: int | None = None, about: About | None = None
    ) -> None:
        self._notes.setdefault((level, text, path), Note(level, text, path, line, about))

    def subfolders(self, folder: str) -> list[str]:
        """Names of the folders directly inside a folder that hold files at any depth, sorted."""
        if self._children is None:
            children: dict[str, set[str]] = {}
            for path in self.folders:
                while path:
                    parent, name = posixpath.split(path)
                    names = children.setdefault(parent, set())
                    if name in names:
                        break
                    names.add(name)
                    path = parent
            self._children = {parent: sorted(names) for parent, names in children.items()}
        return self._children.get(folder, [])


class Project:
    """One folder of the tree. Names given to its methods are relative to that folder."""

    def __init__(self, tree: Tree, path: str) -> None:
        self.tree = tree
        self.path = path

    def __repr__(self) -> str:
        return f"Project({self.path or '.'!r})"

    @property
    def spec_path(self) -> str:
        """The folder as a spec writes it: `.` for the root."""
        return self.path or "."

    @property
    def folder_name(self) -> str:
        return posixpath.basename(self.path) or self.tree.source.name

    def full(self, name: str) -> str:
        """A name in this folder as a normalised path relative to the inspected root."""
        if name and name[0] not in "./" and name[-1] not in "./" and "./" not in name and "//" not in name:
            # Nearly every name: there is nothing to normalise.
            return f"{self.path}/{name}" if self.path else name
        joined = posixpath.normpath(posixpath.join(self.path, name) if self.path else name)
        return "" if joined == "." and name in (".", "") else joined

    def has(self, name: str) -> bool:
        """Whether there is a regular file with that name."""
        return self.full(name) in self.tree.paths

    def present(self, names: Iterable[str]) -> list[str]:
        """Those of some names, each in its normal form, that regular files have."""
        start = f"{self.path}/" if self.path else ""
        return [name for name in names if start + name in self.tree.paths]

    def has_folder(self, name: str) -> bool:
        """Whether a folder with that name holds files, at any depth."""
        parent, last = posixpath.split(self.full(name))
        return last in self.tree.subfolders(parent)

    def names(self, folder: str = "") -> tuple[str, ...]:
        """The names of the files directly in a folder, sorted."""
        return self.tree.folders.get(self.full(folder) if folder else self.path, ())

    def subfolders(self, folder: str = "") -> list[str]:
        return self.tree.subfolders(self.full(folder) if folder else self.path)

    def files(self, pattern: str = "*", *, below: str = "", depth: int = 8) -> Iterator[str]:
        """Paths, relative to this folder, of files whose names match a shell pattern; nearest first, then by name."""
        start = self.full(below) if below else self.path
        fits = _matcher(pattern)
        queue = [(start, 0)]
        for folder, level in queue:
            names = self.tree.folders.get(folder, ())
            if not self.tree.budget.allows(names=len(names) + 1):
                return
            for name in names:
                if fits(name):
                    yield relative(posixpath.join(folder, name), self.path)
            if level < depth:
                queue.extend((posixpath.join(folder, sub), level + 1) for sub in self.tree.subfolders(folder))

    def text(self, name: str) -> str | None:
        return self.tree.text(self.full(name))

    def parse(self, parser: Callable[[str], T], name: str) -> T | None:
        return self.tree.parse(parser, self.full(name))

    def json(self, name: str) -> Document | None:
        from genfile.parsers.data import parse_json

        return self.parse(parse_json, name)

    def jsonc(self, name: str) -> Document | None:
        from genfile.parsers.data import parse_jsonc

        return self.parse(parse_jsonc, name)

    def toml(self, name: str) -> Document | None:
        from genfile.parsers.data import parse_toml

        return self.parse(parse_toml, name)

    def yaml(self, name: str) -> Document | None:
        from genfile.parsers.data import parse_yaml

        return self.parse(parse_yaml, name)

    def parent(self) -> "Project | None":
        """The folder above; None at the root."""
        return Project(self.tree, posixpath.dirname(self.path)) if self.path else None

    def upwards(self) -> "Iterator[Project]":
        """This folder, then those above it up to the root of the tree."""
        place: Project | None = self
        while place is not None:
            yield place
            place = place.parent()

    def with_root(self) -> "tuple[Project, ...]":
        """This folder, then the root of the tree where that is another one."""
        return (self, Project(self.tree, "")) if self.path else (self,)

    def at(self, name: str) -> "Project":
        """A folder inside this one."""
        return Project(self.tree, self.full(name))

    def says(self, name: str, line: int | None, what: str) -> Evidence:
        """Evidence: a file of this folder, a line of it, and what it says there (made printable, and short)."""
        clean = what if what.isprintable() else "".join(char if char.isprintable() else " " for char in what)
        return Evidence(self.full(name), line, clean if len(clean) <= 120 else clean[:117] + "...")

    def fact(self, value: T, name: str, line: int | None, what: str) -> Fact[T]:
        return Fact(value, (self.says(name, line, what),))

    def guess(self, value: T, name: str, what: str, remedy: str | None = None, line: int | None = None) -> Fact[T]:
        return Fact(value, (self.says(name, line, what),), guess=True, remedy=remedy)
