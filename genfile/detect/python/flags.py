"""Command-line flags of the project's own program, which often hold its address and port as defaults."""

from typing import Any

from genfile.detect.python.application import module_name, modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Fact
from genfile.parsers.python import PyModule
from genfile.parsers.values import Call, EnvDefault, is_known, port_of

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LISTENS = frozenset(
    """
    uvicorn.run hypercorn.asyncio.serve waitress.serve websockets.serve asyncio.start_server grpc.server
    grpc.aio.server aiohttp.web.run_app socketserver.TCPServer http.server.HTTPServer
    """.split()
)
_HOSTS = ("--host", "--bind", "--listen", "--address", "--ip")


def port_flag(project: PythonProject, words: list[str]) -> Fact[tuple[int | None, str | None]] | None:
    """The default of `--port`."""
    for path, module in _started(project, words):
        for call in _options(module, ("--port",)):
            number, variable = port_of(call.keywords.get("default"))
            if number is not None and number > 79:
                return project.folder.fact((number, variable), path, call.line, f"--port, default {number}")
    return None


def host_flag(project: PythonProject, words: list[str]) -> Fact[str] | None:
    """The flag that makes a program reachable, since its default is the loopback address."""
    if any(word.split("=")[0] in _HOSTS for word in words):
        return None
    for path, module in _started(project, words):
        for call in _options(module, _HOSTS):
            default: Any = call.keywords.get("default")
            value = default.default if isinstance(default, EnvDefault) else default
            name = next(item for item in call.arguments if item in _HOSTS)
            if value in _LOOPBACK or (default is not None and not is_known(default) and name == "--host"):
                return project.folder.fact(str(name), path, call.line, f"{name} defaults to this machine only")
    return None


def listens(project: PythonProject, words: list[str]) -> bool:
    """Whether the module that a command runs, or one that it imports, listens."""
    return any(
        call.callee in _LISTENS
        or call.callee.endswith((".serve_forever", ".run_app", ".HTTPServer"))
        or (call.callee.endswith(".run") and not {"host", "port"}.isdisjoint(call.keywords))
        for _, module in _started(project, words)
        for call in module.calls
    )


def _options(module: PyModule, names: tuple[str, ...]) -> list[Call]:
    return [
        call
        for call in module.calls
        if call.callee.endswith((".add_argument", "click.option", ".option"))
        and any(item in names for item in call.arguments)
    ]


def _started(project: PythonProject, words: list[str]) -> list[tuple[str, PyModule]]:
    """The module that a command runs, and the project's modules that it imports."""
    own = {module_name(project, path): (path, module) for path, module in modules(project)}
    target = project.scripts.get(words[0], "").split(":")[0] if words else ""
    if words[:1] == ["python"] and len(words) > 1:
        target = words[2] if words[1] == "-m" and len(words) > 2 else words[1].removesuffix(".py").replace("/", ".")
    first = own.get(f"{target}.__main__") or own.get(target)
    if first is None:
        return []
    package = target.rpartition(".")[0]
    names = {f"{package}.{name}" if package else name for name in first[1].neighbours} | first[1].imports
    return [first, *(item for name, item in own.items() if name in names and item is not first)]
