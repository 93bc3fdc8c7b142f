"""The production image of a Dockerfile, as far as the file itself shows it."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from genfile.container.choice import production_stage
from genfile.container.command import FindScript, combined, understand
from genfile.container.model import Command, FinishedStage, HealthProbe, Inherited, Port, ReadFile, Said
from genfile.container.packages import installed, made_folders
from genfile.container.paths import context_paths, image_paths, source_stage
from genfile.container.ports import command_port, debugger_ports, ordered, read_check
from genfile.container.stages import interpret_stages, lineage
from genfile.container.variables import shell_text
from genfile.dockerfile.model import Dockerfile
from genfile.dockerfile.reader import read_dockerfile


class Image(Struct, frozen=True):
    """What a container of the image is: each item with the place that says so.

    ``words`` are the words of its first process; ``command`` is the program behind them. ``ports``: the service's own
    first. ``packages``: of the stages that the image is made from, not of those that it only copies from.
    """

    path: str
    stages: tuple[FinishedStage, ...]
    stage: FinishedStage
    words: tuple[str, ...]
    command: Said[Command] | None
    ports: tuple[Said[Port], ...]
    health: Said[HealthProbe] | None
    packages: tuple[Said[str], ...]
    volumes: tuple[Said[str], ...]
    folders: tuple[Said[str], ...]

    @property
    def user(self) -> Said[str] | None:
        return self.stage.user

    @property
    def folder(self) -> str:
        return self.stage.folder

    @property
    def environment(self) -> Mapping[str, Said[str]]:
        return self.stage.environment

    @property
    def images(self) -> tuple[tuple[str, int], ...]:
        """The image of every FROM that is not a stage, with its line."""
        return tuple((stage.image, stage.line) for stage in self.stages if stage.parent is None)

    def from_context(self, path: str) -> tuple[str, ...]:
        """The paths of the build context that a path of the image may come from, the surest first."""
        return tuple(dict.fromkeys(context_paths(self.stages, self.stage, path)))

    def in_image(self, path: str) -> tuple[str, ...]:
        """Where the image has a path of the build context."""
        return tuple(dict.fromkeys(image_paths(self.stages, self.stage, path)))

    def needed(self) -> tuple[FinishedStage, ...]:
        """The stages that the image is made from or takes files of, the final one first."""
        found: dict[int, FinishedStage] = {}
        queue = [self.stage]
        for stage in queue:
            for base in lineage(self.stages, stage):
                if base.index not in found:
                    found[base.index] = base
                    others = (source_stage(self.stages, base, said.value) for said in base.copies)
                    queue += [other for other in others if other is not None]
        return tuple(found.values())


def interpret(
    text: str | Dockerfile,
    path: str,
    read: ReadFile | None = None,
    *,
    target: str | None = None,
    arguments: Mapping[str, str] | None = None,
    command: "tuple[str, ...] | str | None" = None,
    entrypoint: "tuple[str, ...] | str | None" = None,
    inherited: Callable[[str], Inherited] | None = None,
) -> Image:
    """Interpret a Dockerfile, its text or as it was read. ``read`` gives files of its build context; ``target`` and
    ``arguments`` are those of the build; ``command`` and ``entrypoint`` stand for those of a compose file;
    ``inherited``: what is known of an image from outside. Raises DockerfileError."""
    dockerfile = text if isinstance(text, Dockerfile) else read_dockerfile(text)
    stages = interpret_stages(dockerfile, path, arguments, inherited)
    stage = production_stage(stages, target)
    own = entrypoint if entrypoint is not None else stage.entrypoint.value if stage.entrypoint else None
    given = command if command is not None else stage.command.value if stage.command and entrypoint is None else None
    words = combined(own, given, stage.shell)
    says = (stage.command or stage.entrypoint) if command is None else (stage.entrypoint or stage.command)
    values = {name: said.value for name, said in stage.environment.items()}
    found = understand(words, _scripts(stages, stage, read), values)
    started = Said(found, says.evidence) if found is not None and says is not None else None
    base = lineage(stages, stage)
    check = Said(read_check(shell_text(stage.health.value, values)), stage.health.evidence) if stage.health else None
    return Image(
        path,
        stages,
        stage,
        words,
        started,
        _ports(stage, words, started, check, values),
        check,
        tuple(_packages(base)),
        stage.volumes,
        tuple(_folders(base)),
    )


def _scripts(stages: tuple[FinishedStage, ...], stage: FinishedStage, read: ReadFile | None) -> FindScript:
    def find(path: str) -> tuple[str, str] | None:
        if read is None or "$" in path:
            return None
        places = [path] if "/" in path else [path, f"/usr/local/bin/{path}", f"/usr/bin/{path}", f"/{path}"]
        for place in places:
            for source in list(context_paths(stages, stage, place))[:8]:
                text = read(source)
                if text is not None:
                    return source, text
        return None

    return find


def _ports(
    stage: FinishedStage,
    words: tuple[str, ...],
    command: Said[Command] | None,
    check: Said[HealthProbe] | None,
    values: Mapping[str, str],
) -> tuple[Said[Port], ...]:
    started: Said[int] | None = None
    text = " ".join(words)
    if command is not None:
        number = command_port(shell_text(command.value.text, values), command.value.assignments)
        started = Said(number, command.evidence) if number is not None else None
        text += " " + command.value.text
    checked = Said(check.value.port, check.evidence) if check is not None and check.value.port is not None else None
    named = stage.environment.get("PORT")
    number = int(named.value) if named is not None and re.fullmatch(r"[1-9]\d{1,4}", named.value) else None
    variable = Said(number, named.evidence) if named is not None and number is not None and number < 65536 else None
    return ordered(stage.exposed, started, checked, debugger_ports(text), variable)


# What is done with git while an image is built: where that is, git is there for it.
_FETCHES = re.compile(
    r"\bgit\+(?:https?|ssh)\b|\bgit (?:clone|submodule|fetch|checkout)\b|\bgo (?:get|mod|build|run|install)\b"
)


def _packages(base: tuple[FinishedStage, ...]) -> Iterator[Said[str]]:
    seen = {"git"} if any(_FETCHES.search(said.value) for stage in base for said in stage.runs) else set()
    for stage in reversed(base):
        for said in stage.runs:
            for name in installed(said.value, stage.variables):
                if name not in seen:
                    seen.add(name)
                    yield Said(name, said.evidence)


def _folders(base: tuple[FinishedStage, ...]) -> Iterator[Said[str]]:
    for stage in reversed(base):
        for said in stage.runs:
            for name in made_folders(shell_text(said.value, stage.variables)):
                if "$" not in name and "*" not in name:
                    yield Said(posixpath.normpath(posixpath.join(stage.folder, name)), said.evidence)
