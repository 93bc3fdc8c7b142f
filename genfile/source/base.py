"""The common part of every source: an index of regular files, and bounded reads of them."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct, field

from genfile.evidence import Note

# Folders that hold no source of the project: version control, installed packages, caches, editors.
PRUNED = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        ".jj",
        "node_modules",
        "bower_components",
        "jspm_packages",
        ".venv",
        "venv",
        ".virtualenv",
        "virtualenv",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".eggs",
        "site-packages",
        ".ipynb_checkpoints",
        ".gradle",
        ".idea",
        ".vs",
        ".cache",
        ".parcel-cache",
        ".next",
        ".nuxt",
        ".output",
        ".svelte-kit",
        ".angular",
        ".turbo",
        ".nx",
        ".docusaurus",
        ".terraform",
        ".serverless",
        ".aws-sam",
        ".pnpm-store",
        ".direnv",
        ".devbox",
        ".history",
        ".Trash",
        ".sass-cache",
    ]
)

# Build outputs next to their manifest: pruned only there, because the names are ordinary elsewhere.
BUILD_OUTPUT = {
    "target": frozenset({"pom.xml", "Cargo.toml", "build.sbt"}),
    "build": frozenset({"build.gradle", "build.gradle.kts"}),
    "bin": frozenset({"build.gradle", "build.gradle.kts"}),
}


MEBIBYTE = 1024 * 1024


class Limits(Struct, frozen=True):
    """Bounds on one tree. What is over a bound of a single thing is left out, with a note that names it; what is over
    a bound of all of them ends the work on the tree, with a note that says what was not looked at.

    A hostile tree within these bounds costs at most 10 seconds of CPU and 1 GiB of memory. Counts and bytes come first,
    since they give the same answer on every machine; ``seconds`` is for what they can't foresee.
    """

    # One file, one path.
    file_bytes: int = 4 * MEBIBYTE
    lock_bytes: int = 16 * MEBIBYTE
    path_length: int = 1024
    depth: int = 24
    # One tree: entries of any kind, and, of an archive, bytes once unpacked and bytes kept in memory.
    entries: int = 100_000
    archive_bytes: int = 512 * MEBIBYTE
    kept_bytes: int = 256 * MEBIBYTE
    # The work on one tree: text read, files parsed, names looked at, services described, notes, seconds of CPU.
    read_bytes: int = 256 * MEBIBYTE
    parses: int = 20_000
    names: int = 5_000_000
    services: int = 400
    notes: int = 1_000
    seconds: float = 6.0


LIMITS = Limits()


class Unreadable(Exception):
    """A file of the tree that can't be had as text; ``reason`` is one clause: `is larger than 4 MiB`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason


def size_text(count: int) -> str:
    """A number of bytes as a person reads it."""
    return f"{count // MEBIBYTE} MiB" if count >= MEBIBYTE else f"{count} bytes"


def too_long(limits: Limits) -> Note:
    """What an index says where it leaves out a file or folder for its path."""
    return Note("warning", f"files with a path of more than {limits.path_length} characters were left out")


class Index(Struct, frozen=True):
    """The regular files of a tree, by folder: ``folders["apps/web"]`` is the tuple of names in it, sorted."""

    folders: Mapping[str, tuple[str, ...]]
    notes: tuple[Note, ...] = ()
    paths: frozenset[str] = field(default_factory=frozenset)


class Source(Protocol):
    """A tree. All paths are relative to its root, with forward slashes and no ``.`` or ``..``."""

    @property
    def name(self) -> str:
        """The name of the root, as a service in it would be called."""

    def index(self) -> Index:
        """One pruned walk of the tree; made once, then kept."""

    def read(self, path: str, limit: int) -> bytes:
        """The content of a regular file; raises :class:`Unreadable`."""


def any_ends(names: Iterable[str], *endings: str) -> bool:
    """Whether one of the names, which are printable, has one of the endings: one search of them all, since folders may
    hold thousands."""
    listed = "\n".join(names) + "\n"
    return any(f"{ending}\n" in listed for ending in endings)


def is_pruned(name: str, siblings: frozenset[str]) -> bool:
    """Whether a folder of that name, next to those files, contains nothing of the project's own."""
    if name in PRUNED or name.endswith(".egg-info"):
        return True
    makers = BUILD_OUTPUT.get(name)
    return makers is not None and not makers.isdisjoint(siblings)


def make_index(folders: dict[str, list[str]], notes: list[Note]) -> Index:
    """Sort the result of a walk; the order never depends on the file system."""
    ordered = {folder: tuple(sorted(folders[folder])) for folder in sorted(folders)}
    paths: set[str] = set()
    for folder, names in ordered.items():
        start = f"{folder}/" if folder else ""
        paths.update([start + name for name in names])
    return Index(ordered, tuple(notes), frozenset(paths))


def decode(path: str, content: bytes) -> str:
    """Text of a file: UTF-8 (a byte order mark is dropped) or UTF-16 with its mark; else :class:`Unreadable`."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(path, "is not UTF-8 text") from None
