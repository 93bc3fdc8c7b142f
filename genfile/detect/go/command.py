"""The arguments that make a Go program serve, such as a server's sub-command."""

import posixpath

from genfile.detect.go.dispatch import SERVING
from genfile.detect.go.life import life, reach, staying
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.go.port import Sources
from genfile.detect.go.serving import command_of, serving
from genfile.detect.hosting import hosting
from genfile.evidence import Fact
from genfile.parsers.godispatch import COMMANDS, dashed
from genfile.parsers.small import parse_shell


def arguments(module: GoModule, program: GoProgram, sources: Sources) -> Fact[list[str]] | None:
    """The words after the program: of the project's own Dockerfile, else a sub-command that serves."""
    for signal in SIGNALS:
        fact = signal(module, program, sources)
        if fact is not None:
            return fact
    return None


def _dockerfile(module: GoModule, program: GoProgram, sources: Sources) -> Fact[list[str]] | None:
    """The program's arguments in ENTRYPOINT and CMD of the project's Dockerfile."""
    del sources
    names = {program.name, module.base_name}
    found = hosting(module.folder)
    volumes = {fact.value for fact in found.volumes}
    for fact in found.starts:
        commands = parse_shell(fact.value)
        words = list(commands[-1].words) if commands and len(commands) == 1 else []
        while words and posixpath.basename(words[0]) in ("tini", "dumb-init", "exec", "--"):
            words.pop(0)
        # That image's data folder is a volume; here the program's own folder is one.
        words = [word for word in words if word.partition("=")[2] not in volumes]
        if len(words) > 1 and posixpath.basename(words[0]) in names and not any("$" in word for word in words):
            # Paths in that image don't exist in this one.
            plain = [word for word in words[1:] if not word.startswith("/") and "=/" not in word]
            return fact.but(plain) if len(plain) == len(words) - 1 else None
    return None


def _told(module: GoModule, program: GoProgram, sources: Sources) -> Fact[list[str]] | None:
    """The command or flag that leads to code which listens or keeps running."""
    del sources
    return told(module, program)


def told(module: GoModule, program: GoProgram) -> Fact[list[str]] | None:
    """The words without which a program neither listens nor keeps running."""
    command = command_of(module, program)
    if not serving(module, program) and life(module, program).course != "stays":
        command = staying(module, program)
    if command is None:
        return None
    says = f"{' '.join(command.words)} keeps the program running"
    return module.folder.guess(list(command.words), command.place.path, says, line=command.part.branch.line)


def _named(module: GoModule, program: GoProgram, sources: Sources) -> Fact[list[str]] | None:
    """A sub-command with a server's name, if the code that leads to it can't be followed."""
    reached = reach(module, program)
    if reached.commands.listed and reached.whole and not reached.cut:
        return None
    found: dict[str, Fact[list[str]]] = {}
    for path, file in sources:
        for kind, fields, line in file.literals:
            name_field, actions = COMMANDS.get(kind.removeprefix("&"), ("", ()))
            text = fields.get(name_field)
            if not isinstance(text, str) or not text:
                continue
            name = text.split()[0].lower()
            own = name in (program.name.lower(), module.base_name.lower()) and line not in file.listed
            if own and any(item in fields for item in actions):
                if any(call.callee.endswith((".Help", ".Usage")) and 0 <= call.line - line <= 6 for call in file.calls):
                    # Without a command it only prints its usage.
                    continue
                return None
            if name in SERVING and any(item in fields for item in actions):
                found.setdefault(name, module.folder.guess([name], path, f"{kind} {text}", line=line))
        for field, tag, line in file.tags:
            name = tag.get("command", "")
            if "cmd" in tag:
                # kong: the field's name; a default command needs no word.
                if "default" in tag:
                    return None
                name = tag.get("name") or dashed(field)
            if name in SERVING:
                found.setdefault(name, module.folder.guess([name], path, f"command {name}", line=line))
        controls = {name for name, _ in file.cases} & {"install", "uninstall", "remove", "stop", "restart"}
        for name, line in file.cases if not controls else ():
            if name in SERVING:
                found.setdefault(name, module.folder.guess([name], path, f"its first argument is {name}", line=line))
    return next((found[name] for name in SERVING if name in found), None)


SIGNALS = (_dockerfile, _told, _named)
