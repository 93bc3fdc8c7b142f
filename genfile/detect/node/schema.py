"""The schema that a service's Prisma client is generated from."""

import posixpath
from collections.abc import Sequence

from genfile.detect.node.locks import locked_versions, order
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson
from genfile.detect.paths import inside
from genfile.evidence import Draft

# Where Prisma looks for it, relative to its working folder.
SCHEMA = "prisma/schema.prisma"
_PACKAGES = ("prisma", "@prisma/client")


def schema_holders(project: NodeProject, members: Sequence[PackageJson]) -> list[PackageJson]:
    """The packages with the service's schema: its own, or those of the members that it needs; else the workspace
    root's, if one of these loads the client."""
    places = [package for package in (project.package, *members) if has_schema(package)]
    if not places and shared_schema(project, members) is not None:
        return [project.root_package]
    return places


def has_schema(package: PackageJson) -> bool:
    """Whether a package depends on Prisma and holds its schema."""
    if not _depends(package):
        return False
    project = package.project
    named = package.document.text("prisma", "schema")
    if named and (project.has(named) or next(project.files("*.prisma", below=named), None) is not None):
        return True
    return project.has_folder("prisma") or next(project.files("schema.prisma", depth=3), None) is not None


def generates_modules(package: PackageJson) -> bool:
    """Whether Prisma's client may be generated into node_modules: unless each generator names another folder."""
    from genfile.parsers.prisma import client_outputs

    project = package.project
    outputs = [output for file in _schema_files(package) for output in client_outputs(project.text(file) or "")]
    return not outputs or any(not output or "node_modules" in output.split("/") for output in outputs)


def _schema_files(package: PackageJson) -> list[str]:
    project = package.project
    named = package.document.text("prisma", "schema") or "prisma"
    if project.has(named):
        return [named]
    found = (*project.files("*.prisma", below=named), *project.files(posixpath.basename(SCHEMA), depth=3))
    return list(dict.fromkeys(found))


def has_engine(project: NodeProject) -> bool:
    """Whether Prisma's client runs an engine of its own, which links OpenSSL: up to version 6."""
    locked = locked_versions(project)
    found = [order(locked[name][0]) for name in _PACKAGES if name in locked]
    return not found or min(found) < [7]


def leave_schema(project: NodeProject, draft: Draft, holder: PackageJson) -> None:
    """Leave the schema's folder out of the image, if neither the client nor a release command reads it: unless a
    client is generated into it."""
    from genfile.parsers.prisma import client_outputs

    place, files = holder.project.full("prisma"), _schema_files(holder)
    folders = {
        holder.project.full(posixpath.join(posixpath.dirname(file), output))
        for file in files
        for output in client_outputs(holder.project.text(file) or "")
    }
    if not has_engine(project) and place in draft.values.get("run_paths", ()):
        beside = [name for name in holder.project.files("*", below="prisma", depth=4) if not name.endswith(".prisma")]
        if not beside and not any(inside(folder, place) for folder in folders):
            draft.values["run_paths"] = [path for path in draft.values["run_paths"] if path != place]


def shared_schema(project: NodeProject, members: Sequence[PackageJson]) -> str | None:
    """The path of a schema at a workspace's root whose client a member loads."""
    if project.workspace is None or not project.root.has(SCHEMA):
        return None
    loads = any("@prisma/client" in item.dependencies for item in (project.package, *members))
    own = any(has_schema(item) for item in (project.package, *members))
    return project.root.full(SCHEMA) if loads and not own else None


def user_of(project: NodeProject, holder: PackageJson) -> PackageJson:
    """The package that loads the client: the schema's own, unless that is only the workspace's root."""
    return project.package if holder is project.root_package and _depends(project.package) else holder


def _depends(package: PackageJson) -> bool:
    return any(name in package.every_dependency for name in _PACKAGES)


__all__ = [
    "SCHEMA",
    "generates_modules",
    "has_engine",
    "has_schema",
    "leave_schema",
    "schema_holders",
    "shared_schema",
    "user_of",
]
