"""Which of the project's own programs listens or keeps running: console scripts, packages with a `__main__`, files."""

import ast
from collections.abc import Iterator

from genfile.detect.python.application import modules
from genfile.detect.python.deep import USUAL, deep_programs
from genfile.detect.python.frameworks import PROGRAMS, has_main_package, is_djangos
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import Listener, Reach, reach, variable
from genfile.detect.python.reach.roles import is_of
from genfile.detect.python.servers import ASGI_SERVERS, WSGI_SERVERS, ServerStart
from genfile.detect.python.told import told_programs
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.pyentry import required_argument
from genfile.parsers.python import parse_python

MAX_ENTRIES = 24
# Standard-library listeners: a tool may have one to show a preview, or for a login's callback.
_RAW = ("HTTPServer", "TCPServer", "start_server", "make_server", "create_server", "XMLRPCServer", "accept")


def entries(project: PythonProject) -> list[list[str]]:
    """The commands that start the project's programs, likely ones first. Bounded."""
    found = [[name] for name in project.scripts] if project.has_build_system else []
    listed = [path for path, module in modules(project) if module.has_main_guard or "/" not in path]
    own = [path for path in listed if path.count("/") <= path.startswith("src/") and not is_djangos(project, path)]
    deep = deep_programs(project)
    named = [path for path in told_programs(project) if path in own or path in deep]
    usual = named + [path for path in own if path not in named and path.rsplit("/", 1)[-1] in USUAL.union(PROGRAMS)]
    found += [["python", path] for path in usual]
    package = has_main_package(project)
    if package is not None:
        found.append(["python", "-m", package.removeprefix("src/").replace("/", ".")])
    found += [["python", path] for path in own if path not in usual]
    found += [["python", path] for path in deep if path not in named]
    return found[:MAX_ENTRIES]


def serving(project: PythonProject) -> Fact[list[str]] | None:
    """The project's own command that listens, with the arguments that it requires."""
    best = project.folder.tree.once(("python-serving", project.folder.path), lambda: _best(project))
    says = best[1].says(project) if best is not None else None
    return Fact(best[0], (says,)) if best is not None and says is not None else None


def _best(project: PythonProject) -> tuple[list[str], Reach] | None:
    """The command that needs the fewest arguments, with what it reaches."""
    ranked: list[tuple[int, int, list[str], Reach]] = []
    for at, words in enumerate(entries(project)):
        found = reach(project, words)
        if found.main is not None:
            ranked.append((found.main.need.size, at, words, found))
        if ranked and not ranked[-1][0]:
            # It needs no arguments, so no later one is better.
            break
    first = min(ranked, key=lambda item: item[:2], default=None)
    return first[2:] if first is not None else None


def staying(project: PythonProject) -> Fact[list[str]] | None:
    """The command that keeps running without listening: a bot, a consumer, or a loop that waits."""
    best: Fact[list[str]] | None = None
    for words in entries(project):
        found = reach(project, words)
        says = found.says(project)
        if says is None or found.main is not None or any(role.need.size for role in found.stays[:1]):
            continue
        if found.stays[0].kind == "stays":
            return Fact(words, (says,))
        best = best or Fact(words, (says,))
    return best


def bot(project: PythonProject) -> Fact[list[str]] | None:
    """The command of a bot or a consumer, even if it also serves something."""
    for words in entries(project):
        found = reach(project, words)
        if found.bot and found.stays[0].kind == "stays" and not found.stays[0].need.size:
            role = found.stays[0]
            return Fact(words, (project.folder.says(role.path, role.line, f"{role.callee}(…)"),))
    return None


def idle(project: PythonProject, words: list[str]) -> str | None:
    """Why an image should not keep a program running: it asks a person, or ends by itself. None if it serves or stays,
    or if that is unknown."""
    found = reach(project, words)
    asks = found.asks
    # It shows a window, and only its own threads serve the window's application.
    shown = asks is not None and asks.kind == "window" and not asks.way.maybe
    shown = shown and all(item.way.aside for item in found.listeners if item.role == "app")
    if found.stdio is not None or found.stays or (found.main is not None and not shown):
        return None
    if asks is not None:
        what = "needs a screen" if asks.kind == "window" else "asks a person at a terminal"
        return (
            f"{project.folder.full(asks.path)}:{asks.line} ({asks.callee}): this program {what}, so it is not a service"
        )
    needs = needed_argument(project, words[-1])
    if needs is not None:
        return needs
    says = ends(project, words)
    return f"{says.path}: this program exits by itself and waits for nothing, so it is not a service" if says else None


def ends(project: PythonProject, words: list[str]) -> Evidence | None:
    """The program of a command that ends by itself: all that it reaches is known, and nothing of it serves or stays."""
    found = reach(project, words)
    if found.stdio is not None or found.stays or found.main is not None or found.asks is not None:
        return None
    if found.ended or not found.calls or any(role.kind in ("open", "terminal") for role in found.roles):
        return None
    if _makes_application(project, words[-1]):
        return None
    return project.folder.says(words[-1], 1, "the program exits by itself")


def needed_argument(project: PythonProject, program: str) -> str | None:
    """Why an image should not start a program that nothing else mentions: it requires an argument, with no sign of
    which. None if it needs none."""
    module = next((module for path, module in modules(project) if path == program), None)
    found = required_argument(module) if module is not None and not _makes_application(project, program) else None
    if found is None:
        return None
    where = f"{project.folder.full(program)}:{found[0]} ({found[1]})"
    return f"{where}: this program needs an argument, so it is not a service"


# Names that servers look for in a module.
_APPLICATIONS = frozenset({"app", "application", "server", "api", "demo"})


def _makes_application(project: PythonProject, program: str) -> bool:
    """Whether a program leaves an object for an unknown server, under a name that servers look for."""
    module = next((module for path, module in modules(project) if path == program), None)
    return module is not None and any(
        item.name in _APPLICATIONS and item.callee is not None and not is_of("harmless", item.callee)
        for item in module.assignments
        if not item.guarded
    )


def of_desktop(project: PythonProject) -> bool:
    """Whether the program only shows its application in its own window; a note says so."""
    found = serving(project)
    return found is not None and found.value[0] == "python" and passed_over(project, found.value[-1])


def passed_over(project: PythonProject, program: str) -> bool:
    """Whether a program that nothing else mentions is not a service; a note says why."""
    reason = idle(project, ["python", program]) or called_by_platform(project, program)
    if reason is not None:
        advice = "" if "screen" in reason else "; name it in a Procfile to make it one"
        project.folder.tree.note("info", reason + advice, project.folder.full(program))
    return reason is not None


def called_by_platform(project: PythonProject, program: str) -> str | None:
    """Why a module is not a program: it only defines a function that a serverless platform calls, such as
    `def handler(event, context)`. Source: docs.aws.amazon.com/lambda/latest/dg/python-handler.html."""
    module = project.folder.parse(parse_python, program)
    if module is None or module.has_main_guard:
        return None
    for node in module.of(ast.FunctionDef, ast.AsyncFunctionDef):
        known = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        names = [item.arg.lstrip("_") for item in node.args.args] if known else []
        if len(names) == 2 and names[0] in ("event", "evt") and names[1] in ("context", "ctx"):
            where = f"{project.folder.full(program)}:{node.lineno}"
            return f"{where}: functions that a platform calls ({node.name}(event, context)) are not a service"
    return None


def proof(project: PythonProject) -> Fact[list[str]] | None:
    """A command whose purpose is to listen, not a tool's preview or a login's callback."""
    found = serving(project)
    reached = reach(project, found.value) if found is not None else None
    if reached is None or reached.main is None or reached.ended:
        return None
    return found if _is_purpose(reached.main) else None


def _is_purpose(listener: Listener) -> bool:
    if any(not value for _, _, value in listener.need.flags):
        # A switch makes it a server: without it, it is something else.
        return False
    return not (listener.callee.endswith(_RAW) and listener.need.size)


def code_port(project: PythonProject) -> Fact[int] | None:
    """The port that the code itself would listen on: that of the first program that sets one."""
    for _, found in _told(project):
        if found.number is not None and found.number > 79:
            return Fact(found.number, (_says(project, found, found.number),))
    return None


def port_setting(project: PythonProject) -> tuple[list[str], Fact[str]] | None:
    """The variable that changes the port that the code itself would listen on, and the program that reads it."""
    for words, found in _told(project):
        name = variable(found.port)
        if name is not None:
            return words, Fact(name, (_says(project, found, name),))
        if found.number is not None:
            break
    return None


def _told(project: PythonProject) -> Iterator[tuple[list[str], Listener]]:
    """The programs that set a port, each with the call that listens."""
    listed = [["python", path] for path, module in modules(project) if module.has_main_guard]
    for words in [*entries(project), *listed][: MAX_ENTRIES * 2]:
        found = reach(project, words).main
        if found is not None and found.told:
            yield words, found


def _says(project: PythonProject, found: Listener, port: int | str) -> Evidence:
    return project.folder.says(found.path, found.line, f"{found.callee.lstrip('?.')}(port={port})")


def tell_of_variable(project: PythonProject, draft: Draft, start: ServerStart) -> None:
    """Note that a server starts in place of one of the project's programs that takes its port from a variable."""
    found = port_setting(project) if start.words[0] in (*ASGI_SERVERS, *WSGI_SERVERS) else None
    if found is None or found[1].value == start.port_variable:
        return
    words, fact = found
    says, name = fact.evidence[0], fact.value
    reads = f"reads {start.port_variable} instead" if start.port_variable else f"listens on {start.port}"
    text = (
        f"{says}: {name} does not change the port in the image, which starts {start.words[0]} in place of "
        f"`{' '.join(words)}` and {reads}; to start that program, use --set start=…"
    )
    draft.note("info", text, says.path, says.line)
