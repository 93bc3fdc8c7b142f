"""The locked versions, whichever package manager wrote the lockfile."""

import re
from collections.abc import Iterator

from genfile.detect.node.manager import NodeProject
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.yarnlock import parse_yarn_lock

# `  /a@1.2.3:`, `  '@b/a@1.2.3(peer@1)':`, `  /a/1.2.3_peer:`.
_PNPM = re.compile(r"^  '?/?((?:@[^/@\s]+/)?[^/@\s:'(]+)[@/](\d[^:(_'\s]*)", re.MULTILINE)

Locked = tuple[str, str, int | None]


def locked_versions(project: NodeProject) -> dict[str, tuple[str, Evidence]]:
    """The versions of dependencies: from the lockfile, else the lowest that the manifests' ranges allow. For a package
    that is locked at several versions, the newest."""
    return project.folder.tree.once(("node-locked", project.folder.path), lambda: _read(project))


def _read(project: NodeProject) -> dict[str, tuple[str, Evidence]]:
    key = ("node-lockfile", project.root.path)
    found = dict(project.root.tree.once(key, lambda: _of_lockfile(project.root)))
    for manifest in project.packages:
        for package, text in manifest.every_dependency.items():
            least = re.search(r"\d+(?:\.\d+){0,2}", text)
            if package not in found and least and not text.startswith((">", "*", "npm:", "file:", "git", "http")):
                # A bare major allows its newest release.
                version = least[0] if "." in least[0] else f"{least[0]}.999.0"
                found[package] = (version, manifest.depends(package))
    return found


def _of_lockfile(root: Project) -> dict[str, tuple[str, Evidence]]:
    """What the lockfiles of a folder settle, for all the members of a workspace."""
    found: dict[str, tuple[str, Evidence]] = {}
    for name in ("package-lock.json", "npm-shrinkwrap.json"):
        for package, version, line in _of_npm(root, name) if root.has(name) else ():
            found.setdefault(package, (version, root.says(name, line, f"{package} {version}")))
    for name, package, version, line in _of_others(root) if not found else ():
        if package not in found or order(found[package][0]) < order(version):
            found[package] = (version, root.says(name, line, f"{package} {version}"))
    return found


def _of_others(root: Project) -> Iterator[tuple[str, str, str, int | None]]:
    """The entries of yarn.lock, pnpm-lock.yaml and bun.lock: the file, the package, its version, the line."""
    name = "yarn.lock"
    for entry in (root.parse(parse_yarn_lock, name) if root.has(name) else None) or ():
        if not entry.local:
            yield name, entry.asked[0][0], entry.version, entry.line
    name = "pnpm-lock.yaml"
    for match in _PNPM.finditer((root.text(name) or "") if root.has(name) else ""):
        yield name, match[1], match[2], None
    document = root.jsonc("bun.lock") if root.has("bun.lock") else None
    for key, item in document.table("packages").items() if document is not None else ():
        text = item[0] if isinstance(item, list) and item and isinstance(item[0], str) else ""
        package, _, version = text[1:].partition("@")
        if version[:1].isdigit():
            yield "bun.lock", text[:1] + package, version, document.line("packages", key) if document else None


def _of_npm(root: Project, name: str) -> Iterator[Locked]:
    """What lies at the top of node_modules: `packages` since npm 7, `dependencies` before."""
    document = root.json(name)
    packages = document.table("packages") if document else {}
    for path, item in packages.items():
        package = path.removeprefix("node_modules/")
        version = item.get("version") if isinstance(item, dict) else None
        if path.startswith("node_modules/") and "node_modules/" not in package and isinstance(version, str):
            yield package, version, None
    for package, item in document.table("dependencies").items() if document and not packages else ():
        version = item.get("version") if isinstance(item, dict) else None
        if isinstance(version, str):
            yield package, version, document.line("dependencies", package) if document else None


def order(version: str) -> list[int]:
    """A version as what compares: its first three numbers."""
    return [int(part) for part in re.findall(r"\d+", version)[:3]]


def out_of_step(project: NodeProject) -> list[str]:
    """The dependencies of package.json that package-lock.json lacks: `npm ci` refuses such a lockfile.

    Empty for a workspace, whose members share a lockfile, and for a lockfile that does not say what it was made for.
    """
    name = next((name for name in ("package-lock.json", "npm-shrinkwrap.json") if project.root.has(name)), None)
    document = project.root.json(name) if name is not None else None
    locked = document.table("packages") if document is not None else {}
    package = project.package.document
    own = locked.get("")
    tables = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    stated = {item for table in tables for item in (own.get(table) or ())} if isinstance(own, dict) else set()
    if not stated or project.workspace is not None or package.get("workspaces") is not None:
        return []
    asked = [*package.table("dependencies"), *package.table("devDependencies")]
    return [item for item in asked if item not in stated and f"node_modules/{item}" not in locked]
