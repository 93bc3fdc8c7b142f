"""A bundle, and the one way into it: every file of every kind of source passes by the same checks."""

import posixpath
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import force_setattr

from genfile.bundle.origin import NO_FOLDER, OriginTree
from genfile.errors import PresetError, SourceError
from genfile.protected import is_protected
from genfile.source.memory import clean_path

Kind = Literal["builtin", "folder", "archive", "git", "package"]


class Bundle(Struct, frozen=True, dict=True):
    """A folder of files that someone else wrote, a preset or a template, read into memory within limits.

    ``files``: relative path with forward slashes to content, below the requested subfolder. ``executable``:
    those with an executable bit. ``commit``: of git, 40 hex digits; of an archive, `sha256:…`; of a package, its
    version; else None. ``folder``: where it lies on this disk, where it does. ``tree``: what its own files may name.

    Files of version control are never part of a bundle.
    """

    reference: str
    kind: Kind
    name: str
    files: Mapping[str, bytes]
    executable: frozenset[str]
    commit: str | None
    folder: Path | None
    tree: OriginTree = NO_FOLDER

    def __post_init__(self) -> None:
        files = {path: content for path, content in self.files.items() if not is_protected(path)}
        force_setattr(self, "files", files)
        force_setattr(self, "executable", frozenset(self.executable & files.keys()))

    @cached_property
    def sha256(self) -> str:
        """The digest of all paths, contents and executable bits: the same wherever the bundle lies."""
        import hashlib

        digest = hashlib.sha256()
        for path in sorted(self.files):
            content = self.files[path]
            mark = "x" if path in self.executable else "-"
            digest.update(f"{mark} {len(content)} {path}\0".encode())
            digest.update(content)
        return digest.hexdigest()


class Bounds(Struct, frozen=True):
    """How much a bundle may be: counts and bytes. ``entries`` counts folders and links too."""

    files: int = 2_000
    entries: int = 8_000
    file_bytes: int = 4 * 1024 * 1024
    all_bytes: int = 64 * 1024 * 1024
    path_length: int = 500


BOUNDS = Bounds()


class Collector:
    """Takes the files of a bundle one by one, and refuses, by name, what must not be in a bundle."""

    def __init__(self, reference: str, bounds: Bounds = BOUNDS) -> None:
        self.reference = reference
        self.bounds = bounds
        self.files: dict[str, bytes] = {}
        self.executable: set[str] = set()
        self._links: dict[str, str] = {}
        self._bytes = 0
        self._entries = 0

    def count(self, entries: int = 1) -> None:
        """Note that there are so many more entries, of whatever kind."""
        self._entries += entries
        if self._entries > self.bounds.entries:
            raise self.refused(f"has more than {self.bounds.entries} entries")

    def check_size(self, path: str, size: int) -> None:
        """Refuse a file by the size that is said of it, before anything of it is read."""
        if size > self.bounds.file_bytes:
            raise self.refused(f"{shown(path)} is larger than {_mebibytes(self.bounds.file_bytes)}")
        if self._bytes + size > self.bounds.all_bytes:
            raise self.refused(f"contains more than {_mebibytes(self.bounds.all_bytes)}")

    def add(self, path: str, content: bytes, *, executable: bool = False) -> None:
        """Take a file. Raises PresetError when its path leads out, or a bound is passed."""
        plain = self.inside(path)
        self.check_size(plain, len(content))
        if plain in self.files or plain in self._links:
            raise self.refused(f"contains {shown(plain)} twice")
        if len(self.files) >= self.bounds.files:
            raise self.refused(f"contains more than {self.bounds.files} files")
        self._bytes += len(content)
        self.files[plain] = content
        if executable:
            self.executable.add(plain)

    def link(self, path: str, target: str, *, hard: bool = False) -> None:
        """Take a link; it is followed by `finish`. Raises PresetError when it leads out."""
        plain = self.inside(path)
        from_root = target if hard else posixpath.join(posixpath.dirname(plain), target)
        resolved = posixpath.normpath(from_root)
        if target.startswith("/") or resolved == ".." or resolved.startswith(("../", "/")) or "\\" in target:
            raise self.refused(f"the symlink {shown(plain)} points outside, to {shown(target)}")
        if plain in self.files or plain in self._links:
            raise self.refused(f"contains {shown(plain)} twice")
        self._links[plain] = resolved

    def inside(self, path: str) -> str:
        """The path in its plain form. Raises PresetError when it is absolute, leads out, or is not a name."""
        if ".." in path.replace("\\", "/").split("/") or len(path) > self.bounds.path_length or path[1:2] == ":":
            raise self.refused(f"{shown(path)} is outside of it")
        try:
            return clean_path(path)
        except SourceError:
            raise self.refused(f"{shown(path)} is outside of it") from None

    def finish(self, subfolder: str = "") -> tuple[dict[str, bytes], frozenset[str]]:
        """All files below a subfolder, with links replaced by their targets, and which files are executable."""
        for link in sorted(self._links):
            target = self._follow(link)
            if target in self.files:
                self.add_copy(link, target)
                continue
            below = [path for path in self.files if path.startswith(f"{target}/") or target == "."]
            if not below or link.startswith(f"{target}/") or target == ".":
                raise self.refused(f"the symlink {shown(link)} is broken or part of a loop")
            for path in below:
                self.add_copy(f"{link}/{path[len(target) + 1 :]}", path)
        if not subfolder:
            return self.files, frozenset(self.executable)
        prefix = subfolder + "/"
        files = {path[len(prefix) :]: content for path, content in self.files.items() if path.startswith(prefix)}
        return files, frozenset(path[len(prefix) :] for path in self.executable if path.startswith(prefix))

    def add_copy(self, path: str, target: str) -> None:
        """Put the file at ``target`` at ``path`` too."""
        self._links.pop(path, None)
        self.add(path, self.files[target], executable=target in self.executable)

    def _follow(self, link: str) -> str:
        target = self._links[link]
        for _ in range(8):
            if target not in self._links:
                return target
            target = self._links[target]
        raise self.refused(f"the symlink {shown(link)} is part of a loop")

    def refused(self, reason: str) -> PresetError:
        """The error that says why this bundle is not taken."""
        return PresetError(f"{self.reference}: {reason}")


def shown(text: str) -> str:
    """A name out of a bundle, short enough for a message."""
    return text if len(text) <= 100 else text[:97] + "..."


def _mebibytes(count: int) -> str:
    return f"{count // (1024 * 1024)} MiB"
