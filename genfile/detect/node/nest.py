"""nest-cli.json in monorepo mode: several applications in one package, built separately, started from one image."""

import posixpath

from msgspec import Struct

from genfile.detect.node.manager import NodeProject
from genfile.evidence import Evidence


class NestApplication(Struct, frozen=True):
    """An application: its name, its build output and source, and whether its folder exists.

    Paths are relative to the package.
    """

    name: str
    output: str
    source: str
    says: Evidence
    there: bool = True


def applications(project: NodeProject) -> list[NestApplication]:
    """A monorepo's applications, the default one first; none if there is only one."""
    document = project.folder.json("nest-cli.json") if project.folder.has("nest-cli.json") else None
    if document is None or document.get("monorepo") is not True:
        return []
    found: list[NestApplication] = []
    root = document.text("root")
    for name, value in document.table("projects").items():
        if not isinstance(value, dict) or value.get("type", "application") != "application":
            continue
        place = document.text("projects", name, "root") or f"apps/{name}"
        entry = document.text("projects", name, "entryFile") or "main"
        there = project.folder.has_folder(posixpath.normpath(place))
        output = posixpath.normpath(posixpath.join("dist", place, f"{entry}.js"))
        sources = document.text("projects", name, "sourceRoot") or posixpath.join(place, "src")
        source = posixpath.normpath(posixpath.join(sources, f"{entry}.ts"))
        says = project.folder.says("nest-cli.json", document.line("projects", name), f"application {name}")
        item = NestApplication(name, output, source, says, there)
        found = [item, *found] if place == root else [*found, item]
    # An entry may outlive its application.
    return [item for item in found if item.there] or found
