"""Where a program listens, and the route of its health check."""

import re
from typing import Any

from genfile.detect.python.application import modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Evidence, Fact
from genfile.parsers.values import Call, EnvDefault, is_known, port_of

HEALTH_PATHS = frozenset(
    """
    /health /healthz /api/health /api/healthz /_health /ping /livez /live /ready /readyz /status
    /healthcheck /api/v1/health /health/
    """.split()
)
_RUNNERS = frozenset(
    """
    run run_app listen launch serve serve_forever run_server start add_insecure_port add_secure_port TCPSite
    HTTPServer ThreadingHTTPServer TCPServer ThreadingTCPServer make_server start_server create_server run_simple
    """.split()
)
# For these, a number among the arguments may be anything but a port.
_KEYWORD_ONLY = frozenset({"run", "start", "serve_forever"})
# Servers that run an application: their port also holds for a command that serves the same one.
_SERVES = (".run", ".serve", ".run_app", ".run_server", ".run_simple", ".make_server", "flask_script.Server")


def find_port(project: PythonProject) -> Fact[tuple[int | None, str | None]] | None:
    """The port of a call that listens: `uvicorn.run(port=…)`, `web.run_app(…)`, `app.run(…)`, `listen(…)`."""
    for path, module in modules(project):
        for call in module.calls:
            name = call.callee.rsplit(".", 1)[-1]
            if call.callee == "tornado.options.define" and call.arguments[:1] == ("port",):
                number, variable = port_of(call.keywords.get("default"))
                if number is not None:
                    return project.folder.fact((number, None), path, call.line, f"define('port', default={number})")
            if name in _RUNNERS:
                for value in _values(call, name):
                    number, variable = port_of(value)
                    if number is not None and number > 79:
                        says = f"{call.callee}(port={number})"
                        return project.folder.fact((number, variable), path, call.line, says)
    return _constant(project)


def _constant(project: PythonProject) -> Fact[tuple[int | None, str | None]] | None:
    """A named port in the code: `DEFAULT_PORT = 8083`."""
    for path, module in modules(project):
        for item in module.assignments:
            if item.name in ("PORT", "DEFAULT_PORT", "HTTP_PORT", "SERVER_PORT", "LISTEN_PORT", "WEB_PORT"):
                number, variable = port_of(item.value)
                if number is not None and number > 79:
                    return project.folder.fact((number, variable), path, item.line, f"{item.name} = {number}")
    return None


def _values(call: Call, name: str) -> list[Any]:
    """Possible ports: keywords of that name, then numbers, addresses and variables among the arguments."""
    found = [call.keywords[key] for key in ("port", "server_port") if key in call.keywords]
    if name in _KEYWORD_ONLY:
        return found
    flat = [item for value in call.arguments for item in (value if isinstance(value, list) else [value])]
    found += [item for item in flat if isinstance(item, int | EnvDefault)]
    return found + [item for item in flat if isinstance(item, str) and re.fullmatch(r"\S*:\d{2,5}", item)]


def served_port(project: PythonProject) -> Fact[int] | None:
    """The port at which the code itself would serve an application: `uvicorn.run(app, port=9000)`."""
    for path, module in modules(project):
        for call in module.calls:
            if not call.callee.endswith(_SERVES) or "port" not in call.keywords:
                continue
            value = call.keywords["port"]
            number, _ = port_of(value if is_known(value) else _setting(project))
            if number is not None and number > 79:
                return project.folder.fact(number, path, call.line, f"{call.callee}(port={number})")
    return None


def _setting(project: PythonProject) -> Any:
    """The default of a port in pydantic settings."""
    for _, module in modules(project):
        for item in module.settings:
            if item.field.lower() in ("port", "app_port", "server_port", "http_port", "api_port", "uvicorn_port"):
                return item.default
    return None


def loopback(project: PythonProject, *, by_default: bool = False) -> Evidence | None:
    """A call that only listens on the loopback interface, which nothing outside the container reaches.

    ``by_default``: including the framework's `app.run(…)` without a host.
    """
    for path, module in modules(project):
        for call in module.calls:
            name = call.callee.rsplit(".", 1)[-1]
            host = call.keywords.get("host", call.keywords.get("server_name"))
            if by_default and name == "run" and call.callee.endswith("app.run") and "host" not in call.keywords:
                return project.folder.says(path, call.line, f"{call.callee} without a host")
            if name in _RUNNERS and host in ("127.0.0.1", "localhost", "::1"):
                return project.folder.says(path, call.line, f"{call.callee}(host={host!r})")
    return None


def listens_elsewhere(project: PythonProject) -> bool:
    """Whether a call of the project listens on an address that others reach."""
    return any(
        call.callee.rsplit(".", 1)[-1] in _RUNNERS
        and call.keywords.get("host", "localhost") not in ("127.0.0.1", "localhost", "::1")
        for _, module in modules(project)
        for call in module.calls
    )
