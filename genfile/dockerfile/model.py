"""A Dockerfile that was read: instructions in order, stages, and what they take from where."""

from dataclasses import dataclass
from functools import cached_property

from genfile.dockerfile.words import key_values, split_mount, split_words


@dataclass(frozen=True)
class Instruction:
    """One instruction: keyword in upper case, flags as (name, value), the rest as text with continuations joined."""

    keyword: str
    flags: tuple[tuple[str, str], ...]
    value: str
    line: int
    end_line: int
    original: str
    exec_form: tuple[str, ...] | None = None
    heredocs: tuple[str, ...] = ()

    def flag(self, name: str) -> str | None:
        return next((value for key, value in self.flags if key == name), None)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The operands, quotes removed; those of the JSON form where it is one."""
        return self.exec_form if self.exec_form is not None else split_words(self.value)

    @cached_property
    def mounts(self) -> tuple[dict[str, str], ...]:
        """The --mount flags of a RUN, each as its keys and values."""
        return tuple(split_mount(value) for key, value in self.flags if key == "mount")

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of ENV, LABEL and ARG."""
        return key_values(self.value)


@dataclass(frozen=True)
class Stage:
    """A stage: its FROM, and the instructions after it."""

    index: int
    name: str | None
    image: str
    platform: str | None
    line: int
    instructions: tuple[Instruction, ...]

    def all(self, keyword: str) -> tuple[Instruction, ...]:
        return tuple(item for item in self.instructions if item.keyword == keyword)

    def last(self, keyword: str) -> Instruction | None:
        return next(iter(reversed(self.all(keyword))), None)


@dataclass(frozen=True)
class Comment:
    text: str
    line: int


@dataclass(frozen=True)
class Dockerfile:
    """A whole file; ``directives`` are the parser directives at its head."""

    text: str
    directives: dict[str, str]
    comments: tuple[Comment, ...]
    head: tuple[Instruction, ...]
    stages: tuple[Stage, ...]

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        return self.head + tuple(item for stage in self.stages for item in stage.instructions)

    @cached_property
    def stage_names(self) -> frozenset[str]:
        return frozenset(stage.name for stage in self.stages if stage.name)

    def lineage(self, stage: Stage) -> tuple[Stage, ...]:
        """A stage and the stages it is made from, nearest first."""
        by_name = {item.name: item for item in self.stages[: stage.index] if item.name}
        found = [stage]
        while found[-1].image in by_name and by_name[found[-1].image].index < found[-1].index:
            found.append(by_name[found[-1].image])
        return tuple(found)

    def external_images(self) -> tuple[str, ...]:
        """Every image that is taken from outside (FROM, COPY --from, mounts), in order, each once."""
        found = [
            stage.image for stage in self.stages if stage.image not in self.stage_names and stage.image != "scratch"
        ]
        for item in self.instructions:
            sources = [item.flag("from"), *(mount.get("from") for mount in item.mounts)]
            found.extend(name for name in sources if name and name not in self.stage_names and not name.isdecimal())
        return tuple(dict.fromkeys(found))

    def context_sources(self) -> tuple[tuple[str, int], ...]:
        """Every path that is taken from the build context (COPY, ADD, bind mounts), with its line."""
        found: list[tuple[str, int]] = []
        for item in self.instructions:
            if item.keyword in ("COPY", "ADD") and item.flag("from") is None:
                found.extend((word, item.line) for word in item.words[:-1] if not word.startswith("<<"))
            for mount in item.mounts:
                if mount.get("type", "bind") == "bind" and "from" not in mount:
                    found.append((mount.get("source", mount.get("src", ".")), item.line))
        return tuple(found)
