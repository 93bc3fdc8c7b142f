"""The packages that a lockfile puts into node_modules."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from genfile.parsers.yarnlock import LockEntry, plain_range

MAX_PACKAGES = 20_000


class Locked(Struct, frozen=True):
    """``names``: what is installed; ``programs``: the packages with each program, by its name; ``scripted``: packages
    with an install script."""

    names: frozenset[str]
    programs: dict[str, frozenset[str]]
    scripted: frozenset[str]


def locked_by_npm(value: Any, *, omits: bool) -> Locked | None:
    """The packages of a package-lock.json in format 2 or 3; None for another. ``omits``: without development
    packages."""
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
    """The packages that a pnpm-lock.yaml of one project hoists or links; None if it has several, or is older.

    Only direct packages are at the top of node_modules; their own dependencies are below `.pnpm` and can't be imported
    by name.
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


def locked_by_yarn(entries: Iterable[LockEntry], asked: Mapping[str, str]) -> Locked | None:
    """The packages of a yarn.lock that a manifest needs, by name and range; None if one is missing.

    All of them are hoisted, or below the package that needs them.
    """
    exact: dict[tuple[str, str], LockEntry] = {}
    named: dict[str, list[LockEntry]] = {}
    for entry in entries:
        exact.update(dict.fromkeys(entry.asked, entry))
        named.setdefault(entry.asked[0][0], []).append(entry)
    names: set[str] = set()
    programs: dict[str, set[str]] = {}
    queue = [(name, plain_range(wanted)) for name, wanted in asked.items()]
    seen = set(queue)
    for name, wanted in queue:
        # A package replaced by `resolutions` is found by its name alone.
        found = exact.get((name, wanted))
        for entry in [found] if found is not None else named.get(name, []):
            for program in entry.programs:
                programs.setdefault(program, set()).add(name)
            more = [item for item in entry.needs.items() if item not in seen]
            seen.update(more)
            queue += more
        if name not in named or len(queue) > MAX_PACKAGES:
            return None
        names.add(name)
    return Locked(frozenset(names), {key: frozenset(item) for key, item in programs.items()}, frozenset())


def locked_by_bun(value: Any, asked: Iterable[str]) -> Locked | None:
    """The packages of a one-project bun.lock that its manifest needs; None if it has several projects.

    A key is a package's place: `a` is hoisted, `b/a` is below b.
    """
    packages = value.get("packages") if isinstance(value, dict) else None
    workspaces = value.get("workspaces") if isinstance(value, dict) else None
    if not isinstance(packages, dict) or not isinstance(workspaces, dict) or list(workspaces) != [""]:
        return None
    names: set[str] = set()
    programs: dict[str, set[str]] = {}
    queue = [("", name) for name in asked]
    seen = set(queue)
    for place, name in queue:
        key = _nearest(packages, place, name)
        entry = packages.get(key) if key is not None else None
        if key is None and place:
            # Optional, and not available on every system.
            continue
        if key is None or not isinstance(entry, list) or len(queue) > MAX_PACKAGES:
            return None
        names.add(name)
        details: Any = next((item for item in entry if isinstance(item, dict)), {})
        bins = details.get("bin")
        for program in bins if isinstance(bins, dict) else (name.rpartition("/")[2],) if bins else ():
            programs.setdefault(program, set()).add(name)
        # Bun also installs peer dependencies.
        tables = (details.get(table) for table in ("dependencies", "optionalDependencies", "peerDependencies"))
        more = [(key, need) for table in tables if isinstance(table, dict) for need in table]
        more = [item for item in more if item not in seen]
        seen.update(more)
        queue += more
    return Locked(frozenset(names), {key: frozenset(item) for key, item in programs.items()}, frozenset())


def _nearest(packages: Mapping[str, Any], place: str, name: str) -> str | None:
    """The package with a name that a package at a place loads: below itself, below one above it, or hoisted."""
    while place:
        if f"{place}/{name}" in packages:
            return f"{place}/{name}"
        place = place.rpartition("/")[0]
    return name if name in packages else None
