"""The parts of a Gradle script, in Groovy and Kotlin alike."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from tree_sitter import Node


class Statement(Struct, frozen=True):
    """A call or an assignment: the blocks around it, its name, its literal arguments, its 1-based line.

    ``java { toolchain { languageVersion = … } }`` is named ``languageVersion``, in ``("java", "toolchain")``.
    """

    blocks: tuple[str, ...]
    name: str
    arguments: tuple[Any, ...]
    line: int
    assigned: bool = False
    declared: bool = False
    """It declares a variable of the script: `def a = 1`, `val a = 1`."""

    @property
    def path(self) -> str:
        return ".".join((*self.blocks, self.name))

    @property
    def scope(self) -> str:
        """The projects it applies to: its own (empty), `subprojects`, `allprojects`, or a named one (`project(:a)`)."""
        first = self.blocks[0] if self.blocks else ""
        return first if first in ("subprojects", "allprojects") or first.startswith("project(") else ""


class Plugin(Struct, frozen=True):
    """A plugin: its id, or its alias in the version catalog (`plugins.spring.boot`), and its version if stated."""

    id: str | None
    alias: str | None
    version: str | None
    line: int
    applied: bool = True
    """False: named with `apply false`, for the sub-projects alone."""


class GradleDependency(Struct, frozen=True):
    """A dependency: `group:name:version` as far as written, a catalog alias, or the path of another project."""

    configuration: str
    coordinate: str | None
    alias: str | None
    project: str | None
    line: int


# Catalogs that frameworks publish: `ktorLibs.server.netty` is io.ktor:ktor-server-netty.
_CATALOGS = {"ktorLibs.": "io.ktor:ktor-", "mn.": "io.micronaut:"}


def dependency(item: Statement) -> GradleDependency | None:
    """The dependency in a statement of a `dependencies` block; None if it is computed."""
    first = item.arguments[0] if item.arguments else None
    coordinate = alias = project = None
    if isinstance(first, dict):
        if isinstance(first.get("group"), str) and isinstance(first.get("name"), str):
            coordinate = ":".join(str(first[key]) for key in ("group", "name", "version") if key in first)
        elif isinstance(first.get("project"), str):
            project = first["project"]
    elif isinstance(first, str) and first.startswith("libs."):
        alias = first.removeprefix("libs.")
    elif isinstance(first, str) and first.startswith(tuple(_CATALOGS)):
        name = first.partition(".")[0] + "."
        coordinate = _CATALOGS[name] + first.removeprefix(name).replace(".", "-")
    elif isinstance(first, str) and first.startswith("project:"):
        project = first.removeprefix("project:")
    elif isinstance(first, str) and first.startswith("projects."):
        project = ":" + first.removeprefix("projects.").replace(".", ":")
    elif isinstance(first, str) and ":" in first:
        coordinate = first
    if coordinate is None and alias is None and project is None:
        return None
    return GradleDependency(item.name, coordinate, alias, project, item.line)


def literals(root: "Node", text: Callable[["Node"], str]) -> set[str]:
    """The string literals in a script, without quotes."""
    found: set[str] = set()
    queue = [root]
    for node in queue:
        if "string" in node.type:
            found.add(text(node).strip("\"'"))
        queue += node.named_children
    return found
