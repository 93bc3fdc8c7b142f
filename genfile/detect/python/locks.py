"""What a lockfile says of each package: version, wheels, source, dependencies."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from genfile.detect.python.markers import holds
from genfile.detect.tree import Project
from genfile.parsers.requirements import normalise

# Sources of the project's own packages.
_OF_THE_TREE = {"editable", "directory", "virtual"}
FILES = ("uv.lock", "poetry.lock", "pdm.lock")
_WHEEL = re.compile(r"-([a-z0-9_.]+)-([a-z0-9_.]+)-([a-z0-9_.]+)\.whl$")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Package(Struct, frozen=True):
    """A locked package; ``git``: its repository; ``made``: the date of its newest file.

    ``folder``: where it is in the tree, relative to the lockfile's folder; ``virtual``: it is not installed itself.
    """

    name: str
    version: str | None
    wheels: tuple[str, ...] = ()
    git: str | None = None
    made: date | None = None
    brings: tuple[str, ...] = ()
    folder: str | None = None
    virtual: bool = False

    @property
    def is_compiled(self) -> bool:
        """Whether each of its wheels is for one platform."""
        return any(not name.endswith("-any.whl") for name in self.wheels)

    def newest_python(self) -> int | None:
        """The newest minor of Python 3 with a Linux wheel; None if wheels set no bound."""
        minors: list[int] = []
        for name in self.wheels:
            match = _WHEEL.search(name)
            if match is None or not ("linux" in match[3] or match[3] == "any"):
                continue
            if match[2] in ("none", "abi3"):
                return None
            minors += [int(tag[3:]) for tag in match[1].split(".") if tag.startswith("cp3") and tag[3:].isdecimal()]
        return max(minors, default=None)


def locked_packages(folder: Project) -> dict[str, Package]:
    """The packages in a folder's lockfiles, by name; read once."""
    return folder.tree.once(("python-locked", folder.path), lambda: _read(folder))


def _read(folder: Project) -> dict[str, Package]:
    found: dict[str, Package] = {}
    for name in FILES:
        document = folder.toml(name) if folder.has(name) else None
        for item in document.items("package") if document else ():
            if isinstance(item, dict) and isinstance(item.get("name"), str):
                package = _package(item)
                # Of two entries for older and newer Pythons, the last is for the newest.
                found[package.name] = package
    document = folder.json("Pipfile.lock") if folder.has("Pipfile.lock") else None
    for name, item in (document.table("default") if document else {}).items():
        if isinstance(item, dict):
            version = str(item["version"]).lstrip("=") if isinstance(item.get("version"), str) else None
            found.setdefault(normalise(name), Package(normalise(name), version, git=_text(item.get("git"))))
    return found


def _package(item: dict[str, Any]) -> Package:
    table = item.get("source")
    source: dict[str, Any] = table if isinstance(table, dict) else {}
    git = _text(source.get("git")) or _text(item.get("git"))
    if source.get("type") == "git":
        git = _text(source.get("url"))
    files = [entry for key in ("wheels", "files") for entry in _tables(item.get(key))]
    names = [str(entry.get("url") or entry.get("file") or "").rsplit("/", 1)[-1] for entry in files]
    times = [str(entry["upload-time"])[:10] for entry in files if "upload-time" in entry]
    return Package(
        normalise(item["name"]),
        _text(item.get("version")),
        tuple(name for name in names if name.endswith(".whl")),
        git,
        max((day for text in times if (day := _day(text))), default=None),
        tuple(dict.fromkeys(_brought(item))),
        _folder(item, source),
        "virtual" in source,
    )


def _folder(item: dict[str, Any], source: dict[str, Any]) -> str | None:
    """Where a package in the tree is: uv's source, Poetry's directory, PDM's path."""
    if source.get("type") == "directory":
        return _text(source.get("url"))
    places = (source.get("editable"), source.get("directory"), source.get("virtual"), item.get("path"))
    return next((text for text in map(_text, places) if text is not None), None)


def _brought(item: dict[str, Any]) -> Iterable[str]:
    """The names that a package depends on in an image: uv's tables, Poetry's keys, PDM's texts."""
    listed, extras, source = item.get("dependencies"), item.get("optional-dependencies"), item.get("source")
    entries = list(listed) if isinstance(listed, list) else []
    if isinstance(listed, dict):
        entries = [name for name, value in listed.items() if any(map(_is_meant, _of_poetry(value)))]
    if isinstance(extras, dict) and isinstance(source, dict) and source and not source.keys() & _OF_THE_TREE:
        # uv writes the extras that somebody asks for; for the project itself, all of them.
        entries += [entry for names in extras.values() if isinstance(names, list) for entry in names]
    for entry in entries:
        text = entry.get("name") if isinstance(entry, dict) else entry
        match = _NAME.match(text) if isinstance(text, str) else None
        marker = entry.get("marker") if isinstance(entry, dict) else str(entry).partition(";")[2]
        if match is not None and holds(_text(marker)):
            yield normalise(match[0])


def _of_poetry(value: Any) -> list[Any]:
    """The alternatives of a dependency: a range, a table, or a list of tables, each for some Pythons."""
    return value if isinstance(value, list) else [value]


def _is_meant(value: Any) -> bool:
    return not isinstance(value, dict) or holds(_text(value.get("markers")))


def _tables(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def reach(packages: dict[str, Package], names: Iterable[str]) -> dict[str, str]:
    """What some packages bring, directly or not: each with the first package that brings it, without the packages
    themselves."""
    asked = dict.fromkeys(names)
    found: dict[str, str] = {}
    queue = list(asked)
    for name in queue:
        package = packages.get(name)
        for other in package.brings if package is not None else ():
            if other not in found and other not in asked:
                found[other] = found.get(name, name) if name in found else name
                queue.append(other)
    return found
