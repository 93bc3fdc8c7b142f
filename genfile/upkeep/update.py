"""Update container files: what genfile wrote, the user's version, and what the project needs now."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from genfile import __version__
from genfile.errors import ConflictError, UsageError
from genfile.project.bases import FILE, Bases
from genfile.project.plan import Plan, make_plan, read_target
from genfile.project.reading import read_text
from genfile.project.threeway import Mode
from genfile.project.update import Update, make_update, open_conflicts
from genfile.project.written import write_written
from genfile.upkeep.produce import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genfile.api import Generation
    from genfile.project.written import Written
    from genfile.upkeep.decisions import Decisions

LOST = f"{FILE} has no record of these files; genfile asks about each difference from its own output"


class Refresh(Struct, frozen=True):
    """A planned update: what the project needs now, and the change of each file."""

    decisions: "Decisions"
    generation: "Generation"
    update: Update


def plan_refresh(
    root: Path,
    decisions: "Decisions",
    generation: "Generation",
    *,
    mode: Mode = "markers",
    modes: "Mapping[str, Mode] | None" = None,
    lock: str | None = None,
) -> Refresh:
    """Plan the update of a project's container files; nothing is written.

    ``mode``: how to resolve lines that both sides changed; ``modes``: the same for single files. ``lock``: the text of
    genfile.lock to record these files in, if it is not the one on disk. Raises ConflictError while an earlier update's
    markers are left, UsageError if genfile has written nothing.
    """
    before = decisions.before
    check_written(root, decisions, generation)
    kept = dict(before.files) if before is not None else {}
    theirs = {path: text.encode("utf-8") for path, text in generation.files.items()}
    waiting = open_conflicts(root, {*kept, *theirs})
    if waiting:
        raise ConflictError(
            f"an earlier update left conflicts in {', '.join(waiting)}",
            hint="resolve every conflict marker and delete *.theirs, then run `genfile update` again",
        )
    written = record(generation, decisions)
    # Services outside this run keep their files.
    kept = {path: content for path, content in kept.items() if path in theirs or path not in written.files}
    label = f"genfile {__version__}"
    update = _merged(root, Bases(kept), theirs, modes or {}, mode, label)
    notes = update.notes if before is not None else (LOST, *update.notes)
    return Refresh(decisions, generation, replace(_with_lock(root, update, written, lock), notes=notes))


def _merged(
    root: Path, base: Bases, theirs: dict[str, bytes], modes: "Mapping[str, Mode]", mode: Mode, label: str
) -> Update:
    """The combined update: one part for each way to settle conflicts."""
    parts = []
    for way in dict.fromkeys((mode, *modes.values())):
        mine = {path for path in {*base.files, *theirs} if modes.get(path, mode) == way}
        files = {path: content for path, content in base.files.items() if path in mine}
        new = {path: content for path, content in theirs.items() if path in mine}
        parts.append(make_update(root, Bases(files), new, mode=way, label=label, maker="genfile"))
    changes = tuple(sorted((c for part in parts for c in part.plan.changes), key=lambda change: change.path))
    conflicts = tuple(sorted(path for part in parts for path in part.conflicts))
    return Update(Plan(root, changes), conflicts, tuple(note for part in parts for note in part.notes))


def _with_lock(root: Path, update: Update, written: "Written", lock: str | None) -> Update:
    text = write_written(read_text(root, FILE) if lock is None else lock, written)
    plan = make_plan(root, {FILE: text}, force=True)
    return replace(update, plan=Plan(root, (*update.plan.changes, *plan.changes)))


def check_written(root: Path, decisions: "Decisions", generation: "Generation") -> None:
    """Raise UsageError if genfile has written none of a project's container files."""
    if decisions.before is not None:
        return
    from genfile.container.own import is_own_dockerfile

    dockerfiles = [rendering.layout.dockerfile for _, rendering in generation.services]
    there = {path: content for path in dockerfiles if (content := read_target(root, path)) is not None}
    if not any(is_own_dockerfile(content.decode("utf-8", "replace")) for content in there.values()):
        hand = next(iter(there), None)
        raise UsageError(
            f"genfile did not write {hand}" if hand else "genfile has not written any container files here",
            hint=f"run `genfile lint {hand}` to check it as it is" if hand else "run `genfile init` to write them",
        )
