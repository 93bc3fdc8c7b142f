"""Whether a lockfile is up to date: one that lacks dependencies of package.json is a leftover."""

from genfile.detect.node.manifest import PackageJson
from genfile.detect.tree import Project
from genfile.parsers.yarnlock import parse_yarn_lock

_TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


def is_kept_up(root: Project, package: PackageJson, name: str) -> bool | None:
    """Whether a lockfile has every dependency of the package beside it; None if that can't be told."""
    asked = {*package.document.table("dependencies"), *package.document.table("devDependencies")}
    if name == "bun.lockb":
        return False if _lacks_any(root, name, asked) else None
    stated = _stated(root, name)
    return asked <= stated if stated is not None else None


def _lacks_any(root: Project, name: str, asked: set[str]) -> bool:
    """Whether the binary lockfile of Bun is without any of these names. It holds each as it is written, so a name that
    occurs nowhere is not locked; one that does may be part of another."""
    content = root.tree.content(root.full(name)) if root.tree.budget.allows(root.full(name)) else None
    return content is not None and any(item.encode() not in content for item in asked)


def _stated(root: Project, name: str) -> set[str] | None:
    if name in ("package-lock.json", "npm-shrinkwrap.json"):
        document = root.json(name)
        own = document.table("packages").get("") if document is not None else None
        return _names(own)
    if name == "pnpm-lock.yaml":
        document = root.yaml(name)
        importers = document.table("importers") if document is not None else {}
        return _names(importers.get(".") if importers else document.value if document is not None else None)
    if name == "bun.lock":
        document = root.jsonc(name)
        return _names(document.table("workspaces").get("") if document is not None else None)
    if name == "yarn.lock":
        entries = root.parse(parse_yarn_lock, name)
        return {package for entry in entries for package, _ in entry.asked} if entries else None
    return None


def _names(own: object) -> set[str] | None:
    if not isinstance(own, dict):
        return None
    found = {str(item) for table in _TABLES for item in (own.get(table) or ())}
    return found or None
