"""The user's folder for what genfile must remember between two runs, and a lock that ends with its process."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from genfile.errors import WriteError

# How long a run waits for another one that writes into the same folder; writing takes well under a second.
WAIT = 10.0
_JOURNAL = ".journal"


def make_state() -> Path | None:
    """`$XDG_STATE_HOME/genfile` (Windows: below %LOCALAPPDATA%), `~/.local/state` without the variable.

    Without a writable home, a folder of the user's own among the temporary ones. None if there is no safe folder:
    its content is trusted, so nobody else may be able to write to it.
    """
    for folder in _candidates():
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_own(folder):
                return folder
    return None


def known_states() -> list[Path]:
    """Those of these folders that exist."""
    found = []
    for folder in _candidates():
        with suppress(OSError):
            if _is_own(folder):
                found.append(folder)
    return found


def journals() -> list[Path]:
    """The journals in them, including those of live runs; usually none."""
    found: list[Path] = []
    for state in known_states():
        with suppress(OSError), os.scandir(state) as entries:
            found += [Path(entry.path) for entry in entries if entry.name.endswith(_JOURNAL)]
    return sorted(found)


def journal_name(folder: Path) -> str:
    """The name of a folder's journal."""
    return _name(folder) + _JOURNAL


def _name(folder: Path) -> str:
    # The machine counts: several may share one home.
    machine = os.uname().nodename if sys.platform != "win32" else os.environ.get("COMPUTERNAME", "")
    return sha256(f"{machine}\0{folder}".encode("utf-8", "surrogateescape")).hexdigest()[:32]


class BusyError(WriteError):
    """Another run of genfile is at work in a folder."""

    code = "busy"


@contextmanager
def locked(folder: Path, *, wait: float | None = None) -> Iterator[None]:
    """Lock a folder against other runs of genfile. Raises BusyError if it isn't free in time.

    It is an operating-system lock on the folder itself: it creates no file, and ends with the process.
    """
    end = time.monotonic() + (WAIT if wait is None else wait)
    descriptor = _lockable(folder)
    try:
        while descriptor is not None and not _take(descriptor):
            if time.monotonic() >= end:
                raise BusyError(
                    f"another genfile process is writing to {folder}", hint="wait until it ends, then try again"
                )
            time.sleep(0.02)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _candidates() -> Iterator[Path]:
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    with suppress(RuntimeError):
        root = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state"
        if root.is_absolute():
            yield root / "genfile"
    if sys.platform != "win32":
        yield Path(os.environ.get("TMPDIR") or "/tmp").absolute() / f"genfile-{os.getuid()}"


def _is_own(folder: Path) -> bool:
    status = folder.lstat()
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return False
    return folder.is_dir() and not folder.is_symlink() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _lockable(folder: Path) -> int | None:
    """A descriptor that can be locked: the folder's, else that of a file of that name in the state folder."""
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return descriptor
            except OSError:
                # A network file system that can't lock folders.
                os.close(descriptor)
            else:
                return descriptor
    state = make_state()
    return None if state is None else os.open(state / f"{_name(folder)}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _take(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: better to write without one than never.
        return True
    return True
