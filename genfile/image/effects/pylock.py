"""The distributions that uv.lock and poetry.lock install for the requested groups and extras."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, field

from genfile.parsers.requirements import normalise

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Wanted(Struct):
    """``names``: distributions by PEP 503; ``complete``: no others are installed; ``origin``: the evidence."""

    names: set[str] = field(default_factory=set)
    complete: bool = False
    origin: str = ""


def locked_by_uv(
    project: Any,
    lock: Any,
    *,
    development: bool = True,
    defaults: bool = True,
    groups: Sequence[str] = (),
    without: Sequence[str] = (),
    extras: Sequence[str] = (),
    every_extra: bool = False,
    every_group: bool = False,
    package: str | None = None,
    every_package: bool = False,
    origin: str = "",
) -> Wanted | None:
    """What `uv sync` installs. None if the lockfile lacks the project's own package."""
    packages = _packages(lock)
    name = normalise(package or _text(_table(project, "project").get("name")) or "")
    own = next((item for item in packages.get(name, []) if _is_local(item)), None)
    if own is None or every_package:
        return None
    tool = _table(_table(project, "tool"), "uv")
    stated = tool.get("default-groups", ["dev"]) if defaults else []
    chosen = {item for item in stated if isinstance(item, str)} if isinstance(stated, list) else set()
    chosen = chosen if development else chosen - {"dev"}
    if stated == "all" or every_group:
        chosen = set(_table(own, "dev-dependencies")) - (set() if development else {"dev"})
    chosen = (chosen | set(groups)) - set(without)
    roots = _entries(own.get("dependencies"))
    for key, value in _table(own, "dev-dependencies").items():
        roots += _entries(value) if key in chosen else []
    for key, value in _table(own, "optional-dependencies").items():
        roots += _entries(value) if every_extra or key in extras else []
    names = _closure(packages, roots) | _stated(project, chosen, extras, every_extra=every_extra) | {name}
    return Wanted(names, complete=True, origin=origin)


def _stated(project: Any, groups: set[str], extras: Sequence[str], *, every_extra: bool) -> set[str]:
    """What the manifest itself lists, which is installed even if the lockfile is out of date."""
    main = _table(project, "project")
    found = _names(main.get("dependencies"))
    for key, value in _table(main, "optional-dependencies").items():
        found += _names(value) if every_extra or key in extras else []
    for key, value in _table(project, "dependency-groups").items():
        found += _names(value) if key in groups else []
    return {normalise(name) for name in found}


def _packages(lock: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    listed = lock.get("package") if isinstance(lock, dict) else None
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            found.setdefault(normalise(item["name"]), []).append(item)
    return found


def _is_local(item: dict[str, Any]) -> bool:
    return any(key in _table(item, "source") for key in ("editable", "virtual", "directory"))


def _entries(value: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Names with the requested extras."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            extras = item.get("extra")
            found.append((normalise(item["name"]), tuple(extras) if isinstance(extras, list) else ()))
    return found


def _closure(packages: dict[str, list[dict[str, Any]]], roots: Iterable[tuple[str, tuple[str, ...]]]) -> set[str]:
    """Packages with all they bring; one that is locked several times brings what any of its versions does."""
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    queue = [(name, extra) for name, extras in roots for extra in ("", *extras)]
    for name, extra in queue:
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        names.add(name)
        for item in packages.get(name, []):
            value = item.get("dependencies") if not extra else _table(item, "optional-dependencies").get(extra)
            queue += [(other, more) for other, extras in _entries(value) for more in ("", *extras)]
    return names


def locked_by_poetry(
    project: Any,
    lock: Any,
    *,
    only: Sequence[str] = (),
    with_groups: Sequence[str] = (),
    without: Sequence[str] = (),
    extras: Sequence[str] = (),
    every_extra: bool = False,
) -> Wanted | None:
    """What `poetry install` installs. None if the manifest or the lockfile has an unknown form."""
    packages = _packages(lock)
    if not packages:
        return None
    tool = _table(_table(project, "tool"), "poetry")
    main = _table(project, "project")
    roots: list[str] = []
    chosen = _chosen(tool, _table(project, "dependency-groups"), only, with_groups, without)
    if "main" in chosen:
        listed = main.get("dependencies")
        roots += _names(listed if isinstance(listed, list) else [])
        roots += [key for key, value in _table(tool, "dependencies").items() if not _is_optional(value)]
        tables = (_table(main, "optional-dependencies"), _table(tool, "extras"))
        for table in tables:
            for key, value in table.items():
                roots += _names(value) if every_extra or key in extras else []
    for name in chosen - {"main"}:
        group = _table(_table(tool, "group"), name)
        roots += list(_table(group, "dependencies"))
        roots += _names(_table(project, "dependency-groups").get(name))
        roots += list(_table(tool, "dev-dependencies")) if name == "dev" else []
    queue = [normalise(name) for name in dict.fromkeys(roots) if normalise(name) != "python"]
    names: set[str] = set()
    for name in queue:
        if name in names:
            continue
        names.add(name)
        for item in packages.get(name, []):
            # What an extra brings counts as installed; a lockfile does not say which one requires it.
            queue += [normalise(other) for other in _table(item, "dependencies")]
    own = normalise(_text(main.get("name")) or _text(tool.get("name")) or "")
    return Wanted(names | ({own} if own else set()), complete=True, origin="poetry.lock")


def _chosen(
    tool: dict[str, Any], groups: dict[str, Any], only: Sequence[str], more: Sequence[str], without: Sequence[str]
) -> set[str]:
    if only:
        return set(only)
    table = _table(tool, "group")
    named = {name for name, value in table.items() if not (isinstance(value, dict) and value.get("optional"))}
    return ({"main", "dev"} | named | set(groups) | set(more)) - set(without)


def _is_optional(value: Any) -> bool:
    return isinstance(value, dict) and value.get("optional") is True


def _names(value: Any) -> list[str]:
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return [match[0] for text in texts if (match := _NAME.match(text))]


def _table(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
