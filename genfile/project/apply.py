"""The one module that writes into a user's project: all of a plan, or none of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genfile.errors import ConflictError, WriteError
from genfile.project.plan import Change, Plan


def apply_plan(plan: Plan) -> None:
    """Write every change of a plan.

    All new texts are written to temporary files beside their targets first, and only then renamed; whatever
    fails on the way, the old files are there again and nothing is left over. Raises ConflictError when a
    conflict stands or a file was changed since the plan was made, WriteError when the disk refuses.
    """
    if plan.conflicts:
        raise ConflictError(
            f"{plan.conflicts[0].path} exists and differs",
            hint="look at --diff, then use --force to replace it",
        )
    with _undone_on_failure() as journal:
        _make_root(plan.root, journal)
        staged = [(change, _stage(plan.root, change, journal)) for change in plan.writes]
        for folder in plan.folders:
            _make_folder(plan.root, plan.root / folder, journal)
        for change, temporary in staged:
            _check_unchanged(plan.root, change)
            _rename(plan.root, change, temporary, journal)
    _drop_empty_folders(plan)


class _Journal:
    """What is being done, noted before it is done, so that it can be undone in reverse at any moment."""

    def __init__(self) -> None:
        self.temporaries: set[Path] = set()
        self.folders: list[Path] = []
        self.backups: list[tuple[Path, Path | None]] = []

    def undo(self) -> None:
        for target, backup in reversed(self.backups):
            with suppress(OSError):
                if backup is not None:
                    # A rename needs no room on the disk, so it works on a full one too.
                    backup.replace(target)
                else:
                    target.unlink()
        self.clean()
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()

    def clean(self) -> None:
        """Remove the temporary files that are left."""
        for temporary in self.temporaries:
            with suppress(OSError):
                temporary.unlink()


@contextmanager
def _undone_on_failure() -> Iterator[_Journal]:
    journal = _Journal()
    try:
        yield journal
    except BaseException:
        # Ctrl-C too: a half-written project is worse than none.
        journal.undo()
        raise
    journal.clean()


def _make_root(root: Path, journal: _Journal) -> None:
    """Make the project's own folder and what is missing above it."""
    missing: list[Path] = []
    folder = root
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    try:
        for folder in reversed(missing):
            folder.mkdir()
            journal.folders.append(folder)
    except OSError as error:
        raise WriteError(f"{root} can't be made: {_reason(error)}") from None


def _drop_empty_folders(plan: Plan) -> None:
    """Folders that nothing is left in since their last file was deleted."""
    for change in plan.writes:
        if change.new is None:
            folder = (plan.root / change.path).parent
            with suppress(OSError):
                while folder != plan.root:
                    folder.rmdir()
                    folder = folder.parent


def _stage(root: Path, change: Change, journal: _Journal) -> Path | None:
    """Write the new text to a temporary file beside its target, with the target's mode; None for a deletion."""
    target = root / change.path
    if change.new is None:
        return None
    try:
        _make_folder(root, target.parent, journal)
        temporary = _beside(target, journal)
        # Created as any new file is, so that the umask gives it the mode that a new file has.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(change.new)
            file.flush()
            os.fsync(file.fileno())
        mode = (temporary if change.old is None else target).stat().st_mode & 0o777
        if change.executable is not None:
            # Who may read it may run it.
            mode = mode | (mode & 0o444) >> 2 if change.executable else mode & ~0o111
        temporary.chmod(mode)
    except OSError as error:
        raise WriteError(f"{change.path} can't be written: {_reason(error)}") from None
    return temporary


def _make_folder(root: Path, folder: Path, journal: _Journal) -> None:
    if not folder.resolve().is_relative_to(root.resolve()):
        raise WriteError(f"{folder} lies outside of {root}")
    if not folder.exists():
        _make_folder(root, folder.parent, journal)
        folder.mkdir()
        journal.folders.append(folder)


def _check_unchanged(root: Path, change: Change) -> None:
    target = root / change.path
    try:
        now = target.read_bytes() if target.exists() else None
    except OSError as error:
        raise WriteError(f"{change.path} can't be read: {_reason(error)}") from None
    if now != change.old:
        raise ConflictError(f"{change.path} was changed by someone else just now", hint="run the command again")


def _rename(root: Path, change: Change, temporary: Path | None, journal: _Journal) -> None:
    target = root / change.path
    try:
        backup: Path | None = None
        if change.old is not None:
            backup = _beside(target, journal)
            backup.write_bytes(change.old)
            backup.chmod(target.stat().st_mode & 0o777)
        journal.backups.append((target, backup))
        if temporary is None:
            target.unlink()
        else:
            temporary.replace(target)
    except OSError as error:
        raise WriteError(f"{change.path} can't be written: {_reason(error)}") from None


def _beside(target: Path, journal: _Journal) -> Path:
    """A name for a temporary file in the folder of a target, noted before anything is written to it."""
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    journal.temporaries.add(temporary)
    return temporary


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
