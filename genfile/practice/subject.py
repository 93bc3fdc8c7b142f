"""What the checks of good practice look at, and what they say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from genfile.container.image import Image
from genfile.container.model import Stage
from genfile.container.stages import lineage
from genfile.detect.inspection import InspectedService
from genfile.dockerfile.model import Dockerfile, Instruction
from genfile.image import Context


@dataclass(frozen=True)
class Subject:
    """A Dockerfile with its image, its build context, and the service that it is for, where one is known.

    ``service`` was found without the Dockerfile's own testimony.
    """

    dockerfile: Dockerfile
    image: Image
    context: Context
    service: InspectedService | None

    @cached_property
    def final(self) -> tuple[Instruction, ...]:
        """The instructions of the stages that the final image is made from, in the order in which they run."""
        found: list[Instruction] = []
        for stage in reversed(self.lineage):
            found += self.dockerfile.stages[stage.index].instructions
        return tuple(found)

    @cached_property
    def lineage(self) -> tuple[Stage, ...]:
        """The final stage and those that it starts from."""
        return lineage(self.image.stages, self.image.stage)

    @cached_property
    def bases(self) -> tuple[tuple[str, int], ...]:
        """Every image from outside that a stage starts from, with the first line that names it."""
        found: dict[str, int] = {}
        for image, line in self.image.images:
            found.setdefault(image, line)
        return tuple(found.items())

    def instructions(self, stage: Stage) -> tuple[Instruction, ...]:
        """The instructions of one stage."""
        return self.dockerfile.stages[stage.index].instructions


@dataclass(frozen=True)
class Wrong:
    """A finding: the id of its check, the line, what is wrong, and what to do."""

    id: str
    line: int | None
    text: str
    hint: str


@dataclass(frozen=True)
class Practice:
    """A check: its id, why it is made, where that is written down, and the function."""

    id: str
    reason: str
    source: str
    find: Callable[[Subject], Iterator[Wrong]]
