"""Before any command: undoes what a killed run of genfile had begun to write."""

from pathlib import Path
from typing import TYPE_CHECKING

from genfile.project.state import journals

if TYPE_CHECKING:
    from genfile.evidence import Note
    from genfile.project.journal import Undone


def undo_interrupted() -> None:
    """Restore the files of every run that was cut off, and say so on stderr."""
    if not journals():
        return
    from genfile.cli import ui
    from genfile.project.journal import recover_all

    ui.show_notes(_note(folder, done) for folder, done in recover_all())


def _note(folder: Path, done: "Undone | str") -> "Note":
    from genfile.evidence import Note

    start = f"{folder}: a run of genfile was interrupted"
    if isinstance(done, str):
        return Note("warning", f"{start} and can't be undone: {done}")
    if done.edited:
        names = ", ".join(done.edited)
        return Note("warning", f"{start} and is undone; {names} changed since then and was left as it is")
    if not done.changed:
        return Note("info", f"{start} before it changed anything; what it had prepared is removed")
    return Note("info", f"{start} and is undone: the files are as they were before it")
