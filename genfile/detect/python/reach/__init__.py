"""What the project's own program does once it starts: where it listens, and what it needs for that."""

import ast
from typing import Any

from msgspec import Struct, field

from genfile.detect.code import parse_code
from genfile.detect.paths import relative
from genfile.detect.python.application import module_name
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach.calls import LOOPBACK, Listener, split_address
from genfile.detect.python.reach.evaluate import Evaluator
from genfile.detect.python.reach.program import Module, PythonProgram, statements
from genfile.detect.python.reach.roles import Role, Want
from genfile.detect.python.reach.settings import field_of, lineage
from genfile.detect.python.reach.values import (
    BuiltObject,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Path,
    ProgramOption,
    settled,
    variable,
)
from genfile.detect.python.reach.walk import Walker
from genfile.evidence import Evidence
from genfile.parsers.python import parse_python
from genfile.parsers.values import UNKNOWN, EnvDefault

__all__ = [
    "Evaluator",
    "Listener",
    "Module",
    "Reach",
    "Role",
    "command",
    "constant",
    "evaluator_of",
    "lineage",
    "made_by",
    "member",
    "reach",
    "split_address",
    "variable",
]


class Reach(Struct):
    """A program's listeners in the order in which they are reached, and what else it does: its roles.

    ``wants``: variables that it fails without; ``ended``: only a part of the program was followed; ``calls``: how many
    calls were seen.
    """

    listeners: list[Listener] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    ended: bool = False
    calls: int = 0

    @property
    def stays(self) -> list[Role]:
        """What keeps it running without a listener: bots, consumers, loops that wait, the main thread's first; no loop
        of a program that asks a person."""
        asks = self.asks
        found = [item for item in self.roles if item.kind == "stays" or (item.kind == "loop" and asks is None)]
        return sorted(found, key=lambda item: item.way.aside)

    @property
    def asks(self) -> Role | None:
        """Where it asks a person or needs a screen, whatever its arguments."""
        certain = [item for item in self.roles if not item.need.size and not item.way.aside]
        windows = [item for item in certain if item.kind == "window"]
        asked = [item for item in certain if item.kind == "terminal"]
        found = windows or [item for item in asked if not item.way.maybe]
        return found[0] if found else None

    @property
    def bot(self) -> bool:
        """Whether its main thread keeps running without serving an application."""
        own = [item for item in self.stays if not item.way.aside]
        return bool(own) and all(item.beside for item in self.listeners if item.role == "app")

    @property
    def besides(self) -> Role | None:
        """What it does under its main guard before or beside serving, which an import of the module skips."""
        beside = [item for item in self.roles if item.way.guarded and not item.need.size]
        running = [item for item in beside if item.way.aside and item.kind in ("stays", "loop", "open")]
        return next(iter(running + [item for item in beside if item.kind == "effect"]), None)

    @property
    def main(self) -> Listener | None:
        """The program's main listener."""
        return self.best([])

    def best(self, words: list[str]) -> Listener | None:
        """The listener that a command reaches with the fewest settings; an application before a websocket."""
        roles = ("app", "websocket", "smtp")
        own = [item for item in self.listeners if item.role in roles]
        own = [item for item in own if item.need.command and set(item.need.command) <= set(words)] or own
        return min(own, key=lambda item: (roles.index(item.role), item.need.size), default=None)

    @property
    def stdio(self) -> Listener | None:
        """A server on standard input, if nothing listens."""
        found = next((item for item in self.listeners if item.role == "stdio"), None)
        return found if self.main is None else None

    def says(self, project: PythonProject) -> Evidence | None:
        """Evidence of where it listens, or keeps running."""
        found = self.main
        if found is not None:
            return project.folder.says(found.path, found.line, f"{found.callee.lstrip('?.')}(…)")
        if self.stays:
            role = self.stays[0]
            return project.folder.says(role.path, role.line, "keeps running: a loop, a bot or a consumer")
        return None


def reach(project: PythonProject, words: list[str]) -> Reach:
    """What a command's program reaches: a console script, `python -m name`, `python file.py`."""
    return project.folder.tree.once(("python-reach", project.folder.path, *words[:3]), lambda: _reach(project, words))


def constant(project: PythonProject, path: str, name: str) -> tuple[Any, int | None]:
    """The value bound to a name in a Python file, followed as far as possible, and its line."""
    parsed = parse_code(project.folder, parse_python, path) if project.folder.has(path) else None
    if parsed is None:
        return UNKNOWN, None
    line = parsed.line_of(name)
    module = Module(path, module_name(project, path), parsed)
    return (evaluator_of(project).of_module(module, name), line) if line is not None else (UNKNOWN, None)


def made_by(project: PythonProject, path: str, name: str) -> str | None:
    """The dotted callee that creates what a module's function returns; else the class in its annotation."""
    return project.folder.tree.once(
        ("python-made-by", project.folder.path, path, name), lambda: _made_by(project, path, name)
    )


def _made_by(project: PythonProject, path: str, name: str) -> str | None:
    module = evaluator_of(project).program.by_path.get(path)
    found = evaluator_of(project).of_module(module, name) if module is not None else None
    if not isinstance(found, FunctionRef) or not _may_return(found):
        return None
    value = evaluator_of(project).returned(found, None, found.frame)
    if isinstance(value, Instance):
        return value.callee
    if isinstance(value, BuiltObject):
        return value.made_by.node.name
    annotation = found.node.returns
    named = evaluator_of(project).value(found.frame, annotation) if annotation is not None else None
    return named.name if isinstance(named, External) and value is UNKNOWN else None


def _may_return(function: FunctionRef) -> bool:
    """Whether a function may return what a call or a name stands for: most return nothing and are skipped."""
    node = function.node
    if not any(
        isinstance(item, ast.Return) and isinstance(item.value, ast.Call | ast.Name | ast.Attribute)
        for item in statements(node.body)
    ):
        return False
    yields = function.frame.module.parsed.of(ast.Yield, ast.YieldFrom)
    return not any(node.lineno <= item.lineno <= (node.end_lineno or node.lineno) for item in yields)


def member(project: PythonProject, path: str, owner: str, name: str) -> tuple[Any, str, int | None]:
    """What a file's class, or one of its bases, sets a name to: the value, the file, the line."""
    program = evaluator_of(project).program
    module = program.by_path.get(relative(path, project.folder.path))
    made = evaluator_of(project).of_module(module, owner) if module is not None else None
    for item in lineage(evaluator_of(project), made) if isinstance(made, ClassRef) else ():
        for node in item.node.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id == name:
                value = field_of(evaluator_of(project), item, name)
                return value, item.frame.module.path, node.lineno
    return UNKNOWN, "", None


def evaluator_of(project: PythonProject) -> Evaluator:
    key = ("python-program", project.folder.path)
    found = project.folder.tree.once(key, lambda: Evaluator(PythonProgram(project)))
    found.begin()
    return found


def _reach(project: PythonProject, words: list[str]) -> Reach:
    evaluator = evaluator_of(project)
    walker = Walker(evaluator)
    found = _entry(project, evaluator.program, words)
    if found is not None:
        module, function = found
        walker.start(module, evaluator.of_module(module, function) if function else None)
    return Reach(walker.listeners, walker.roles, walker.wants, evaluator.ended, walker.calls)


def _entry(project: PythonProject, program: PythonProgram, words: list[str]) -> tuple[Module, str | None] | None:
    words = [word for word in words if word not in ("-u", "-O")]
    if not words:
        return None
    if words[0] in project.scripts:
        name, _, function = project.scripts[words[0]].partition(":")
        module = program.module(name.strip())
        function = function.partition("[")[0].strip()
        return (module, function.split(".")[0]) if module is not None and function else None
    if words[0] != "python" or len(words) < 2:
        return None
    if words[1] == "-m" and len(words) > 2:
        module = program.module(f"{words[2]}.__main__") or program.module(words[2])
    else:
        module = program.by_path.get(words[1].removeprefix("./"))
    return (module, None) if module is not None else None


def command(words: list[str], found: Listener, port: int = 8000) -> tuple[list[str], dict[str, str]]:
    """The command that makes a listener reachable on all addresses, and the variables that it needs."""
    flags = list(found.need.flags)
    environment = dict(found.need.environment)
    if isinstance(found.host, ProgramOption) and _is_alone(found.host):
        flags.append((found.host.path, found.host.flag, "0.0.0.0"))
    elif isinstance(found.host, EnvDefault) and _is_alone(found.host):
        environment[found.host.name] = "0.0.0.0"
    if isinstance(found.port, ProgramOption) and found.number is None and found.port.flag:
        flags.append((found.port.path, found.port.flag, str(port)))
    own = found.port.flag if isinstance(found.port, ProgramOption) else None
    flags = [
        (path, flag, str(port) if value == "" else value)
        for path, flag, value in flags
        if value or flag == own or value is None
    ]
    flags = list(dict.fromkeys(flags))
    given = {word.split("=")[0] for word in words}
    return _joined(words, found.need.command, [item for item in flags if item[1] not in given]), environment


def _is_alone(host: ProgramOption | EnvDefault) -> bool:
    return settled(host) in (*LOOPBACK, None) or not isinstance(settled(host), str)


def _joined(words: list[str], path: Path, flags: list[tuple[Path, str, str | None]]) -> list[str]:
    """The words with a sub-command, each parser's flags after its name."""
    done = [*words]
    have = [word for word in words if word in path]

    def put(at: Path) -> None:
        for owner, flag, value in flags:
            if owner == at:
                done.extend([flag] if value is None else [flag, value])

    if have == list(path):
        # The command already names it.
        for depth in range(len(path) + 1):
            put(path[:depth])
        return done
    put(())
    for depth, word in enumerate(path, 1):
        done.append(word)
        put(path[:depth])
    return done
