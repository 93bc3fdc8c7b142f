"""The one module that reads and writes files of a project: only regular files, never through a link.

A tree is held open by a descriptor, and each folder on the way to a file is opened relative to its parent without
following links: a folder that is replaced by a link in the meantime is refused, not followed. Windows has no such
calls; there each folder is checked before it is used.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from msgspec import Struct

from genfile.errors import WriteError
from genfile.project.targets import anchor, check_path

# A file of a project that genfile would replace or merge: what a template may hold altogether.
MAX_FILE = 64 * 1024 * 1024
# Attributes that a file keeps when it is replaced. Others are the system's, such as capabilities: those of a program
# are not those of its successor.
_ACL = "system.posix_acl_access"
_ANCHORED = os.name == "posix" and {os.open, os.stat, os.mkdir, os.rename, os.unlink, os.link} <= os.supports_dir_fd
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# O_PATH: a folder that may be entered but not listed is enough.
_FOLDER = _SAFE | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", os.O_RDONLY)
# O_NONBLOCK: never wait for a FIFO that has replaced the file.
_READ = _SAFE | os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
_CREATE = _SAFE | os.O_WRONLY | os.O_CREAT | os.O_EXCL

# A name and the open folder that it lies in; without such folders, the whole path.
_Place = tuple[str, int | None]


class FoundFile(Struct, frozen=True):
    """A regular file: its content, its permission bits without setuid and its like, its owner, its attributes."""

    content: bytes
    mode: int
    uid: int
    gid: int
    inode: int
    attributes: tuple[tuple[str, bytes], ...] = ()

    @property
    def executable(self) -> bool:
        """As git sees it: whether its owner may run it."""
        return bool(self.mode & 0o100)


class ProjectTree:
    """An existing folder. Paths are relative to it, with forward slashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._descriptor = os.open(folder, _FOLDER) if _ANCHORED else None
            self.inode = (folder.stat() if self._descriptor is None else os.fstat(self._descriptor)).st_ino
        except OSError as error:
            raise WriteError(f"{folder} can't be opened: {reason(error)}") from None

    def __enter__(self) -> "ProjectTree":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def locate(self, path: str) -> str:
        """The path of a file without the links on the way, which may lead elsewhere in the tree, not out of it."""
        check_path(path)
        parent, slash, name = path.rpartition("/")
        located = f"{self.locate_folder(parent)}{slash}{name}".lstrip("/")
        check_path(located)
        return located

    def locate_folder(self, path: str) -> str:
        """The path of a folder without any links; `""` for the tree itself."""
        real = Path(os.path.realpath(self.folder / path))
        if not real.is_relative_to(self.folder):
            raise WriteError(f"{path} is behind a link that points outside of {self.folder}")
        located = "" if real == self.folder else real.relative_to(self.folder).as_posix()
        if located:
            check_path(located)
        return located

    def read(self, path: str) -> FoundFile | None:
        """The file at a located path, or None. Raises WriteError for anything but a regular file."""
        try:
            with self._at(path) as (name, folder):
                # Looked at before it is opened: opening a device can have an effect.
                _check_regular(path, os.stat(name, dir_fd=folder, follow_symlinks=False))
                with os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
                    status = os.fstat(file.fileno())
                    _check_regular(path, status)
                    content = file.read(min(status.st_size, MAX_FILE) + 1)
                    attributes = _attributes(file.fileno())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error) from None
        if len(content) > MAX_FILE:
            raise _too_large(path)
        return FoundFile(content, status.st_mode & 0o777, status.st_uid, status.st_gid, status.st_ino, attributes)

    def stage(self, path: str, content: bytes, *, like: FoundFile | None, executable: bool | None = None) -> int:
        """Make a file that is on the disk when this returns; give its inode number.

        ``like``: the file that it is to replace, whose mode, owner and attributes it gets.
        """
        with self._at(path) as (name, folder):
            # A new file is created as any program does it, so that the umask and the folder decide on its mode.
            descriptor = os.open(name, _CREATE, 0o666 if like is None else 0o600, dir_fd=folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                if os.name == "posix":
                    _dress(descriptor, like, _around(name, folder), executable)
                os.fsync(descriptor)
                return os.fstat(descriptor).st_ino

    def put(self, staged: str, path: str, *, replace: bool) -> None:
        """Give a staged file its name. Raises FileExistsError for an existing file that must not be replaced."""
        with self._at(staged) as (source, folder), self._at(path) as (target, other):
            if not replace:
                try:
                    # A rename would replace a file that someone else made just now; a link doesn't.
                    os.link(source, target, src_dir_fd=folder, dst_dir_fd=other, follow_symlinks=False)
                except FileExistsError:
                    raise
                except (OSError, NotImplementedError):
                    # A file system without hard links.
                    with suppress(FileNotFoundError):
                        os.stat(target, dir_fd=other, follow_symlinks=False)
                        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
                else:
                    os.unlink(source, dir_fd=folder)
                    return
            os.replace(source, target, src_dir_fd=folder, dst_dir_fd=other)

    def remove(self, path: str) -> None:
        """Remove a file, or the link in its place."""
        with self._at(path) as (name, folder):
            os.unlink(name, dir_fd=folder)

    def is_folder(self, path: str) -> bool:
        """Whether a folder is at a located path, not a link to one."""
        try:
            with self._at(path) as (name, folder):
                return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except FileNotFoundError:
            return False

    def folder_mode(self, path: str) -> int:
        """The permission bits of a folder."""
        with self._at(path) as (name, folder):
            return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode & 0o7777

    def make_folder(self, path: str, mode: int | None = None) -> None:
        """Make a folder in one that exists; for root, its owner is that of the folder around it."""
        with self._at(path) as (name, folder):
            os.mkdir(name, 0o777 if mode is None else mode, dir_fd=folder)
            if os.name == "posix":
                around = _around(name, folder)
                if os.geteuid() == 0 and around.st_uid != 0:
                    with suppress(OSError):
                        os.chown(name, around.st_uid, around.st_gid, dir_fd=folder, follow_symlinks=False)

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""
        with self._at(path) as (name, folder):
            os.rmdir(name, dir_fd=folder)

    def sync(self, path: str) -> None:
        """Have the names in a folder (`""`: the tree itself) on the disk."""
        if os.name != "posix":
            return
        with suppress(OSError, WriteError), self._at(f"{path}/." if path else ".") as (name, folder):
            # Some file systems can't, and some folders can't be opened: that they are safe is up to the system then.
            descriptor = os.open(name, os.O_RDONLY | _SAFE, dir_fd=folder)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @contextmanager
    def _at(self, path: str) -> Iterator[_Place]:
        """The last name of a located path, and the folder that it lies in, reached through no link."""
        *parents, name = path.split("/")
        if self._descriptor is None:
            yield str(self._looked_at(parents, path) / name), None
            return
        folder = os.dup(self._descriptor)
        try:
            for part in parents:
                try:
                    inner = os.open(part, _FOLDER, dir_fd=folder)
                except OSError as error:
                    raise _blocked(path, part, folder, error) from None
                os.close(folder)
                folder = inner
            yield name, folder
        finally:
            os.close(folder)

    def _looked_at(self, parents: list[str], path: str) -> Path:
        place = self.folder
        for part in parents:
            place /= part
            status = place.lstat()
            if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", None):
                raise _behind_a_link(path)
            if not stat.S_ISDIR(status.st_mode):
                raise _in_a_file(path)
        return place


@contextmanager
def open_tree(root: Path) -> Iterator[tuple[ProjectTree, str]]:
    """The tree of the nearest folder that exists, and the path of ``root`` in it (`""`, or `a/b/`)."""
    try:
        base, inner = anchor(root)
    except OSError as error:
        raise WriteError(f"{root} can't be read: {reason(error)}") from None
    with ProjectTree(base) as tree:
        yield tree, inner


def reason(error: OSError) -> str:
    """The system's error, as the end of a line."""
    return (error.strerror or str(error)).lower()


def mode_after(mode: int, executable: bool | None) -> int:
    """Permission bits once a file is a program or isn't one; who may read it may run it."""
    if executable is None or executable == bool(mode & 0o100):
        return mode
    return mode | (mode & 0o444) >> 2 if executable else mode & ~0o111


def _around(name: str, folder: int | None) -> os.stat_result:
    """The folder that a name lies in."""
    return os.stat(".", dir_fd=folder) if folder is not None else Path(name).parent.stat()


def _dress(descriptor: int, like: FoundFile | None, folder: os.stat_result, executable: bool | None) -> None:
    """Give a new file its owner, its attributes and, last, since the others change it, its mode."""
    now = os.fstat(descriptor)
    if like is not None:
        _give(descriptor, now, like.uid, like.gid)
        _set_attributes(descriptor, dict(like.attributes))
        os.fchmod(descriptor, mode_after(like.mode, executable))
        return
    if os.geteuid() == 0 and folder.st_uid != 0:
        _give(descriptor, now, folder.st_uid, folder.st_gid)
    mode = now.st_mode & 0o777
    if mode_after(mode, executable) != mode:
        os.fchmod(descriptor, mode_after(mode, executable))


def _give(descriptor: int, now: os.stat_result, uid: int, gid: int) -> None:
    """Only root can give a file away; anybody can give one to a group of theirs."""
    for owner in (uid, -1):
        if (now.st_uid, now.st_gid) != (uid, gid):
            with suppress(OSError):
                os.fchown(descriptor, owner, gid)
                return


def _attributes(descriptor: int) -> tuple[tuple[str, bytes], ...]:
    if sys.platform != "linux":
        return ()
    found = []
    with suppress(OSError):
        for name in sorted(os.listxattr(descriptor)):
            if name.startswith("user.") or name == _ACL:
                found.append((name, os.getxattr(descriptor, name)))
    return tuple(found)


def _set_attributes(descriptor: int, wanted: dict[str, bytes]) -> None:
    if sys.platform != "linux":
        return
    # The folder may have given the file a list of access that the one before didn't have.
    for name, _ in _attributes(descriptor):
        if name not in wanted:
            with suppress(OSError):
                os.removexattr(descriptor, name)
    for name, value in wanted.items():
        with suppress(OSError):
            os.setxattr(descriptor, name, value)


def _check_regular(path: str, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise WriteError(f"{path} is a symbolic link", hint="remove it, or replace it with a regular file")
    if not stat.S_ISREG(status.st_mode):
        raise WriteError(f"{path} is not a regular file", hint="move it out of the way")
    if status.st_size > MAX_FILE:
        raise _too_large(path)


def _too_large(path: str) -> WriteError:
    return WriteError(f"{path} is larger than {MAX_FILE // (1024 * 1024)} MiB", hint="move it out of the way")


def _behind_a_link(path: str) -> WriteError:
    """Links that lead somewhere in the tree were followed before: this one leads in a circle, or is new."""
    return WriteError(f"{path} is behind a broken symbolic link", hint="remove the link")


def _in_a_file(path: str) -> WriteError:
    return WriteError(f"{path} has a file where a folder is needed", hint="move that file out of the way")


def _blocked(path: str, part: str, folder: int, error: OSError) -> OSError | WriteError:
    """The problem with a folder on the way to a file."""
    if error.errno not in (errno.ENOTDIR, errno.ELOOP):
        return error
    with suppress(OSError):
        if stat.S_ISLNK(os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode):
            return _behind_a_link(path)
    return _in_a_file(path)


def _unreadable(path: str, error: OSError) -> WriteError:
    if error.errno == errno.ELOOP:
        return WriteError(f"{path} is a symbolic link", hint="remove it, or replace it with a regular file")
    return WriteError(f"{path} can't be read: {reason(error)}")
