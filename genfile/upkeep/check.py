"""Whether a project's container files are still what the project needs; nothing is written."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.evidence import Note
from genfile.project.bases import FILE
from genfile.upkeep.decisions import Flags, decide
from genfile.upkeep.look import look
from genfile.upkeep.precedence import without_compose
from genfile.upkeep.produce import produce_from
from genfile.upkeep.reasons import Reason, reasons_for
from genfile.upkeep.update import plan_refresh

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.evidence import Risk
    from genfile.project.plan import Plan
    from genfile.upkeep.decisions import Decisions

# How long before its end of life a runtime gets a warning.
SOON = timedelta(days=90)


class CheckResult(Struct, frozen=True):
    """The result of `genfile check`.

    ``reasons``: why files are out of date, empty if they are current; ``notes``: further notes; ``risks``: problems in
    edited Dockerfiles, found without building them.
    """

    reasons: tuple[Reason, ...]
    notes: tuple[Note, ...]
    risks: "tuple[Risk, ...]"
    plan: "Plan"

    @property
    def current(self) -> bool:
        return not self.reasons


def check_project(root: Path, *, today: date | None = None) -> CheckResult:
    """Compare a project's container files with what genfile would write now, taking manual edits into account.

    ``today``: the date to compare ends of life with. Raises UsageError if genfile has written nothing here,
    ConflictError while markers of an update are left, and what `inspect` raises.
    """
    decisions = decide(root, Flags())
    decisions, stays = without_compose(root, decisions)
    inspection = look(root, decisions)
    generation = produce_from(inspection, decisions, trace=True)
    refresh = plan_refresh(root, decisions, generation)
    changes = [item for item in refresh.update.plan.writes if item.path != FILE and item.new != item.old]
    reasons = [reason for item in changes for reason in reasons_for(item, generation, decisions.before)]
    notes = [
        *decisions.notes,
        *([stays] if stays is not None else ()),
        *(Note("info", text) for text in refresh.update.notes),
    ]
    notes += ending(generation, today or date.today())
    return CheckResult(
        tuple(reasons), tuple(notes), _risks(root, decisions, generation, refresh.update.plan), refresh.update.plan
    )


def ending(generation: "Generation", today: date) -> list[Note]:
    """A warning for each runtime past its end of life, or close to it. Source: endoflife.date, in the data."""
    from genfile.data import runtime
    from genfile.spec.project import LANGUAGES

    notes = []
    for item, rendering in generation.services:
        spec = item.spec
        if spec.runtime is None or spec.language not in LANGUAGES:
            continue
        line = runtime(spec.language).line(spec.runtime.version)
        if line is None or line.end_of_life > today + SOON:
            continue
        when = "reached its end of life on" if line.end_of_life <= today else "reaches its end of life on"
        text = f"{spec.language} {line.version} {when} {line.end_of_life}: no security fixes after that date"
        notes.append(Note("warning", text, rendering.layout.dockerfile))
    return list(dict.fromkeys(notes))


def _risks(root: Path, decisions: "Decisions", generation: "Generation", plan: "Plan") -> "tuple[Risk, ...]":
    """Problems found on paper in the Dockerfiles that differ from what genfile would write."""
    from genfile.detect.inspection import Inspection
    from genfile.handwritten import check_dockerfiles
    from genfile.source import open_source
    from genfile.upkeep.linted import not_ignored

    there = {change.path: change.old for change in plan.changes if change.old is not None}
    edited = [
        rendering.layout.dockerfile
        for _, rendering in generation.services
        if there.get(rendering.layout.dockerfile, b"") not in (b"", rendering.dockerfile.encode("utf-8"))
    ]
    if not edited:
        return ()
    services = Inspection(tuple(item for item, _ in generation.services))
    found = check_dockerfiles(open_source(root), edited, services)
    return tuple(risk for path in edited for risk in not_ignored(found[path], path, decisions))
