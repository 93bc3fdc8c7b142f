"""Which packages a lock of npm or pnpm puts into node_modules."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAX_PACKAGES = 20_000


@dataclass(frozen=True, slots=True)
class Locked:
    """``names``: what is installed; ``programs``: by name, the packages that bring them; ``scripted``: those with an
    install script."""

    names: frozenset[str]
    programs: dict[str, frozenset[str]]
    scripted: frozenset[str]


def locked_by_npm(value: Any, *, omits: bool) -> Locked | None:
    """The packages of a package-lock.json of format 2 or 3; None for another. ``omits``: without development's."""
    packages = value.get("packages") if isinstance(value, dict) else None
    if not isinstance(packages, dict) or not packages:
        return None
    names: set[str] = set()
    programs: dict[str, set[str]] = {}
    scripted: set[str] = set()
    for path, item in list(packages.items())[:MAX_PACKAGES]:
        name = path.rpartition("node_modules/")[2]
        if not isinstance(item, dict) or "node_modules/" not in path or (omits and item.get("dev")):
            continue
        names.add(name)
        if item.get("hasInstallScript") and not item.get("optional"):
            scripted.add(name)
        bins = item.get("bin")
        listed: Iterable[str] = bins if isinstance(bins, dict) else (name.rpartition("/")[2],) if bins else ()
        for program in listed:
            programs.setdefault(program, set()).add(name)
    return Locked(frozenset(names), {key: frozenset(found) for key, found in programs.items()}, frozenset(scripted))


def locked_by_pnpm(value: Any, *, omits: bool) -> Locked | None:
    """The packages that a pnpm-lock.yaml of one project hoists or links; None where it has several, or is older.

    Only direct packages are at the top of node_modules; what these bring is below `.pnpm`, and not importable by name.
    """
    importers = value.get("importers") if isinstance(value, dict) else None
    if not isinstance(importers, dict) or list(importers) != ["."] or not isinstance(importers["."], dict):
        return None
    tables = ("dependencies", "optionalDependencies", *(() if omits else ("devDependencies",)))
    names = {
        name
        for table in tables
        for name in importers["."].get(table) or ()
        if isinstance(importers["."].get(table), dict)
    }
    return Locked(frozenset(names), {}, frozenset())
