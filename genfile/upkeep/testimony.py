"""What only the files about to be replaced say: kept as settings, since nothing else in the tree says it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.errors import GenfileError
from genfile.project.plan import Plan
from genfile.project.written import Written
from genfile.source.folder import FolderSource
from genfile.source.overlay import OverlaySource
from genfile.spec.base import plain
from genfile.upkeep.decisions import Decisions
from genfile.upkeep.reasons import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genfile.api import Generation

# Fields that locate a service rather than describe it.
_PLACES = frozenset({"name", "path", "language"})


def by_hand(plan: Plan, before: Written | None) -> list[str]:
    """The files that a plan replaces and genfile did not write."""
    from genfile.container.own import is_own_compose, is_own_dockerfile

    found = []
    for change in plan.changes:
        if change.action != "replace" or (before is not None and change.path in before.files):
            continue
        text = (change.old or b"").decode("utf-8", "replace")
        if not is_own_dockerfile(text) and not is_own_compose(text):
            found.append(change.path)
    return found


def testimony(
    root: Path, generation: "Generation", decisions: Decisions, replaced: "Iterable[str]"
) -> dict[str, dict[str, str]]:
    """Settings that keep what the replaced files say, for each service by path; empty if they say nothing.

    ``replaced``: hand-written container files, relative to the root.
    """
    gone = dict.fromkeys(replaced)
    if not gone:
        return {}
    from genfile.upkeep.look import look

    try:
        without = look(OverlaySource(FolderSource(root), gone), decisions)
    except GenfileError:
        return {}
    before = {item.spec.path: plain(item.spec) for item in without.services}
    found: dict[str, dict[str, str]] = {}
    for item, _ in generation.services:
        path = item.spec.path
        settings = dict(_settings(before.get(path), plain(item.spec)))
        own = {key: text for key, text in settings.items() if key not in decisions.settings_for(path)}
        if own:
            found[path] = own
    return found


def _settings(before: "Mapping[str, Any] | None", now: "Mapping[str, Any]") -> "Iterable[tuple[str, str]]":
    for pointer, _, value in differences(before, now) if before is not None else ():
        key = pointer[1:].replace("/", ".")
        if value is not None and key.partition(".")[0] not in _PLACES:
            yield key, value if isinstance(value, str) else json.dumps(value)
