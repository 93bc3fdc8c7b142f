"""Packages in an image that neither a service nor its libraries need, according to the lockfile."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from genfile.verify.layers import LayerFile

_NODE = re.compile(r"(?:.*/)?node_modules/((?:@[^/]+/)?[^/@.][^/]*)/package\.json")
_PYTHON = re.compile(r"(?:.*/)?site-packages/([^/]+)-([^/-]+)\.dist-info/METADATA")


def needless(source: Path, member: str, files: Mapping[str, LayerFile]) -> list[str]:
    """`name@version` of each package in an image that the lockfile does not list for a member, sorted."""
    if (source / "pnpm-lock.yaml").is_file():
        return sorted(_node_packages(files) - pnpm_closure((source / "pnpm-lock.yaml").read_text("utf-8"), member))
    if (source / "package-lock.json").is_file():
        return sorted(_node_packages(files) - npm_closure((source / "package-lock.json").read_text("utf-8")))
    return sorted(_python_packages(files) - uv_closure((source / "uv.lock").read_text("utf-8"), _name(source, member)))


def _node_packages(files: Mapping[str, LayerFile]) -> set[str]:
    found = set()
    for path, file in files.items():
        match = _NODE.fullmatch(path)
        if match is None or file.text is None:
            continue
        said = json.loads(file.text)
        # A package.json without a version only marks a folder inside a package.
        if said.get("version") and said.get("name") == match[1]:
            found.add(f"{match[1]}@{said['version']}")
    return found


def _python_packages(files: Mapping[str, LayerFile]) -> set[str]:
    matches = (_PYTHON.fullmatch(path) for path in files)
    return {f"{_normal(match[1])}@{match[2]}" for match in matches if match is not None}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name(source: Path, member: str) -> str:
    project = tomllib.loads((source / member / "pyproject.toml").read_text("utf-8"))["project"]
    return _normal(project["name"])


def npm_closure(text: str) -> set[str]:
    """What npm installs without development dependencies, by a version 3 package-lock.json."""
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    return {
        f"{entry.get('name') or path.rpartition('node_modules/')[2]}@{entry.get('version')}"
        for path, entry in packages.items()
        if path and not entry.get("dev")
    }


def pnpm_closure(text: str, member: str) -> set[str]:
    """What a pnpm workspace member needs in production, including its libraries' dependencies, by a version 9
    pnpm-lock.yaml."""
    lock = yaml.safe_load(text)
    needed: set[str] = set()
    members, seen = [member], set[str]()
    while members:
        folder = members.pop()
        if folder in seen:
            continue
        seen.add(folder)
        importer = lock["importers"].get(folder, {})
        for kind in ("dependencies", "optionalDependencies"):
            for name, entry in importer.get(kind, {}).items():
                version = entry["version"]
                if version.startswith("link:"):
                    members.append(_joined(folder, version.removeprefix("link:")))
                else:
                    _add(lock.get("snapshots", {}), _key(name, version), needed)
    return {key.partition("(")[0] for key in needed}


def _key(name: str, version: str) -> str:
    """The key of a snapshot; an alias has the key of the package it stands for."""
    return version if re.match(r"@?[a-z].*@", version) else f"{name}@{version}"


def _joined(folder: str, link: str) -> str:
    parts: list[str] = []
    for part in PurePosixPath(folder, link).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _add(snapshots: dict[str, Any], key: str, needed: set[str]) -> None:
    waiting = [key]
    while waiting:
        key = waiting.pop()
        if key in needed:
            continue
        needed.add(key)
        entry = snapshots.get(key) or {}
        for kind in ("dependencies", "optionalDependencies"):
            waiting += [_key(name, version) for name, version in entry.get(kind, {}).items()]


def uv_closure(text: str, project: str) -> set[str]:
    """What a project in uv.lock needs without its dependency groups, assuming that every marker holds."""
    packages = {_normal(entry["name"]): entry for entry in tomllib.loads(text)["package"]}
    needed: set[str] = set()
    waiting: list[tuple[str, tuple[str, ...]]] = [(project, ())]
    while waiting:
        name, extras = waiting.pop()
        entry = packages.get(name)
        key = f"{name}@{entry['version']}" if entry is not None and "version" in entry else name
        wanted = entry.get("optional-dependencies", {}) if entry is not None else {}
        named = [item for extra in extras for item in wanted.get(extra, ())]
        if entry is not None and (key not in needed or named):
            new = [*entry.get("dependencies", ()), *named] if key not in needed else named
            needed.add(key)
            waiting += [(_normal(item["name"]), tuple(item.get("extra", ()))) for item in new]
    return needed
