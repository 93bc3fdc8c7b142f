"""The files that hooks left in their folder, read into memory, without those that only make sense there."""

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field

from genfile.errors import PresetError
from genfile.protected import is_protected
from genfile.template.cookiecutter.ignored import Ignored
from genfile.template.project import Files, Hooked, NewFile

MAX_FILES = 20_000
MAX_BYTES = 512 * 1024 * 1024
# A folder that .gitignore leaves out and that is larger holds what a tool installs or builds again.
MAX_IGNORED_FILES = 200
MAX_IGNORED_BYTES = 4 * 1024 * 1024


class Results(Struct):
    """Files and empty folders as hooks left them. What the fields say is in `Hooked`."""

    files: dict[str, NewFile] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    behind: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)

    def hooked(self, rendered: Files) -> Hooked:
        return Hooked(dict(rendered), frozenset(self.ignored), tuple(self.behind), tuple(self.repositories))


def read_all(folder: Path) -> dict[str, NewFile]:
    """All files below a folder but those of version control; a link is followed to a file inside."""
    return _Reader(folder, None, None).read().files


def read_results(folder: Path, rendered: Files, moved: tuple[str, str] | None = None) -> Results:
    """What hooks left below a folder into which the files of ``rendered`` had been written.

    ``moved`` is the temporary folder and the one that the project goes to: a hook may have written its place down.
    Raises PresetError if it is more than `MAX_FILES` or `MAX_BYTES`.
    """
    return _Reader(folder, rendered, moved).read()


class _Reader:
    def __init__(self, root: Path, rendered: Files | None, moved: tuple[str, str] | None) -> None:
        self.root, self.rendered, self.moved = root.resolve(), rendered, moved
        self.results = Results()
        self.rules = Ignored(self.root)
        self.folders = _folders_of(rendered or ())
        self.bytes = 0

    def read(self) -> Results:
        waiting = [("", False)]
        try:
            while waiting:
                folder, ignored = waiting.pop()
                waiting += self._read_folder(folder, ignored=ignored)
        except OSError as error:
            raise PresetError(f"can't read the files that the hooks created: {error.strerror or error}") from None
        self.results.folders.sort()
        return self.results

    def _read_folder(self, folder: str, *, ignored: bool) -> list[tuple[str, bool]]:
        """Take the files of a folder; its folders, and whether they are ignored."""
        if self.rendered is not None:
            self.rules.enter(folder)
        inner: list[tuple[str, bool]] = []
        empty = True
        for entry in sorted(os.scandir(self.root / folder), key=lambda entry: entry.name):
            path = posixpath.join(folder, entry.name)
            if is_protected(entry.name):
                self.results.repositories.append(path)
                continue
            if not entry.name.isprintable():
                raise PresetError(f"the hooks created {ascii(path)[:80]}, which is not a file name")
            empty = False
            is_folder = entry.is_dir(follow_symlinks=False)
            left_out = ignored or (self.rendered is not None and self.rules.match(path, is_folder=is_folder))
            if not is_folder:
                self._read_file(path, ignored=left_out)
            elif left_out and path not in self.folders and not self._can_move(path):
                self.results.behind.append(f"{path}/")
            else:
                inner.append((path, left_out))
        if empty and folder:
            self.results.folders.append(folder)
        return inner

    def _read_file(self, path: str, *, ignored: bool) -> None:
        place = self.root / path
        if not self._is_inside(place) or not place.is_file():
            return
        target = place.resolve()
        status = target.stat()
        self.bytes += status.st_size
        if len(self.results.files) >= MAX_FILES or self.bytes > MAX_BYTES:
            raise PresetError(f"the hooks created more than {MAX_FILES:,} files or {MAX_BYTES >> 20} MiB")
        content = target.read_bytes()
        if self.moved is not None:
            content = _moved(content, *self.moved)
        known = (self.rendered or {}).get(path)
        if ignored and (known is None or known.content != content):
            self.results.ignored.add(path)
        self.results.files[path] = NewFile(content, bool(status.st_mode & 0o111))

    def _can_move(self, folder: str) -> bool:
        """Whether a folder is small, and no link in it leads to another place of this machine."""
        files = size = 0
        for place, folders, names in os.walk(self.root / folder):
            for path in (Path(place, name) for name in (*folders, *names)):
                if path.is_symlink() and not self._is_inside(path):
                    return False
                files += 1
                size += path.lstat().st_size
                if files > MAX_IGNORED_FILES or size > MAX_IGNORED_BYTES:
                    return False
        return True

    def _is_inside(self, path: Path) -> bool:
        """Whether a path leads to a place in the project, and to none of version control."""
        try:
            target = path.resolve()
        except (OSError, RuntimeError):
            # A link in a circle.
            return False
        return target.is_relative_to(self.root) and not is_protected(target.relative_to(self.root).as_posix())


def _folders_of(paths: Iterable[str]) -> frozenset[str]:
    """All folders that some paths lie in."""
    found: set[str] = set()
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(found)


def _moved(content: bytes, old: str, new: str) -> bytes:
    """Text with one folder's name instead of another's; binary files stay as they are."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    return content.replace(old.encode("utf-8"), new.encode("utf-8"))
