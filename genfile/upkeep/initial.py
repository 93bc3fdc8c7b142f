"""What `genfile init` writes in a project that has container files of its own: services without any get theirs, and the
files of the others stay as they are."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.evidence import Note
from genfile.project.lock import LOCK
from genfile.project.plan import Change, Plan, accept_conflicts, make_plan
from genfile.project.reading import read_text
from genfile.project.written import write_written
from genfile.upkeep.produce import produce_from, record
from genfile.upkeep.testimony import by_hand, testimony

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.detect.inspection import Inspection
    from genfile.project.written import Written
    from genfile.upkeep.decisions import Decisions


class KeptService(Struct, frozen=True):
    """A service that keeps its own files, by its path; ``changes``: those that genfile would have replaced."""

    service: str
    changes: tuple[Change, ...]

    def to_note(self, *, several: bool) -> Note:
        """What stays, and what to do about it. ``several``: the project has other services too."""
        of = f" --service {self.service}" if several else ""
        text = (
            f"it is not genfile's, so {self.service} keeps it and gets no files; compare with `genfile adopt{of}`, "
            f"check it with `genfile lint`, or replace it with `genfile init{of} --force`"
        )
        return Note("warning", text, self.changes[0].path)


class Initial(Struct, frozen=True):
    """One run of `init`. ``plan``: with conflicts, nothing of it is written; ``left``: the services it leaves alone."""

    generation: "Generation"
    plan: Plan
    left: tuple[KeptService, ...] = field(default=())

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that was looked at: the plan's, and those that were left alone."""
        left = {change.path: change for item in self.left for change in item.changes}
        return (*self.plan.changes, *left.values())


def plan_initial(
    root: Path,
    inspection: "Inspection",
    decisions: "Decisions",
    generation: "Generation",
    saved: dict[str, str],
    *,
    force: bool = False,
    agrees: Callable[[Plan], bool] | None = None,
) -> Initial:
    """The files to write, with genfile.lock and saved settings.

    A service with a file in the way is left alone, if genfile never wrote that file; if it did, or if no other service
    is left, the plan keeps its conflicts. ``agrees``: asks the user whether files may be replaced.

    Raises WriteError like `make_plan`.
    """
    before = decisions.before
    plan = make_plan(root, generation.files, force=force, untouched=before.is_untouched if before else None)
    if plan.conflicts and agrees is not None and agrees(plan):
        plan = accept_conflicts(plan)
    left = tuple(_left(plan, generation))
    free = tuple(
        item.spec.path for item, _ in generation.services if item.spec.path not in {one.service for one in left}
    )
    told = {change.path for item in left for change in item.changes}
    if not free or any(change.path not in told or _is_genfiles(change, before) for change in plan.conflicts):
        return Initial(generation, plan)
    if left:
        generation = produce_from(inspection, decisions, only=free)
        plan = make_plan(root, generation.files, untouched=before.is_untouched if before else None)
        if plan.conflicts:
            return Initial(generation, plan)
    testified = testimony(root, generation, decisions, by_hand(plan, before)) if decisions.base is not None else {}
    written = record(generation, replace(decisions, testified=testified), partly=bool(left))
    text = write_written(read_text(root, LOCK), written)
    plan = Plan(root, (*plan.changes, *make_plan(root, {LOCK: text, **saved}, force=True).changes))
    return Initial(generation, plan, left)


def without_files(inspection: "Inspection", initial: Initial) -> list[Note]:
    """A note for each service that an earlier run left out, and this one with it."""
    looked_at = {item.spec.path for item, _ in initial.generation.services} | {item.service for item in initial.left}
    return [
        Note(
            "info",
            f"not one of the services in {LOCK}, so it gets no files; to add it, "
            f"run `genfile init --service {item.spec.path}`",
            item.spec.path,
        )
        for item in inspection.services
        if item.spec.path not in looked_at
    ]


def _left(plan: Plan, generation: "Generation") -> Iterator[KeptService]:
    """The services with a file in the way."""
    conflicts = {change.path: change for change in plan.conflicts}
    for item, rendering in generation.services:
        paths = (rendering.layout.dockerfile, *(file.path for file in rendering.files))
        changes = tuple(conflicts[path] for path in dict.fromkeys(paths) if path in conflicts)
        if changes:
            yield KeptService(item.spec.path, changes)


def _is_genfiles(change: Change, before: "Written | None") -> bool:
    """Whether genfile wrote a file that somebody has edited since."""
    from genfile.container.own import is_own_dockerfile

    known = before is not None and change.path in before.files
    return known or is_own_dockerfile((change.old or b"").decode("utf-8", "replace"))
