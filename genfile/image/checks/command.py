"""The programs of CMD, ENTRYPOINT and HEALTHCHECK are in the image."""

import posixpath
from collections.abc import Iterator

from msgspec.structs import replace

from genfile.container.command import understand_text
from genfile.image.build import Built
from genfile.image.files import Answer
from genfile.image.finding import Finding, Mend
from genfile.image.needs import Needs
from genfile.image.packages import Environment, Modules, program_packages
from genfile.image.programs import ProgramLookup, environments, find_program
from genfile.image.target import NODE_ENDINGS, find_file, find_module, target_of, words_of

ID = "command-exists"
REASON = "A container exits at once if its program, script or module is not in the image."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    yield from _command(built)
    yield from _health(built)
    yield from _release(built, needs)


def _command(built: Built) -> Iterator[Finding]:
    started = words_of(built)
    if started is None:
        return
    words, folder = started
    line = _line(built)
    if _brings_itself(built):
        return
    yield from _faults(built, words, folder, line)


def _release(built: Built, needs: Needs) -> Iterator[Finding]:
    """A release command that can't start is left out, since services wait for it."""
    line = _line(built)
    for item in _faults(built, needs.release, built.final.folder, line) if needs.release else ():
        text = f"release command: {item.text}"
        mend = Mend("release", None, text)
        if item.mend is not None:
            mend = replace(item.mend, says="the release command needs it")
        yield replace(item, text=text, mend=mend)


def _faults(built: Built, words: tuple[str, ...], folder: str, line: int | None) -> Iterator[Finding]:
    """Why a command can't start: its program, module or file is not in the image."""
    program = find_program(built.final, words[0], folder)
    if program.answer is Answer.NO:
        yield _absent(built, words[0], program, line)
        return
    target = target_of(built.final, words, folder)
    if target is None:
        return
    stage = built.final
    if target.kind == "module":
        _, found = find_module(stage, target.name, target.roots)
        installed = environments(stage)
        absent = installed and all(item.module(target.name) is Answer.NO for item in installed)
        if found.answer is Answer.NO and absent:
            roots = " and ".join(target.roots)
            yield Finding(ID, f"{' '.join(words[:2])}: no module {target.name} in {roots}", built.path, line)
        return
    endings = NODE_ENDINGS if target.kind == "node" else ("",)
    _, found = find_file(stage, target.path or target.name, endings)
    if found.answer is Answer.NO:
        text = f"{' '.join(words[:3])}: {target.path} is not in the image"
        others = _near(built, target.path or "")
        hint = f"the build creates {', '.join(others[:3])}" if others else None
        yield Finding(ID, text, built.path, line, hint)


# Programs that download what they run, or that make files before the program starts.
_FETCHERS = frozenset({"npx", "pnpx", "bunx", "uvx", "pipx"})
_MAKERS = frozenset("mvn mvnw gradle gradlew npm pnpm yarn bun go make tsc javac cargo pip uv poetry".split())


def _brings_itself(built: Built) -> bool:
    """Whether the container makes or downloads what it starts, so that nobody knows what is there by then."""
    command = built.image.command
    first = posixpath.basename(built.image.words[0]) if built.image.words else ""
    before = command.value.before if command is not None else ()
    return first in _FETCHERS or any(
        posixpath.basename(text.split(maxsplit=1)[0]) in _MAKERS for text in before if text.strip()
    )


def _absent(built: Built, name: str, program: ProgramLookup, line: int | None) -> Finding:
    """The finding for a missing program, with the package that has it if an installation leaves that out."""
    for content in program.installed:
        if isinstance(content, Modules):
            left = [item for item in program_packages(name) if item in content.development]
            if left and content.omits:
                hint = f"install development dependencies too, or move {left[0]} to `dependencies`"
                mend = Mend("dependencies_at_run", "all", f"{left[0]} starts the service")
                text = f"{name} is not in the image: {left[0]} is a development dependency, which the image leaves out"
                return Finding(ID, text, built.path, line, hint, mend=mend)
        if isinstance(content, Environment) and content.complete:
            origin = content.origin or "the installation"
            text = f"{name} is not in the image: {origin} does not include it"
            mend = Mend("extra_packages", (name,), f"{name} starts the service")
            return Finding(ID, text, built.path, line, f"add {name} to the project's dependencies", mend=mend)
    where = f": no step creates {program.path}" if program.path else ""
    return Finding(ID, f"{name} is not in the image{where}", built.path, line)


def _near(built: Built, path: str) -> list[str]:
    """Files with the same name that the image does have."""
    name = posixpath.basename(path)
    top = "/" + path.strip("/").split("/")[0]
    stems = {name, name + ".js"}
    return sorted(item for item in built.final.files.listed(top) if posixpath.basename(item) in stems)[:3]


def _health(built: Built) -> Iterator[Finding]:
    health = built.image.health
    if health is None:
        return
    command = understand_text(health.value.text)
    for words in (command.words,) if command is not None and command.words else ():
        if words and find_program(built.final, words[0]).answer is Answer.NO:
            text = f"HEALTHCHECK runs {words[0]}, which is not in the image"
            yield Finding(
                ID, text, built.path, health.evidence.line, f"install {words[0]}, or use a program that the image has"
            )


def _line(built: Built) -> int | None:
    return built.image.command.evidence.line if built.image.command is not None else None
