"""Update a whole project: first from its template, then the container files for the result."""

import os.path
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.errors import UsageError
from genfile.evidence import Note
from genfile.project.bases import FILE
from genfile.project.plan import Change, Plan, make_plan
from genfile.project.threeway import Mode
from genfile.upkeep.decisions import Flags, decide
from genfile.upkeep.precedence import without_compose
from genfile.upkeep.produce import produce
from genfile.upkeep.save import save
from genfile.upkeep.update import Refresh, plan_refresh

if TYPE_CHECKING:
    from genfile.scaffold.update import Updating
    from genfile.source.base import Source


class ProjectUpdate(Struct, frozen=True):
    """The update of a project: the template's part, the container files' part, and one plan for both."""

    template: "Updating | None"
    containers: Refresh | None
    plan: Plan
    # What the container files' part leaves alone.
    stays: Note | None = None

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The files with conflicts for a person to resolve."""
        template = self.template.update.conflicts if self.template is not None else ()
        containers = self.containers.update.conflicts if self.containers is not None else ()
        return tuple(sorted({*template, *containers}))

    @property
    def notes(self) -> tuple[str, ...]:
        template = self.template.update.notes if self.template is not None else ()
        if self.containers is None:
            return template
        said = tuple(note.text for note in self.containers.decisions.notes)
        if self.stays is not None:
            said = (*said, f"{self.stays.path}: {self.stays.text}")
        return (*template, *said, *self.containers.update.notes)


def plan_project(
    root: Path,
    flags: Flags,
    template: "Callable[[], Updating] | None",
    *,
    mode: Mode = "markers",
    modes: Mapping[str, Mode] | None = None,
) -> ProjectUpdate:
    """Plan the update of a project; nothing is written.

    ``template``: plans the template's part, for a project that was made from one. ``mode``, ``modes``: as for
    `plan_refresh`. Raises what its two parts raise.
    """
    updating = template() if template is not None else None
    decisions = decide(root, flags)
    decisions, stays = without_compose(root, decisions)
    if updating is not None and updating.made.generation is None and decisions.before is None:
        return ProjectUpdate(updating, None, updating.update.plan)
    planned = updating.update.plan.changes if updating is not None else ()
    made = {change.path: None if change.new is None else change.new.decode("utf-8", "replace") for change in planned}
    saved: dict[str, str] = {}
    if flags.save:
        decisions, saved = save(decisions, texts=made)
    generation = produce(_as_planned(root, planned), decisions)
    if updating is not None:
        own = updating.made.content.files
        files = {path: text for path, text in generation.files.items() if path not in own}
        generation = replace(generation, files=files)
    refresh = plan_refresh(root, decisions, generation, mode=mode, modes=modes, lock=made.get(FILE))
    ours = (*refresh.update.plan.changes, *make_plan(root, saved, force=True).changes)
    theirs = {change.path for change in ours}
    changes = (*(change for change in planned if change.path not in theirs), *ours)
    folders = updating.update.plan.folders if updating is not None else ()
    return ProjectUpdate(updating, refresh, Plan(root, tuple(sorted(changes, key=_path)), folders), stays)


def _path(change: Change) -> str:
    return change.path


def _as_planned(root: Path, changes: tuple[Change, ...]) -> "Path | Source":
    """The project's tree with changes applied."""
    made: dict[str, Any] = {change.path: change.new for change in changes if change.new != change.old}
    if not made:
        return root
    from genfile.source.folder import FolderSource
    from genfile.source.overlay import OverlaySource

    return OverlaySource(FolderSource(root), made)


def has_template(root: Path) -> bool:
    """Whether a project was made from a template. Raises UsageError if there is no such folder."""
    from genfile.template.answers import FILE as RECORD

    if not root.is_dir():
        raise UsageError(f"{root} is not a folder", hint="pass a project folder")
    return os.path.lexists(root / RECORD)
