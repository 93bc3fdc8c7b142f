"""What a check is given: a Dockerfile and its ignore file, the spec that they are for, the files of the context."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from genfile.dockerfile.ignore import IgnoreRules, read_ignore
from genfile.dockerfile.model import Dockerfile, Instruction, Stage
from genfile.dockerfile.reader import read_dockerfile


class Case(Struct, frozen=True, dict=True):
    """A pair of files, with the spec they were made from and the files of the build context."""

    dockerfile: str
    ignorefile: str
    spec: dict[str, Any]
    files: frozenset[str]

    @cached_property
    def parsed(self) -> Dockerfile:
        """The Dockerfile, parsed."""
        return read_dockerfile(self.dockerfile)

    @cached_property
    def ignored(self) -> IgnoreRules:
        """The rules of the ignore file."""
        return read_ignore(self.ignorefile)

    @property
    def final(self) -> Stage:
        """The stage that the image is made from."""
        return self.parsed.stages[-1]

    @cached_property
    def environment(self) -> dict[str, str]:
        """The variables of the image: those of the final stage, and of the stages that it is made from."""
        stages = reversed(self.parsed.lineage(self.final))
        return {key: value for stage in stages for item in stage.all("ENV") for key, value in item.pairs}

    @property
    def final_words(self) -> list[str]:
        """The words of ENTRYPOINT and CMD."""
        return [
            word
            for keyword in ("ENTRYPOINT", "CMD")
            for item in self.final.all(keyword)
            for word in item.exec_form or ()
        ]

    def runs(self) -> Iterator[Instruction]:
        """The RUN instructions of all stages."""
        return (item for item in self.parsed.instructions if item.keyword == "RUN")


Check = Callable[[Case], Iterator[str]]
