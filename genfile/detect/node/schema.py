"""The schema that a service's Prisma client is generated from."""

import posixpath
from collections.abc import Sequence

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson

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
    named = package.document.text("prisma", "schema") or "prisma"
    files = (
        [named]
        if project.has(named)
        else [*project.files("*.prisma", below=named), *project.files(posixpath.basename(SCHEMA), depth=3)]
    )
    outputs = [output for file in dict.fromkeys(files) for output in client_outputs(project.text(file) or "")]
    return not outputs or any(not output or "node_modules" in output.split("/") for output in outputs)


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


__all__ = ["SCHEMA", "generates_modules", "has_schema", "schema_holders", "shared_schema", "user_of"]
