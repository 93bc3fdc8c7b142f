"""A record of what is about to be done to a project, so that it can be undone after a crash.

A journal holds the old content of every file that is to change, and the digest of the new one. It is on the disk
before the first file changes, and its removal is the moment at which the new set of files stands: a run that finds
one whose process has ended puts the old set back.

It is in the user's state folder, never in the project. A file that a stranger committed can therefore never pass for
a journal: nothing in a tree makes genfile write, move or delete anything. Besides, undoing touches a file only if

- the folder is still the one that was written to (its path and its inode number),
- the path is one that a plan may have: below the root, not through a link, not part of version control,
- the file is exactly the one that genfile put there (its inode number and its digest).

Any other file except the old one has been edited since; it is left alone, and the user is informed.
"""

import base64
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from genfile.errors import WriteError
from genfile.project.state import BusyError, journal_name, journals, known_states, locked, make_state
from genfile.project.targets import check_path
from genfile.project.tree import FoundFile, ProjectTree, reason

# How long a journal is kept for a folder that is not there, in seconds: the disk may not be plugged in.
MAX_AGE = 30 * 24 * 60 * 60
_TEMPORARY = re.compile(r"\.genfile-[0-9a-f]{12}\.tmp")


class JournalEntry(Struct, frozen=True):
    """One file: the path of its staged content, the old content, and the digest of the new (None: no file)."""

    path: str
    temporary: str
    old: FoundFile | None
    new: str | None

    def __post_init__(self) -> None:
        check_path(self.path)
        check_path(self.temporary)
        if not _TEMPORARY.fullmatch(self.temporary.rpartition("/")[2]):
            raise WriteError(f"{self.temporary} is not a genfile temporary file")


class Journal(Struct):
    """All that one plan does in a folder. ``made``: folders that it makes; ``modes``: of folders that it may remove.

    ``staged``: the inode numbers of the new files by path; None until all of them are on the disk, and before that no
    file has been changed.
    """

    folder: Path
    inode: int
    entries: tuple[JournalEntry, ...]
    made: tuple[str, ...] = ()
    modes: dict[str, int] = field(default_factory=dict)
    staged: dict[str, int] | None = None

    def __post_init__(self) -> None:
        for path in (*self.made, *self.modes):
            check_path(path)


class Undone(Struct, frozen=True):
    """The result of undoing: whether files had been changed at all, and those that were edited since."""

    changed: bool
    edited: tuple[str, ...]


def temporary_beside(path: str) -> str:
    """A name for the new content of a file: in the same folder, so that it is on the same file system."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.genfile-{os.urandom(6).hex()}.tmp"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class Record:
    """The journal on disk. If there is no safe place for it, nothing is recorded and a crash can't be undone."""

    def __init__(self, journal: Journal) -> None:
        """Write the intent: every file and folder that will be made is known from now on."""
        state = make_state()
        self._file = None if state is None else state / journal_name(journal.folder)
        if self._file is None:
            return
        # This lock shows a later run that no process is still writing a journal without a first line.
        with locked(self._file.parent):
            try:
                self._write(os.O_CREAT | os.O_EXCL, _first_line(journal))
            except WriteError:
                self.close()
                raise

    def commit(self, journal: Journal) -> None:
        """Write that all is staged, and have it on the disk: files may be changed from now on."""
        if self._file is None:
            return
        self._write(os.O_APPEND, json.dumps(journal.staged) + "\n", sync=True)
        _sync(self._file.parent)

    def close(self) -> None:
        """Remove it: the new files are complete, or the old ones were restored."""
        if self._file is None:
            return
        with suppress(FileNotFoundError):
            self._file.unlink()
        _sync(self._file.parent)

    def _write(self, flags: int, text: str, *, sync: bool = False) -> None:
        assert self._file is not None
        try:
            with os.fdopen(os.open(self._file, os.O_WRONLY | flags, 0o600), "wb") as file:
                file.write(text.encode("ascii"))
                file.flush()
                if sync:
                    os.fsync(file.fileno())
        except OSError as error:
            raise WriteError(f"{self._file} can't be written: {reason(error)}") from None


def undo(tree: ProjectTree, journal: Journal) -> Undone:
    """Restore the old files. May be interrupted anywhere and repeated. Raises WriteError if it fails."""
    # A restored file is staged under the same name as the new one was.
    _remove_temporaries(tree, journal)
    edited: list[str] = []
    failed: list[str] = []
    for entry in reversed(journal.entries) if journal.staged is not None else ():
        try:
            if not _restore(tree, journal, entry):
                edited.append(entry.path)
        except OSError as error:
            failed.append(f"{entry.path} can't be restored: {reason(error)}")
    _remove_temporaries(tree, journal)
    for folder in reversed(journal.made):
        # One that is not empty holds something of the user's.
        with suppress(OSError, WriteError):
            tree.remove_folder(folder)
    for folder in touched(journal):
        tree.sync(folder)
    if failed:
        raise WriteError(failed[0])
    return Undone(journal.staged is not None, tuple(sorted(edited)))


def touched(journal: Journal) -> list[str]:
    """The folders in which names change, `""` for the tree itself."""
    paths = [*(entry.path for entry in journal.entries), *journal.made, *journal.modes]
    return sorted({path.rpartition("/")[0] for path in paths})


def recover(tree: ProjectTree) -> Undone | None:
    """Undo what an interrupted run did in a folder that the caller has locked. None if there was nothing to undo."""
    result = None
    for state in known_states():
        file = state / journal_name(tree.folder)
        if not file.exists():
            continue
        journal = _read(file)
        if journal is not None and tree.inode == journal.inode:
            result = undo(tree, journal)
        # Else nothing was begun, or the folder is another one than it was written for.
        file.unlink(missing_ok=True)
        _sync(state)
    return result


def recover_all() -> Iterator[tuple[Path, Undone | str]]:
    """Undo what interrupted runs did in all folders that are not locked; with reasons for what can't be undone."""
    for file in journals():
        journal = _read(file)
        if journal is None:
            _drop_if_empty(file)
        elif not _is_there(journal, file):
            _drop_if_old(file)
        else:
            try:
                with ProjectTree(journal.folder) as tree, locked(tree.folder, wait=0):
                    done = recover(tree)
            except BusyError:
                # The journal of a live run is its own.
                continue
            except (OSError, WriteError) as error:
                yield journal.folder, str(error)
                continue
            if done is not None:
                yield journal.folder, done


def _is_there(journal: Journal, file: Path) -> bool:
    """Whether the folder exists on this machine, and is the one that the journal was written for."""
    try:
        return journal.folder.stat().st_ino == journal.inode and file.name == journal_name(journal.folder)
    except OSError:
        return False


def _drop_if_old(file: Path) -> None:
    """Remove the journal of a folder that has not been there for long: it was deleted, or moved, not unmounted."""
    with suppress(OSError):
        if time.time() - file.stat().st_mtime > MAX_AGE:
            file.unlink()


def _drop_if_empty(file: Path) -> None:
    """Remove a journal whose run ended before its first line was written, so before it did anything."""
    with suppress(OSError, WriteError), locked(file.parent, wait=1):
        if _read(file) is None:
            file.unlink()


def _restore(tree: ProjectTree, journal: Journal, entry: JournalEntry) -> bool:
    """Restore one old file if the current one is genfile's; returns whether nobody else has changed it."""
    try:
        now = tree.read(entry.path)
    except WriteError:
        return False
    old = entry.old
    if now is None:
        if old is None or entry.new is not None:
            return old is None
        _make_parents(tree, journal, entry.path)
    elif now.inode != (journal.staged or {}).get(entry.path) or digest(now.content) != entry.new:
        return old is not None and now.content == old.content
    if old is None:
        tree.remove(entry.path)
        return True
    tree.stage(entry.temporary, old.content, like=old)
    tree.put(entry.temporary, entry.path, replace=now is not None)
    return True


def _make_parents(tree: ProjectTree, journal: Journal, path: str) -> None:
    parts = path.split("/")[:-1]
    for end in range(1, len(parts) + 1):
        folder = "/".join(parts[:end])
        if not tree.is_folder(folder):
            tree.make_folder(folder, journal.modes.get(folder))


def _remove_temporaries(tree: ProjectTree, journal: Journal) -> None:
    for entry in journal.entries:
        with suppress(FileNotFoundError, IsADirectoryError, WriteError):
            tree.remove(entry.temporary)


def _first_line(journal: Journal) -> str:
    head = {
        "folder": str(journal.folder),
        "inode": journal.inode,
        "made": journal.made,
        "modes": journal.modes,
        "entries": [
            {"path": e.path, "temporary": e.temporary, "old": None if e.old is None else _plain(e.old), "new": e.new}
            for e in journal.entries
        ],
    }
    return json.dumps(head) + "\n"


def _plain(found: FoundFile) -> dict[str, Any]:
    attributes = [[name, _encoded(value)] for name, value in found.attributes]
    return {**asdict(found), "content": _encoded(found.content), "attributes": attributes}


def _found(value: dict[str, Any]) -> FoundFile:
    attributes = tuple((name, base64.b64decode(text)) for name, text in value["attributes"])
    return FoundFile(**{**value, "content": base64.b64decode(value["content"]), "attributes": attributes})


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _read(file: Path) -> Journal | None:
    """The journal in a file; None if not even its first line was written."""
    try:
        first, *rest = file.read_text("ascii").splitlines(keepends=True) or [""]
        head = json.loads(first)
        entries = tuple(
            JournalEntry(e["path"], e["temporary"], None if e["old"] is None else _found(e["old"]), e["new"])
            for e in head["entries"]
        )
        # A second line that is cut off was not on the disk yet when its run ended: no file had been changed.
        staged = json.loads(rest[0]) if rest and rest[0].endswith("\n") else None
        return Journal(Path(head["folder"]), head["inode"], entries, tuple(head["made"]), head["modes"], staged)
    except (OSError, ValueError, KeyError, TypeError, WriteError):
        return None


def _sync(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
