"""A Dockerfile's stages, each instruction carried out on paper.

Rules: the Dockerfile reference. An ARG before the first FROM holds in FROM lines, and in a stage that names it again;
a stage that is made from another one has its environment, working directory, user, shell and metadata, and its build
arguments; an ENTRYPOINT drops the CMD that a stage below it has set.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.container.model import Copied, FinishedStage, Inherited, InstructionStep, Said
from genfile.container.ports import exposed_ports
from genfile.container.variables import expand, expand_words, known
from genfile.dockerfile.model import Dockerfile, Instruction
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Evidence

MAX_STAGES = 200
MAX_ITEMS = 4_000
MAX_VARIABLES = 500
_URL = re.compile(r"[a-z][a-z0-9+.-]*://|git@")


class _State(Struct):
    """What is known while a stage's instructions are carried out."""

    path: str
    given: Mapping[str, str]
    head: Mapping[str, str]
    stage: FinishedStage
    arguments: dict[str, str] = field(default_factory=dict)
    values: dict[str, Said[str]] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    known: dict[str, str] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """An ENV is stronger than an ARG of its name."""
        if self.known is None:
            self.known = {**self.arguments, **{name: said.value for name, said in self.values.items()}}
        return self.known

    def says(self, item: Instruction, text: str = "") -> Evidence:
        what = text or f"{item.keyword} {item.value}"
        clean = what if what.isprintable() else "".join(char if char.isprintable() else " " for char in what)
        return Evidence(self.path, item.line, clean if len(clean) <= 120 else clean[:117] + "...")

    def put(self, **changes: object) -> None:
        self.stage = replace(self.stage, **changes)  # type: ignore[arg-type]


def interpret_stages(
    dockerfile: Dockerfile,
    path: str,
    arguments: Mapping[str, str] | None = None,
    inherited: Callable[[str], Inherited] | None = None,
) -> tuple[FinishedStage, ...]:
    """Every stage of a Dockerfile. ``arguments``: what `--build-arg` gives; ``inherited``: what is known of an image
    from outside, by its reference."""
    given = dict(arguments or {})
    head: dict[str, str] = {}
    for item in dockerfile.head:
        for name, value in item.pairs if item.keyword == "ARG" else ():
            text = given.get(name) or expand(value, head, item.escape)
            if text:
                head[name] = text
    done: list[FinishedStage] = []
    arguments_of: list[dict[str, str]] = []
    left = MAX_ITEMS
    for parsed in dockerfile.stages[:MAX_STAGES]:
        image = expand(parsed.image, head)
        parent = _named(done, image)
        base = done[parent] if parent is not None else None
        given_by = inherited(image) if inherited is not None and base is None else Inherited()
        first = FinishedStage(parsed.index, parsed.name, image, parent, parsed.line, given_by.folder)
        if base is not None:
            first = replace(base, index=parsed.index, name=parsed.name, image=image, parent=parent, line=parsed.line)
            first = replace(first, copies=(), runs=(), triggers=(), written=(), steps=())
        state = _State(path, given, head, first)
        state.values = dict(base.environment) if base is not None else {}
        state.arguments = dict(arguments_of[parent] if parent is not None else given_by.variables)
        state.lists = {"exposed": list(first.exposed), "volumes": list(first.volumes)}
        state.lists |= {"copies": [], "runs": [], "steps": []}
        items = [*_triggered(base), *parsed.instructions][:left]
        left -= len(items)
        for item in items:
            _carry_out(state, item)
        arguments_of.append(state.arguments)
        variables = state.variables
        lists = {name: tuple(found) for name, found in state.lists.items()}
        done.append(replace(state.stage, environment=dict(state.values), variables=variables, **lists))  # type: ignore[arg-type]
    return tuple(done)


def _named(done: list[FinishedStage], image: str) -> int | None:
    """The stage that a FROM names, without regard to case; the last one of that name."""
    wanted = image.lower()
    return next((stage.index for stage in reversed(done) if stage.name and stage.name.lower() == wanted), None)


def _triggered(base: FinishedStage | None) -> Iterator[Instruction]:
    """What ONBUILD of the stage below has a stage begin with."""
    for text, line in base.triggers if base is not None else ():
        try:
            parsed = read_dockerfile(f"FROM scratch\n{text}")
        except DockerfileError:
            continue
        yield from (replace(item, line=line, end_line=line) for item in parsed.stages[0].instructions)


def _carry_out(state: _State, item: Instruction) -> None:
    action = _ACTIONS.get(item.keyword)
    if action is not None:
        action(state, item)
        user = state.stage.user
        step = InstructionStep(item, state.variables, state.stage.folder, user.value if user is not None else None)
        state.lists["steps"].append(step)


def _arg(state: _State, item: Instruction) -> None:
    for name, value in item.pairs:
        text = state.given.get(name) or expand(value, state.variables, item.escape) or state.head.get(name, "")
        if text and len(state.arguments) < MAX_VARIABLES:
            state.arguments[name] = text
            state.known = None


def _env(state: _State, item: Instruction) -> None:
    # All values of one instruction are made with what was known before it.
    variables = state.variables
    for name, value in item.pairs[: MAX_VARIABLES - len(state.values)]:
        state.values[name] = Said(expand(value, variables, item.escape), state.says(item, f"ENV {name}={value}"))
    state.known = None


def _workdir(state: _State, item: Instruction) -> None:
    text = expand(item.value, state.variables, item.escape)
    state.put(folder=posixpath.normpath(posixpath.join(state.stage.folder, text)) if text else state.stage.folder)


def _user(state: _State, item: Instruction) -> None:
    state.put(user=Said(expand(item.value, state.variables, item.escape), state.says(item)))


def _shell(state: _State, item: Instruction) -> None:
    if item.exec_form:
        state.put(shell=item.exec_form)


def _entrypoint(state: _State, item: Instruction) -> None:
    changes: dict[str, object] = {"entrypoint": _command_of(state, item)}
    if "CMD" not in state.stage.written:
        changes["command"] = None
    state.put(written=(*state.stage.written, "ENTRYPOINT"), **changes)


def _cmd(state: _State, item: Instruction) -> None:
    state.put(command=_command_of(state, item), written=(*state.stage.written, "CMD"))


def _command_of(state: _State, item: Instruction) -> Said[tuple[str, ...] | str] | None:
    value: tuple[str, ...] | str = item.exec_form if item.exec_form is not None else item.value
    return Said(value, state.says(item)) if value else None


def _expose(state: _State, item: Instruction) -> None:
    for word in expand_words(item.value, state.variables, item.escape)[:64]:
        state.lists["exposed"] += [Said(port, state.says(item, f"EXPOSE {word}")) for port in exposed_ports(word)]


def _volume(state: _State, item: Instruction) -> None:
    for word in item.words:
        text = expand(word, state.variables, item.escape)
        state.lists["volumes"].append(Said(text, state.says(item, f"VOLUME {word}")))


def _run(state: _State, item: Instruction) -> None:
    text = item.value
    if item.exec_form is not None:
        import shlex

        text = shlex.join(item.exec_form)
    elif item.heredocs:
        text = "\n".join(item.heredocs)
    state.lists["runs"].append(Said(text, state.says(item)))


def _copy(state: _State, item: Instruction) -> None:
    words = [word for word in item.words if not re.match(r"\d*<<", word)] if item.heredocs else list(item.words)
    if len(words) < 2:
        return
    source_stage = item.flag("from") if item.keyword == "COPY" else None
    source_stage = expand(source_stage, state.variables) if source_stage else source_stage
    target = words[-1]
    if not known(target, state.variables):
        return
    target = expand(target, state.variables, item.escape)
    folder = target.endswith(("/", "/.")) or target in (".", "")
    place = posixpath.normpath(posixpath.join(state.stage.folder, target))
    # The working directory is there: a file goes into it, with a slash at the end or without.
    folder = folder or place == posixpath.normpath(state.stage.folder)
    parents = next((True for name, _ in item.flags if name == "parents"), False)
    for word in words[:-1]:
        if not known(word, state.variables) or (item.keyword == "ADD" and _URL.match(word)):
            continue
        source = expand(word, state.variables, item.escape)
        clean = posixpath.normpath(source.lstrip("/") or ".")
        if clean.startswith(".."):
            continue
        at = posixpath.join(place, posixpath.dirname(clean)) if parents else place
        copied = Copied(clean, posixpath.normpath(at), source_stage, item.line, folder or len(words) > 2)
        state.lists["copies"].append(Said(copied, state.says(item)))


def _health(state: _State, item: Instruction) -> None:
    keyword, _, text = item.value.partition(" ")
    none = keyword.upper() == "NONE"
    if item.exec_form is not None:
        import shlex

        text = shlex.join(item.exec_form)
    state.put(health=None if none else Said(text.strip(), state.says(item)))


def _onbuild(state: _State, item: Instruction) -> None:
    if not item.heredocs:
        state.put(triggers=(*state.stage.triggers, (item.value, item.line)))


_ACTIONS = {
    "ARG": _arg,
    "ENV": _env,
    "WORKDIR": _workdir,
    "USER": _user,
    "SHELL": _shell,
    "ENTRYPOINT": _entrypoint,
    "CMD": _cmd,
    "EXPOSE": _expose,
    "VOLUME": _volume,
    "RUN": _run,
    "COPY": _copy,
    "ADD": _copy,
    "HEALTHCHECK": _health,
    "ONBUILD": _onbuild,
}


def lineage(stages: tuple[FinishedStage, ...], stage: FinishedStage) -> tuple[FinishedStage, ...]:
    """A stage and those that it is made from, nearest first."""
    found = [stage]
    while (parent := found[-1].parent) is not None and parent < found[-1].index:
        found.append(stages[parent])
    return tuple(found)
