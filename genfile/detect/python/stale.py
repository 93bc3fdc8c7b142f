"""Whether a lockfile still belongs to pyproject.toml: `uv sync --locked` and `poetry install` refuse one that does not.

Sources: uv compares what the lockfile says that it was made for, `requires-python` and `[package.metadata]`, with the
project (docs.astral.sh/uv/concepts/projects/sync). Poetry compares a hash of the tables that it resolves
(python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control).
"""

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genfile.detect.tree import Project
from genfile.parsers.requirements import normalise

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version

    from genfile.parsers import Document

# What a lockfile says of a requirement that is no release of an index.
_ELSEWHERE = ("git", "url", "path", "directory", "editable", "virtual")


def differences(folder: Project, name: str | None) -> list[str]:
    """What uv.lock and pyproject.toml disagree about, each as a clause. ``name``: the project's.

    Empty for a lockfile that does not list what the project asked for, and for what can't be compared.
    """
    document, manifest = folder.toml("uv.lock"), folder.toml("pyproject.toml")
    if document is None or manifest is None:
        return []
    own = [item for item in document.items("package") if isinstance(item, dict)]
    mine = (item.get("metadata") for item in own if name and normalise(str(item.get("name"))) == normalise(name))
    stated = next(mine, None)
    listed = stated.get("requires-dist") if isinstance(stated, dict) else None
    asked = manifest.get("project", "dependencies")
    if not isinstance(listed, list) or not isinstance(asked, list):
        return []
    entries = [item for item in listed if isinstance(item, dict)]
    return [*_of_python(document, manifest), *_of_names(entries, asked), *_of_ranges(entries, asked)]


# The tables of [tool.poetry] in the hash, and whether a missing one is part of it.
_HASHED = {"dependencies": True, "group": False, "source": True, "extras": True, "dev-dependencies": True}


def hash_differs(folder: Project) -> list[str]:
    """What says that poetry.lock was made for another pyproject.toml: one clause, or none.

    Empty for a project with a `[project]` table, whose hash depends on Poetry's release.
    """
    document, manifest = folder.toml("poetry.lock"), folder.toml("pyproject.toml")
    stated = document.text("metadata", "content-hash") if document is not None else None
    if manifest is None or stated is None or manifest.get("project") is not None:
        return []
    tables = manifest.table("tool", "poetry")
    content = {key: tables.get(key) for key, always in _HASHED.items() if always or key in tables}
    try:
        text = json.dumps(content, sort_keys=True)
    except TypeError:
        return []
    same = hashlib.sha256(text.encode()).hexdigest() == stated
    return [] if same else ["pyproject.toml has changed since it was made"]


def _of_python(document: "Document", manifest: "Document") -> Iterator[str]:
    locked, asked = document.text("requires-python"), manifest.text("project", "requires-python")
    lows = _lowest(locked or ""), _lowest(asked or "")
    if None not in lows and lows[0] != lows[1]:
        yield f"it is for Python {locked}, but pyproject.toml says {asked}"


def _lowest(text: str) -> "Version | None":
    """The first release that a range allows."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import Version

    try:
        items = list(SpecifierSet(text))
    except InvalidSpecifier:
        return None
    lows = [Version(item.version.removesuffix(".*")) for item in items if item.operator in (">=", "~=", "==")]
    return max(lows, default=None)


def _of_names(entries: list[dict[str, Any]], asked: list[Any]) -> Iterator[str]:
    locked = {normalise(str(item.get("name"))) for item in entries}
    names = [item.name for item in _requirements(asked)]
    missing = [name for name in names if normalise(name) not in locked]
    if missing:
        yield f"it does not list {_shown(missing)}, which pyproject.toml requires"
    known = {normalise(name) for name in names}
    extra = [
        str(item["name"])
        for item in entries
        if "name" in item and "extra ==" not in str(item.get("marker")) and normalise(str(item["name"])) not in known
    ]
    # Of a list with something that can't be read, nothing is known to be missing.
    if extra and len(names) == len(asked):
        yield f"it lists {_shown(extra)}, which pyproject.toml does not require"


def _of_ranges(entries: list[dict[str, Any]], asked: list[Any]) -> Iterator[str]:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    names = [normalise(str(item.get("name"))) for item in entries]
    wanted = [normalise(item.name) for item in _requirements(asked)]
    for requirement in _requirements(asked):
        name = normalise(requirement.name)
        if names.count(name) != 1 or wanted.count(name) != 1:
            continue
        entry = entries[names.index(name)]
        text = str(entry.get("specifier") or "")
        try:
            same = SpecifierSet(text) == requirement.specifier
        except InvalidSpecifier:
            continue
        if not same and requirement.url is None and not any(key in entry for key in _ELSEWHERE):
            locked, own = text or "any version", str(requirement.specifier) or "any version"
            yield f"it is for {requirement.name} {locked}, but pyproject.toml says {own}"


def _requirements(asked: list[Any]) -> list["Requirement"]:
    from packaging.requirements import InvalidRequirement, Requirement

    found: list[Requirement] = []
    for text in asked:
        try:
            found.append(Requirement(str(text)))
        except InvalidRequirement:
            continue
    return found


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"
