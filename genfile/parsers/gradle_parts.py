"""What a Gradle script consists of, whichever language it is written in."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """A call or an assignment: the blocks around it, its name, its literal arguments, its 1-based line.

    ``java { toolchain { languageVersion = … } }`` is named ``languageVersion``, in ``("java", "toolchain")``.
    """

    blocks: tuple[str, ...]
    name: str
    arguments: tuple[Any, ...]
    line: int
    assigned: bool = False

    @property
    def path(self) -> str:
        return ".".join((*self.blocks, self.name))

    @property
    def scope(self) -> str:
        """Which projects it is carried out for: `` for the script's own, `subprojects`, `allprojects`, and
        `project(:a)` for one that is named."""
        first = self.blocks[0] if self.blocks else ""
        return first if first in ("subprojects", "allprojects") or first.startswith("project(") else ""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin: its id, or its alias in the version catalog (`plugins.spring.boot`), and the version beside it."""

    id: str | None
    alias: str | None
    version: str | None
    line: int
    applied: bool = True
    """False: named with `apply false`, for the sub-projects alone."""


@dataclass(frozen=True, slots=True)
class GradleDependency:
    """A dependency: `group:name:version` as far as written, an alias of the catalog, or another project's path."""

    configuration: str
    coordinate: str | None
    alias: str | None
    project: str | None
    line: int
