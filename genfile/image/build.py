"""A Dockerfile carried out on paper: every stage that the image needs, instruction by instruction."""

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from genfile.container.image import Image, interpret
from genfile.container.model import FinishedStage as Interpreted
from genfile.container.variables import expand, known
from genfile.dockerfile.model import Dockerfile, Instruction
from genfile.dockerfile.reader import read_dockerfile
from genfile.image.context import Context
from genfile.image.effects import carry_out
from genfile.image.files import Answer, Files, FromContext, FromStage, MadePath, Unknown, either
from genfile.image.stage import Lack, StageState, continue_stage, inherited, make_folder, start_stage

MAX_INSTRUCTIONS = 600
_HEREDOC = re.compile(r"\d*<<-?")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://|git@")


class Built(Struct, frozen=True, eq=False, dict=True):
    """An image on paper: its text, the build context, the final state of each stage, and the container's settings.

    ``memory``: what checks computed and need again.
    """

    path: str
    dockerfile: Dockerfile
    context: Context
    stages: tuple[StageState, ...]
    image: Image
    memory: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def final(self) -> StageState:
        return self.stages[self.image.stage.index]

    @cached_property
    def needed(self) -> tuple[StageState, ...]:
        """The stages that the image starts from or copies from."""
        wanted = {item.index for item in self.image.needed()}
        return tuple(stage for stage in self.stages if stage.index in wanted)


def build(
    text: str,
    context: Context,
    *,
    path: str = "Dockerfile",
    target: str | None = None,
    arguments: Mapping[str, str] | None = None,
) -> Built:
    """Carry out a Dockerfile.

    ``path``: its path, for findings; ``target``, ``arguments``: of the build. Raises DockerfileError for text that is
    not a Dockerfile.
    """
    parsed = read_dockerfile(text)
    image = interpret(parsed, path, context.read, target=target, arguments=arguments, inherited=inherited)
    run = _Run(context)
    for stage in image.stages:
        run.stage(stage)
    return Built(path, parsed, context, tuple(run.done), image)


class _Run:
    """The finished stages, and the actions of instructions that change files."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.done: list[StageState] = []
        self.left = MAX_INSTRUCTIONS

    def stage(self, text: Interpreted) -> None:
        if text.parent is not None:
            stage = continue_stage(self.done[text.parent], text.index, text.name, text.line)
        else:
            stage = start_stage(text.index, text.name, text.image, text.line)
        self.done.append(stage)
        for step in text.steps:
            self.left -= 1
            if self.left < 0:
                stage.loose = "the Dockerfile is too long to check"
                stage.files.put(Unknown("/", stage.loose))
                break
            stage.variables, stage.folder, stage.user = step.variables, step.folder, step.user or "0"
            if action := _ACTIONS.get(step.item.keyword):
                action(self, stage, step.item)
        stage.variables, stage.folder = text.variables, text.folder
        stage.user = text.user.value if text.user is not None else "0"

    def named(self, name: str) -> StageState | None:
        """The stage that --from names, by name or number."""
        wanted = name.lower()
        if wanted.isdecimal() and wanted.isascii() and len(wanted) < 4 and int(wanted) < len(self.done):
            return self.done[int(wanted)]
        return next((item for item in reversed(self.done) if item.name and item.name.lower() == wanted), None)

    def workdir(self, stage: StageState, item: Instruction) -> None:
        make_folder(stage, stage.folder, "WORKDIR")

    def volume(self, stage: StageState, item: Instruction) -> None:
        for word in item.words:
            path = stage.at(expand(word, stage.variables, item.escape))
            owner = stage.files.find(path).owner
            stage.files.put(MadePath(path, "VOLUME", folder=True, owner=owner))

    def copy(self, stage: StageState, item: Instruction) -> None:
        words = list(item.words)
        bodies = [word for word in words[:-1] if item.heredocs and _HEREDOC.match(word)]
        words = [word for word in words if word not in bodies]
        if not words or not known(words[-1], stage.variables):
            stage.files.put(Unknown("/", f"{item.keyword} to a place that a variable names"))
            return
        target = expand(words[-1], stage.variables, item.escape)
        into = target.endswith(("/", "/.")) or target in (".", "") or len(words) + len(bodies) > 2
        place = stage.at(target)
        there = stage.files.find(place)
        # A folder that is there takes a file below its name, with a slash at its end or without.
        into = into or (there.answer is Answer.YES and there.folder)
        owner = expand(item.flag("chown") or "0", stage.variables).partition(":")[0]
        for word in bodies:
            name = _HEREDOC.sub("", word).strip("\"'")
            stage.files.put(MadePath(posixpath.join(place, name) if into else place, item.keyword, owner=owner))
        origin = item.flag("from") if item.keyword == "COPY" else None
        for word in words[:-1]:
            if not known(word, stage.variables) or (item.keyword == "ADD" and _is_unpacked(word)):
                stage.files.put(Unknown(place, f"{item.keyword} {word}"))
                continue
            source = expand(word, stage.variables, item.escape)
            parents = any(name == "parents" for name, _ in item.flags)
            # Only patterns without wildcards are applied; files that others exclude may be there.
            named = (value for name, value in item.flags if name == "exclude" and value)
            left_out = tuple(posixpath.normpath(value) for value in named if not any(char in value for char in "*?["))
            copy = _Copy(source, place, owner, item, into=into, parents=parents, left_out=left_out)
            if origin is None:
                self.copy_from_context(stage, copy)
            else:
                self.copy_from_stage(stage, copy, expand(origin, stage.variables))

    def copy_from_context(self, stage: StageState, copy: "_Copy") -> None:
        source = posixpath.normpath(copy.source.lstrip("/") or ".")
        if source.startswith(".."):
            return
        if any(char in source for char in "*?["):
            self.copy_pattern(stage, copy, source)
            return
        found = self.context.find(source)
        if found is False:
            rule = self.context.ignored.rule_for(source)
            ignored = rule.pattern if rule is not None and not rule.negated and self.context.is_file(source) else None
            stage.lacks.append(Lack("copy", source, copy.item.line, f"{copy.item.keyword} {copy.source}", ignored))
            # The build ends here: anything missing later follows from it.
            stage.files.put(Unknown(copy.place(source, file=copy.into), f"{copy.item.keyword} {copy.source}"))
            return
        into = copy.into and not self.context.is_folder(source)
        if found is None:
            stage.files.put(Unknown(copy.target, f"{source} of the build context"))
            return
        stage.files.put(FromContext(self.context, source, copy.place(source, file=into), copy.owner, copy.left_out))

    def copy_pattern(self, stage: StageState, copy: "_Copy", pattern: str) -> None:
        """Copy a one-level wildcard; with more levels the result is unknown. A wildcard that matches nothing is no
        fault."""
        from fnmatch import fnmatchcase

        folder, last = posixpath.split(pattern)
        if any(char in folder for char in "*?[") or not self.context.whole:
            stage.files.put(Unknown(copy.target, f"COPY {pattern}"))
            return
        top = folder or "."
        names = {path.split("/")[0] for path in self.context.below(top) if path}
        fits = sorted(name for name in names if fnmatchcase(name, last))
        if (
            self.context.find(top) is None
            or self.context.find(posixpath.join(top, "x" + last.replace("*", "x"))) is None
        ):
            # A build outside the image may have made it.
            stage.files.put(Unknown(copy.target, f"{copy.item.keyword} {pattern}"))
        for name in fits:
            source = posixpath.normpath(posixpath.join(top, name))
            file = self.context.is_file(source)
            place = posixpath.join(copy.target, name) if file and copy.into else copy.target
            stage.files.put(FromContext(self.context, source, place, copy.owner))

    def copy_from_stage(self, stage: StageState, copy: "_Copy", origin: str) -> None:
        other = self.named(origin)
        source = posixpath.normpath("/" + copy.source.lstrip("/"))
        if other is None or other is stage:
            # An external image: what is copied from it exists, or the build fails.
            name = posixpath.basename(source)
            place = posixpath.join(copy.target, name) if copy.into and "." not in copy.source[-1:] else copy.target
            stage.files.put(either(place, f"COPY --from={origin}", copy.owner))
            if copy.into:
                stage.files.put(Unknown(copy.target, f"COPY --from={origin}"))
            return
        if any(char in source for char in "*?["):
            found, whole = other.files.matching(source)
            for path in found:
                place = posixpath.join(copy.target, posixpath.basename(path)) if copy.into else copy.target
                stage.files.put(FromStage(other.files, path, place, copy.owner))
            if not whole:
                stage.files.put(either(copy.target, f"COPY --from={origin} {source}", copy.owner))
            return
        found_one = other.files.find(source)
        if found_one.answer is Answer.NO:
            stage.lacks.append(Lack("copy", source, copy.item.line, f"COPY --from={origin} {copy.source}"))
            stage.files.put(Unknown(copy.target, f"COPY --from={origin} {copy.source}"))
            return
        if found_one.answer is Answer.UNKNOWN:
            stage.files.put(either(copy.target, f"COPY --from={origin}", copy.owner))
            if copy.into:
                stage.files.put(either(posixpath.join(copy.target, posixpath.basename(source)), "COPY", copy.owner))
            return
        file = not found_one.folder
        place = copy.place(source, file=file and copy.into)
        stage.files.put(FromStage(other.files, source, place, copy.owner, copy.left_out))

    def run(self, stage: StageState, item: Instruction) -> None:
        kept, mounted = stage.files, self.mounts(stage, item)
        count = len(mounted) if mounted is not None else 0
        stage.files = kept if mounted is None else mounted
        text = "\n".join(item.heredocs) if item.heredocs else item.value
        carry_out(self.context, stage, text, item.line, words=item.exec_form)
        if mounted is not None:
            # Mounts end with the step; what the step made stays.
            stage.files = kept
            for layer in mounted.since(count):
                kept.put(layer)

    def mounts(self, stage: StageState, item: Instruction) -> Files | None:
        """The files that a RUN sees with its bind mounts, or None if it has none."""
        files: Files | None = None
        for mount in item.mounts:
            if mount.get("type", "bind") != "bind":
                continue
            files = files or stage.files.copy()
            target = stage.at(mount.get("target") or mount.get("dst") or mount.get("destination") or ".")
            source = mount.get("source", mount.get("src", "."))
            origin = mount.get("from")
            other = self.named(origin) if origin else None
            if origin is None:
                clean = posixpath.normpath(source.lstrip("/") or ".")
                if self.context.find(clean) is False:
                    rule = self.context.ignored.rule_for(clean)
                    ignored = rule.pattern if rule is not None and not rule.negated else None
                    stage.lacks.append(Lack("copy", clean, item.line, f"--mount of {source}", ignored))
                files.put(FromContext(self.context, clean, target))
            elif other is not None:
                files.put(FromStage(other.files, posixpath.normpath("/" + source.lstrip("/")), target))
            else:
                files.put(MadePath(target, f"a mount of {origin}", folder=True, open=True))
        return files


def _is_unpacked(word: str) -> bool:
    """Whether ADD downloads or unpacks a source."""
    return _URL.match(word) is not None or re.search(r"\.(tar(\.\w+)?|tgz|tbz2|txz)$", word) is not None


class _Copy(Struct, frozen=True):
    source: str
    target: str
    owner: str
    item: Instruction
    into: bool = False
    parents: bool = False
    left_out: tuple[str, ...] = ()

    def place(self, source: str, *, file: bool) -> str:
        """The destination of a source: a file in a folder under its own name, a folder's content in the target."""
        target = self.target
        if self.parents:
            return posixpath.join(target, source.lstrip("/")) if source != "." else target
        return posixpath.join(target, posixpath.basename(source)) if file else target


_ACTIONS: dict[str, Callable[[_Run, StageState, Instruction], None]] = {
    "WORKDIR": _Run.workdir,
    "VOLUME": _Run.volume,
    "COPY": _Run.copy,
    "ADD": _Run.copy,
    "RUN": _Run.run,
}
