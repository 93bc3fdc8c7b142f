"""Whether a program keeps running: it listens or waits, talks to its user, or ends."""

import posixpath

from genfile.detect.node.imports import resolve_import
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import package_of
from genfile.detect.node.scripts import ScriptStep
from genfile.detect.node.sources import source_files
from genfile.evidence import Evidence
from genfile.parsers.jsclients import waiting_packages
from genfile.parsers.values import Call

# Calls that keep a program running.
STAYING = frozenset(
    "listen serve createServer bindAsync startStandaloneServer login launch consume subscribe Worker".split()
)


def is_command(project: NodeProject, step: ScriptStep) -> bool:
    """Whether a script only tries out the package's own command: a file of `bin` that doesn't listen."""
    bins = project.package.document.get("bin")
    named = [bins] if isinstance(bins, str) else list(bins.values()) if isinstance(bins, dict) else []
    started = started_file(project, step.words)
    files = [posixpath.normpath(name) for name in named if isinstance(name, str)]
    return started is not None and started in files and not stays(project, step.words)


def talks(project: NodeProject, start: tuple[str, ...]) -> bool:
    """Whether a program only talks at a terminal; a note says so."""
    if stays(project, start, _LASTING):
        return False
    for name, module in source_files(project, start):
        asked = next((item.module for item in module.imports if item.module.removeprefix("node:") in _ASKING), None)
        if asked is not None:
            says = project.folder.says(name, None, f"imports {asked}")
            text = f"{says}: it reads a terminal and does not listen, so it is not a service"
            project.folder.tree.note("info", text, says.path)
            return True
    return False


def stdio_server(project: NodeProject, start: tuple[str, ...]) -> Evidence | None:
    """Where a program connects a server to its standard input and output, if it opens no port: it imports the
    transport and makes one."""
    if stays(project, start, only=_PORTS):
        return None
    for name, module in source_files(project, start):
        for item in module.imports:
            if item.module.removesuffix(".js") == _STDIO:
                return project.folder.says(name, item.line, f"imports {item.module}")
    return None


_STDIO = "@modelcontextprotocol/sdk/server/stdio"
# Calls that open a port.
_PORTS = frozenset("listen serve createServer bindAsync startStandaloneServer".split())


def ends(project: NodeProject, start: tuple[str, ...]) -> bool:
    """Whether a program ends by itself; a note says so."""
    says = end_of(project, start)
    if says is not None:
        text = f"{says}: it does its work and exits, with no listener, timer or stream, so it is not a service"
        project.folder.tree.note("info", text, says.path, says.line)
    return says is not None


def end_of(project: NodeProject, start: tuple[str, ...]) -> Evidence | None:
    """The program of a command that ends by itself: all its code is known, and nothing in it keeps Node running."""
    sources = source_files(project, start)
    started = started_file(project, start)
    if not sources or len(sources) > 20 or started is None or sources[0][0] != started:
        return None
    if not any(module.calls for _, module in sources):
        # Hardly any code yet.
        return None
    for name, module in sources:
        for item in module.imports:
            own = item.module.startswith(".") and resolve_import(project, name, item.module) is not None
            if not own and item.module.removeprefix("node:") not in _QUIET:
                return None
        if any(call.callee.rsplit(".", 1)[-1] in _KEEPING or loads_unseen(call) for call in module.calls):
            return None
    return project.folder.says(started, 1, "the program")


def loads_unseen(call: Call) -> bool:
    """Whether a call loads a module by a computed path."""
    return call.callee in ("require", "import") and not (call.arguments and isinstance(call.arguments[0], str))


# Node modules that keep nothing running, and calls that may, whichever module they come from.
_QUIET = frozenset("assert buffer crypto fs fs/promises os path perf_hooks querystring url util zlib".split())
_KEEPING = STAYING | frozenset(
    """
    setInterval setTimeout setImmediate on once addListener watch watchFile resume pipe fetch WebSocket EventSource
    createReadStream
    """.split()
)
# Calls of programs that run without listening: timers, and bots that ask once for a code.
_LASTING = frozenset("setInterval schedule initialize makeWASocket".split())
# Modules that ask questions at a terminal.
_ASKING = frozenset(
    """
    readline readline/promises readline-sync inquirer @inquirer/prompts prompts prompt prompt-sync enquirer
    @clack/prompts
    """.split()
)


def stays(
    project: NodeProject,
    start: tuple[str, ...] = (),
    more: frozenset[str] = frozenset(),
    *,
    only: frozenset[str] = STAYING,
) -> bool:
    """Whether a program listens, waits for what its client hears or makes ``more`` calls; without a start that of a
    usual name.

    A project function with such a name does not count by itself: the calls inside it do.
    """
    for _, module in source_files(project, start):
        own = {name for item in module.imports if item.module.startswith(".") for name in item.names}
        own |= module.flow.functions.keys()
        if any(call.callee.rsplit(".", 1)[-1] in only | more and call.callee not in own for call in module.calls):
            return True
        if any(package_of(name) in project.package.dependencies for name in waiting_packages(module)):
            return True
    return False
