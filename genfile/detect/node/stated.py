"""Whether a lockfile is up to date: one that lacks dependencies of package.json is a leftover."""

from genfile.detect.node.manifest import PackageJson
from genfile.detect.tree import Project
from genfile.parsers.yarnlock import parse_yarn_lock

_TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


def is_kept_up(root: Project, package: PackageJson, name: str) -> bool | None:
    """Whether a lockfile has every dependency of the package beside it; None if it does not list them."""
    stated = _stated(root, name)
    if stated is None:
        return None
    asked = {*package.document.table("dependencies"), *package.document.table("devDependencies")}
    return asked <= stated


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
