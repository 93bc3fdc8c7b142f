"""What the good-practice checks look at, and their findings."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Literal

from msgspec import Struct

from genfile.container.compose import ComposeService
from genfile.container.image import Image
from genfile.container.model import FinishedStage as Interpreted
from genfile.container.stages import lineage
from genfile.detect.inspection import InspectedService
from genfile.dockerfile.edit import Edit
from genfile.dockerfile.model import Dockerfile, Instruction
from genfile.evidence import Evidence
from genfile.image import Built, Context
from genfile.image.installs import Installation, installation_of
from genfile.image.stage import StageState

Level = Literal["warning", "hint"]


class Subject(Struct, frozen=True, dict=True):
    """A Dockerfile carried out on paper, its service if known, and the hosts around it.

    ``service`` is detected without the Dockerfile's own evidence. ``hosts``: names that something in the compose files
    answers to; None if unknown. ``composed``: the services of compose files
    that run the image, each with its file.
    """

    built: Built
    service: InspectedService | None
    hosts: frozenset[str] | None = None
    composed: tuple[tuple[str, ComposeService], ...] = ()

    @property
    def dockerfile(self) -> Dockerfile:
        return self.built.dockerfile

    @property
    def image(self) -> Image:
        return self.built.image

    @property
    def context(self) -> Context:
        return self.built.context

    @cached_property
    def final(self) -> tuple[Instruction, ...]:
        """The instructions of the stages behind the final image, in the order in which they run."""
        found: list[Instruction] = []
        for stage in reversed(self.lineage):
            found += self.dockerfile.stages[stage.index].instructions
        return tuple(found)

    @cached_property
    def started_script(self) -> str | None:
        """The Python file of the build context that the container starts, as in `python app.py`; None if it starts
        something else."""
        from genfile.image.target import target_of, words_of

        started = words_of(self.built)
        target = target_of(self.built.final, *started) if started is not None else None
        if target is None or target.kind != "python" or target.path is None:
            return None
        return self.built.final.files.find(target.path).source

    @cached_property
    def lineage(self) -> tuple[Interpreted, ...]:
        """The final stage and those that it starts from."""
        return lineage(self.image.stages, self.image.stage)

    @cached_property
    def shipped(self) -> tuple[StageState, ...]:
        """The stages whose files are in the image: those it starts from, and those it copies from."""
        names = {stage.index for stage in self.lineage}
        wanted = {item.flag("from") for item in self.final if item.keyword == "COPY"}
        return tuple(
            stage
            for stage in self.built.needed
            if stage.index in names or str(stage.index) in wanted or (stage.name is not None and stage.name in wanted)
        )

    @cached_property
    def bases(self) -> tuple[tuple[str, int], ...]:
        """Every external image that a stage starts from, with the first line that names it."""
        found: dict[str, int] = {}
        for image, line in self.image.images:
            found.setdefault(image, line)
        return tuple(found.items())

    def instructions(self, stage: "Interpreted | StageState") -> tuple[Instruction, ...]:
        """The instructions of one stage."""
        return self.dockerfile.stages[stage.index].instructions

    def at(self, line: int | None) -> Instruction | None:
        """The instruction that begins on a line."""
        return next((item for item in self.dockerfile.instructions if item.line == line), None)

    @cached_property
    def installations(self) -> tuple[tuple[StageState, Installation], ...]:
        """Every step that installs the project's dependencies, with its stage, in order."""
        found = []
        for stage in self.built.needed:
            for step in stage.steps:
                installation = installation_of(step)
                if installation is not None:
                    found.append((stage, installation))
        return tuple(found)


class Wrong(Struct, frozen=True):
    """A finding: the id of its check, the line, what is wrong, and what to do.

    ``level``: overrides the level of the check; ``edits``: safe edits that fix it; ``evidence``: the places that the
    text cites.
    """

    id: str
    line: int | None
    text: str
    hint: str
    level: Level | None = None
    edits: tuple[Edit, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Practice(Struct, frozen=True):
    """A check: its id, the reason for it, the source, its level, and the function."""

    id: str
    reason: str
    source: str
    find: Callable[[Subject], Iterator[Wrong]]
    level: Level = "warning"


def replaced(item: Instruction, old: str, new: str) -> tuple[Edit, ...]:
    """The edit that replaces a text that occurs exactly once in an instruction; else none."""
    if item.original.count(old) != 1 or "\n" in new:
        return ()
    return (Edit(item.line, item.end_line, item.original.replace(old, new)),)
