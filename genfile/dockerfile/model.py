"""A Dockerfile that was read: instructions in order, stages, and what they take from where."""

from functools import cached_property

from msgspec import Struct

from genfile.dockerfile.words import key_values, processed, split_blanks, split_mount, split_words

# Instructions whose operands BuildKit splits at blanks alone, and those that have a single one.
_SPLIT_AT_BLANKS = frozenset({"COPY", "ADD", "VOLUME", "EXPOSE"})
_ONE_OPERAND = frozenset({"WORKDIR", "USER", "STOPSIGNAL"})


class Instruction(Struct, frozen=True, dict=True):
    """One instruction: keyword in upper case, flags as (name, value), the rest as text with continuations joined."""

    keyword: str
    flags: tuple[tuple[str, str], ...]
    value: str
    line: int
    end_line: int
    original: str
    exec_form: tuple[str, ...] | None = None
    heredocs: tuple[str, ...] = ()
    escape: str = "\\"

    def flag(self, name: str) -> str | None:
        return next((value for key, value in self.flags if key == name), None)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The operands as the build gets them, variables left as they are; those of the JSON form where it is one."""
        if self.keyword in _ONE_OPERAND:
            return (processed(self.value, self.escape),) if self.value else ()
        if self.keyword in _SPLIT_AT_BLANKS:
            parts = self.exec_form if self.exec_form is not None else split_blanks(self.value)
            return tuple(processed(part, self.escape) for part in parts)
        return self.exec_form if self.exec_form is not None else split_words(self.value, self.escape)

    @cached_property
    def mounts(self) -> tuple[dict[str, str], ...]:
        """The --mount flags of a RUN, each as its keys and values."""
        return tuple(split_mount(value) for key, value in self.flags if key == "mount")

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of ENV, LABEL and ARG."""
        return key_values(self.value, self.escape)


class Stage(Struct, frozen=True):
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


class Comment(Struct, frozen=True):
    text: str
    line: int


class Dockerfile(Struct, frozen=True, dict=True):
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
                words = item.words[:-1]
                if item.heredocs:
                    words = tuple(word for word in words if not word.lstrip("0123456789").startswith("<<"))
                found.extend((word, item.line) for word in words)
            for mount in item.mounts:
                if mount.get("type", "bind") == "bind" and "from" not in mount:
                    found.append((mount.get("source", mount.get("src", ".")), item.line))
        return tuple(found)
