"""What pnpm-lock.yaml says of workspace members: which are copied into node_modules (injected), and which linked."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from genfile.detect.paths import relative
from genfile.detect.tree import Project

LOCK = "pnpm-lock.yaml"
# A package that is made from a folder: `    resolution: {directory: libs/log, type: directory}`.
_FOLDER = re.compile(r"^ +resolution: \{directory: '?([^,'}\n]+)'?, type: directory\}", re.MULTILINE)
_IMPORTERS = re.compile(r"^importers:\n((?:(?: [^\n]*)?\n)*)", re.MULTILINE)
# A member's block: `  apps/api:`.
_IMPORTER = re.compile(r"^  ([^\s][^\n]*):\n((?:(?:    [^\n]*)?(?:\n|\Z))*)", re.MULTILINE)
_LINK = re.compile(r"\blink:([^\s'\"]+)")


def copied_members(root: Project, service: str, members: Iterable[str]) -> tuple[str, ...]:
    """Those of a service's ``members`` that pnpm copies for it or for one of them."""
    text = _text(root)
    folders = {match[1] for match in _FOLDER.finditer(text)}
    found = [path for path in members if relative(path, root.path) in folders]
    users = {service, *members}
    asked = [body for path, body in _importers(root, text) if path in users] if found else []
    return tuple(found) if any(f"file:{relative(path, root.path)}" in body for path in found for body in asked) else ()


def linked_members(root: Project, service: str, members: Iterable[str]) -> frozenset[str]:
    """The folders that node_modules links to, for a service, for its ``members``, or inside of a copy of one."""
    text = _text(root)
    users = {service, *members}
    found: set[str] = set()
    for path, body in _importers(root, text) if text else ():
        if path in users:
            found |= {posixpath.normpath(posixpath.join(path, match[1])) for match in _LINK.finditer(body)}
    return frozenset(found | {root.full(match[1]) for match in _LINK.finditer(_IMPORTERS.sub("", text))})


def _text(root: Project) -> str:
    text = (root.text(LOCK) or "") if root.has(LOCK) else ""
    return text if "type: directory}" in text else ""


def _importers(root: Project, text: str) -> Iterator[tuple[str, str]]:
    block = _IMPORTERS.search(text)
    for match in _IMPORTER.finditer(block[1]) if block is not None else ():
        yield root.full(match[1].strip("'\"")), match[2]
