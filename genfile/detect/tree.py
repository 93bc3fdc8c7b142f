"""The source as detectors see it: folders with their manifests, each parsed once."""

import fnmatch
import posixpath
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from genfile.detect.paths import relative
from genfile.evidence import Evidence, Fact, Note
from genfile.parsers import Document, ParseError
from genfile.source.base import LIMITS, Limits, Source, Unreadable, decode

T = TypeVar("T")

_LOCK_NAMES = frozenset(
    [
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "Pipfile.lock",
        "pylock.toml",
        "go.sum",
        "gradle.lockfile",
    ]
)


class Tree:
    """A source with a memory: no file is read or parsed twice, and what could not be read is noted once."""

    def __init__(self, source: Source, limits: Limits = LIMITS) -> None:
        self.source = source
        self.limits = limits
        index = source.index()
        self.folders = index.folders
        self.paths = index.paths
        self.notes: list[Note] = list(index.notes)
        # What detectors worked out once and need again, by a key of their own.
        self.memory: dict[tuple[str, ...], Any] = {}
        self._texts: dict[str, str | None] = {}
        self._parsed: dict[tuple[Any, str], Any] = {}
        self._children: dict[str, list[str]] | None = None

    def text(self, path: str) -> str | None:
        """The text of a file; None where there is none or it can't be read (then a note says why)."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str | None:
        if path not in self.paths:
            return None
        limit = self.limits.lock_bytes if posixpath.basename(path) in _LOCK_NAMES else self.limits.file_bytes
        try:
            return decode(path, self.source.read(path, limit))
        except Unreadable as error:
            self.note("warning", f"{error.path} {error.reason}: left out", path)
            return None

    def parse(self, parser: Callable[[str], T], path: str) -> T | None:
        """A parsed file; None where there is none or it is malformed (then a note says where)."""
        key = (parser, path)
        if key not in self._parsed:
            self._parsed[key] = self._parse(parser, path)
        result: T | None = self._parsed[key]
        return result

    def _parse(self, parser: Callable[[str], T], path: str) -> T | None:
        text = self.text(path)
        if text is None:
            return None
        try:
            return parser(text)
        except ParseError as error:
            self.note("warning", f"{path} was left out: {error.reason}", path, error.line)
            return None

    def note(self, level: Any, text: str, path: str | None = None, line: int | None = None) -> None:
        note = Note(level, text, path, line)
        if note not in self.notes:
            self.notes.append(note)

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
        """A name of this folder as a path relative to the inspected root, in its plain form."""
        joined = posixpath.normpath(posixpath.join(self.path, name))
        return "" if joined == "." and name in (".", "") else joined

    def has(self, name: str) -> bool:
        """Whether a regular file of that name is there."""
        return self.full(name) in self.tree.paths

    def has_folder(self, name: str) -> bool:
        """Whether a folder of that name holds files, at any depth."""
        parent, last = posixpath.split(self.full(name))
        return last in self.tree.subfolders(parent)

    def names(self, folder: str = "") -> tuple[str, ...]:
        """The names of the files directly in a folder, sorted."""
        return self.tree.folders.get(self.full(folder) if folder else self.path, ())

    def subfolders(self, folder: str = "") -> list[str]:
        return self.tree.subfolders(self.full(folder) if folder else self.path)

    def files(self, pattern: str = "*", *, below: str = "", depth: int = 8) -> Iterator[str]:
        """Paths, relative to this folder, of files whose name fits a shell pattern; nearest first, then by name."""
        start = self.full(below) if below else self.path
        queue = [(start, 0)]
        for folder, level in queue:
            for name in self.tree.folders.get(folder, ()):
                if fnmatch.fnmatchcase(name, pattern):
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

    def at(self, name: str) -> "Project":
        """A folder inside this one."""
        return Project(self.tree, self.full(name))

    def says(self, name: str, line: int | None, what: str) -> Evidence:
        """Evidence: a file of this folder, a line of it, and what it says there (made printable, and short)."""
        clean = "".join(char if char.isprintable() else " " for char in what)
        return Evidence(self.full(name), line, clean if len(clean) <= 120 else clean[:117] + "...")

    def fact(self, value: T, name: str, line: int | None, what: str) -> Fact[T]:
        return Fact(value, (self.says(name, line, what),))

    def guess(self, value: T, name: str, what: str, remedy: str | None = None, line: int | None = None) -> Fact[T]:
        return Fact(value, (self.says(name, line, what),), guess=True, remedy=remedy)
