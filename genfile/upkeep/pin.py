"""`genfile pin`: the digests of all images, for the files that genfile writes and for those written by hand."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from genfile.engine.pins import Use, pinned, tagged, uses_of
from genfile.engine.plan import read_named
from genfile.engine.registry import Registry
from genfile.errors import NothingFoundError
from genfile.handwritten import is_dockerfile
from genfile.project.plan import Plan, make_plan
from genfile.upkeep.decisions import Decisions, Flags, decide


class Pinned(Struct, frozen=True):
    """The files to write, the digests by `name:tag`, the images that were looked up, and notes on those that can't be
    pinned."""

    plan: Plan
    digests: Mapping[str, str]
    asked: tuple[str, ...]
    notes: tuple[str, ...] = ()


def plan_pins(root: Path, registry: Registry, *, dockerfiles: tuple[str, ...] = (), update: bool = False) -> Pinned:
    """Plan digests for the images in a project's Dockerfiles.

    ``dockerfiles``: by path; default: all that genfile wrote, or else the one at the root. ``update``: look up pinned
    digests again. Raises RegistryError if a registry gives no digest, SourceError for a Dockerfile that can't be read,
    NothingFoundError if there is none.
    """
    decisions = decide(root, Flags())
    before = decisions.before
    names = dockerfiles or tuple(
        path for path in (before.files if before is not None else ("Dockerfile",)) if is_dockerfile(path)
    )
    read = {name: read_named(root, name) for name in names if dockerfiles or (root / name).is_file()}
    if not read:
        raise NothingFoundError(f"no Dockerfile in {root}", hint="run `genfile init` to write one")
    uses = [(name, use) for name, dockerfile in read.items() for use in uses_of(dockerfile)]
    known = dict(decisions.pins)
    digests, asked, notes = _resolve(uses, registry, known, update=update)
    by_hand = [name for name in read if before is None or name not in before.files]
    plan = make_plan(root, {name: pinned(read[name].text, digests) for name in by_hand}, force=True)
    if len(by_hand) < len(read):
        plan = Plan(root, (*plan.changes, *_refreshed(root, decisions, digests).changes))
    return Pinned(plan, digests, asked, notes)


def _refreshed(root: Path, decisions: Decisions, digests: Mapping[str, str]) -> Plan:
    """The files that genfile wrote, as an update would write them with these digests: manual edits stay."""
    from genfile.upkeep.produce import produce
    from genfile.upkeep.update import plan_refresh

    told = replace(decisions, pinned=digests)
    return plan_refresh(root, told, produce(root, told)).update.plan


def _resolve(
    uses: list[tuple[str, Use]], registry: Registry, known: dict[str, str], *, update: bool
) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    digests: dict[str, str] = {}
    asked: list[str] = []
    notes: dict[str, None] = {}
    for name, use in uses:
        reference = use.reference
        if reference is None:
            notes[f"{name}:{use.line}: {use.text} is not pinned because it contains a variable"] = None
            continue
        key = tagged(reference)
        if key in digests:
            continue
        there = reference.digest or known.get(key)
        if there is not None and not update:
            digests[key] = there
            continue
        digests[key] = registry.digest(reference)
        asked.append(key)
    return digests, tuple(asked), tuple(notes)
