"""The other programs of a module that keep running in production: processes of the service, in the same image."""

import posixpath

from msgspec import Struct

from genfile.detect.go.claims import for_desktop, is_console, keeps_running, serves
from genfile.detect.go.command import told
from genfile.detect.go.life import life
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.go.outside import binary_place
from genfile.detect.hosting import hosting
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.small import parse_procfile, parse_shell
from genfile.spec.base import service_name


class Companion(Struct, frozen=True):
    """A program beside the service's own, its arguments, and what says that it keeps running."""

    program: GoProgram
    arguments: tuple[str, ...]
    reason: Evidence
    listens: bool


def companions(module: GoModule, program: GoProgram) -> tuple[Companion, ...]:
    """The module's other programs that stay: by their code, or since the project's files run them in production and
    nothing in their code says that they end. A program that the project does not release is not one of them."""
    stated = _stated(module)
    released = module.declared if program.folder in module.declared else None
    taken = {service_name(program.name, "app")}
    found: list[Companion] = []
    for item in module.programs:
        name = service_name(item.name)
        if item == program or name in taken or for_desktop(module, item):
            continue
        says = stated.get(item.name)
        if says is None and released is not None and item.folder not in released:
            continue
        companion = _companion(module, item, says)
        if companion is not None:
            taken.add(name)
            found.append(companion)
    return tuple(found)


def _companion(module: GoModule, program: GoProgram, stated: Fact[list[str]] | None) -> Companion | None:
    listens = serves(module, program) and not is_console(module, program)
    path = next(path for path, file in module.package(program.folder) if file.has_main)
    reason = module.folder.says(path, 1, "package main that listens") if listens else keeps_running(module, program)
    if stated is not None and (reason is not None or life(module, program).course == "unknown"):
        return Companion(program, tuple(stated.value), stated.evidence[0], listens)
    if reason is None:
        return None
    given = told(module, program)
    return Companion(program, tuple(given.value) if given is not None else (), reason, listens)


def _stated(module: GoModule) -> dict[str, Fact[list[str]]]:
    """The arguments of programs that a Procfile, a compose file or a host's file runs beside the service, by name."""
    folder = module.folder
    listed = list(hosting(folder).beside.values())
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    for name, (text, line) in (processes or {}).items():
        if name not in ("web", "release"):
            listed.append(folder.fact(text, "Procfile", line, f"{name}: {text}"))
    found: dict[str, Fact[list[str]]] = {}
    for fact in listed:
        commands = parse_shell(fact.value)
        words = list(commands[0].words) if commands and len(commands) == 1 else []
        if words and not any("$" in word for word in words):
            found.setdefault(posixpath.basename(words[0]), fact.but(words[1:]))
    return found


def put_companions(module: GoModule, found: tuple[Companion, ...], draft: Draft) -> None:
    """Put /processes; a note names those whose port compose does not publish."""
    for item in found:
        binary = service_name(item.program.name)
        words = [binary_place(module, draft, binary), *item.arguments]
        name = binary.removeprefix(f"{draft.values['name']}-")
        draft.put(f"processes.{name}", Fact(words, (item.reason,)))
        if item.listens:
            text = f"{item.program.package} listens too; compose.yaml runs it as a process, without a port on the host"
            draft.note("info", f"{text}: add `ports` for it where it is needed", item.reason.path)
