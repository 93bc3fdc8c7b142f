"""Calls that listen: their library, and where they take host and port from."""

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.detect.python.reach.values import (
    External,
    Frame,
    Instance,
    Need,
    ProgramOption,
    Text,
    Way,
    settled,
    variable,
)
from genfile.parsers.values import UNKNOWN, EnvDefault, port_of

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Listener(Struct, frozen=True):
    """A call that listens: its role, its address, and what makes it reachable.

    ``told``: the port is not just the library's default.
    """

    role: str
    callee: str
    host: Any
    port: Any
    need: Need
    path: str
    line: int
    told: bool = True
    way: Way = field(default_factory=Way)

    @property
    def beside(self) -> bool:
        """Whether the program continues while it listens: it runs in a thread, or the call returns."""
        return self.way.aside or self.callee.endswith(_COMES_BACK)

    @property
    def number(self) -> int | None:
        return port_of(settled(self.port))[0]

    @property
    def alone(self) -> bool:
        """Whether nothing outside the container reaches it."""
        return settled(self.host) in LOOPBACK


class _Form(Struct, frozen=True):
    """How a callee takes its address: names and positions of host and port; ``address``: the position of both in
    one."""

    names: str
    role: str = "app"
    host: tuple[str, int] = ("host", -1)
    port: tuple[str, int] = ("port", -1)
    address: int = -1
    defaults: tuple[str | EnvDefault | None, int | EnvDefault | None] = (None, None)


# By the end of the callee's name; `()` stands for an instance of a class.
_FORMS = (
    _Form("debugpy.listen ptvsd.enable_attach pydevd_pycharm.settrace", "debugger", address=0),
    _Form("stdio.stdio_server stdio_server", "stdio"),
    _Form("prometheus_client.start_http_server prometheus_client.start_wsgi_server start_metrics_server",
          "metrics", port=("port", 0)),
    _Form("aiosmtpd.controller.Controller smtpd.SMTPServer", "smtp", host=("hostname", 1)),
    _Form("uvicorn.run uvicorn.Config", defaults=("127.0.0.1", 8000)),
    _Form("waitress.serve", defaults=("0.0.0.0", 8080)),
    _Form("hypercorn.asyncio.serve hypercorn.trio.serve granian.Granian", host=("address", -1),
          defaults=("127.0.0.1", 8000)),
    _Form("aiohttp.web.run_app", defaults=("0.0.0.0", 8080)),
    _Form("aiohttp.web.TCPSite", host=("host", 1), port=("port", 2), defaults=("0.0.0.0", 8080)),
    _Form("asyncio.start_server loop().create_server", host=("host", 1), port=("port", 2)),
    _Form("websockets.serve websockets.server.serve websockets.asyncio.server.serve websockets.sync.server.serve",
          "websocket", host=("host", 1), port=("port", 2), defaults=("0.0.0.0", None)),
    _Form("http.server.HTTPServer http.server.ThreadingHTTPServer socketserver.TCPServer "
          "socketserver.ThreadingTCPServer gevent.pywsgi.WSGIServer xmlrpc.server.SimpleXMLRPCServer "
          "cheroot.wsgi.Server eventlet.listen", address=0),
    _Form("wsgiref.simple_server.make_server werkzeug.serving.run_simple", host=("hostname", 0), port=("port", 1)),
    _Form("werkzeug.serving.make_server", host=("host", 0), port=("port", 1)),
    _Form("add_insecure_port add_secure_port", address=0),
    _Form("gradio.launch Blocks().launch Interface().launch ChatInterface().launch TabbedInterface().launch "
          "queue().launch", host=("server_name", -1), port=("server_port", -1),
          defaults=(EnvDefault("GRADIO_SERVER_NAME", "127.0.0.1"), EnvDefault("GRADIO_SERVER_PORT", 7860))),
    _Form("flask.Flask().run apiflask.APIFlask().run",
          host=("host", 0), port=("port", 1), defaults=("127.0.0.1", 5000)),
    _Form("SocketIO().run", host=("host", 1), port=("port", 2), defaults=("127.0.0.1", 5000)),
    _Form("Dash().run Dash().run_server", host=("host", -1), port=("port", -1),
          defaults=(EnvDefault("HOST", "127.0.0.1"), EnvDefault("PORT", 8050))),
    _Form("run_webhook start_webhook", host=("listen", -1), defaults=("127.0.0.1", 80)),
    _Form("panel.serve", host=("address", -1), port=("port", 1), defaults=("0.0.0.0", None)),
    _Form("quart.Quart().run quart.Quart().run_task", host=("host", 0), port=("port", 1), defaults=("127.0.0.1", 5000)),
    _Form("sanic.Sanic().run", host=("host", 0), port=("port", 1), defaults=("127.0.0.1", 8000)),
    _Form("bottle.run bottle.Bottle().run", defaults=("127.0.0.1", 8080)),
    _Form("nicegui.ui.run", defaults=("0.0.0.0", 8080)),
    _Form("robyn.Robyn().start", host=("host", 1), port=("port", 0), defaults=("127.0.0.1", 8080)),
    _Form("tornado.web.Application().listen tornado.httpserver.HTTPServer().listen HTTPServer().bind",
          host=("address", 1), port=("port", 0), defaults=("0.0.0.0", None)),
    _Form("cherrypy.quickstart cherrypy.engine.start", defaults=("127.0.0.1", 8080)),
)  # fmt: skip
_BY_END = {name: form for form in _FORMS for name in form.names.split()}
# Methods of unknown objects that count if they get a host or a port.
_METHODS = ("run", "run_server", "run_app", "serve", "start_server", "launch", "run_async", "run_http_async", "listen")
# Calls that listen and return.
_COMES_BACK = ("TCPSite", "start_server", "create_server", "add_insecure_port", "add_secure_port", "Controller")
_ACCEPTS = ("socket.socket().accept", "socket.socket().recvfrom", "socket.create_server().accept")
_MCP = ("FastMCP().run", "FastMCP().run_async", "Server().run")
# Names near listeners for a login's callback.
_LOGIN = re.compile(r"(?:^|[/_ .])(?:o?auth\w*|login|callback|authorize)(?:$|[/_ .])", re.IGNORECASE)
_ROLES = re.compile(r"metric|prometheus|debug|admin|health|redirect|probe|smtp|telnet", re.IGNORECASE)


def listener(evaluator: "Evaluator", frame: Frame, call: ast.Call, callee: Any) -> Listener | None:
    """What a call listens on; None for any other call."""
    name = callee.name if isinstance(callee, External) else _method(call)
    if name is None:
        return None
    if name.endswith(_MCP) and "fastmcp" in name.lower():
        return _mcp(evaluator, frame, call, name)
    if name.endswith(_ACCEPTS):
        return _accepting(evaluator, frame, call, name)
    form = _form(name)
    keywords = evaluator.keywords(frame, call)
    if form is None:
        if name.rsplit(".", 1)[-1] not in _METHODS or {"host", "port", "server_port"}.isdisjoint(keywords):
            return None
        form = _Form(name)
    host, port = _told(evaluator, frame, call, form)
    role = form.role
    path = f"{frame.module.path} {getattr(frame.function, 'name', '')} {' '.join(frame.need.command)}"
    if role == "app" and (_ROLES.search(f"{_named(port)} {_text_of(call)}") or _LOGIN.search(path)):
        role = "other"
    told = settled(port) != settled(form.defaults[1])
    return Listener(role, name, host, port, frame.need, frame.module.path, call.lineno, told, frame.way)


def _accepting(evaluator: "Evaluator", frame: Frame, call: ast.Call, name: str) -> Listener | None:
    """A plain socket that accepts connections: its address is what the same name was bound to."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    made = evaluator.value(frame, owner) if owner is not None else None
    given = list(made.call.args[:1]) if isinstance(made, Instance) and made.callee.endswith("create_server") else []
    for other in frame.module.parsed.of(ast.Call):
        func = other.func
        if isinstance(func, ast.Attribute) and func.attr == "bind" and owner is not None and other.args:
            given += [other.args[0]] if ast.dump(func.value) == ast.dump(owner) else []
    if not given:
        return None
    host, port = split_address(evaluator.value(frame, given[0]))
    return Listener("app", name, host, port, frame.need, frame.module.path, call.lineno, way=frame.way)


def _method(call: ast.Call) -> str | None:
    return f"?.{call.func.attr}" if isinstance(call.func, ast.Attribute) else None


@lru_cache(maxsize=2_000)
def _form(name: str) -> _Form | None:
    for end, form in _BY_END.items():
        if name == end or name.endswith(f".{end}"):
            return form
    return None


def _told(evaluator: "Evaluator", frame: Frame, call: ast.Call, form: _Form) -> tuple[Any, Any]:
    keywords = evaluator.keywords(frame, call)

    def given(name: str, at: int, default: Any) -> Any:
        if name in keywords:
            return keywords[name]
        if 0 <= at < len(call.args):
            return evaluator.value(frame, call.args[at])
        # A table's value that is only known at run time is not the library's own default.
        return UNKNOWN if "**" in keywords else default

    if form.address >= 0:
        listed = [evaluator.value(frame, item) for item in call.args[form.address : form.address + 1]]
        listed += [keywords[name] for name in ("address", "bind_addr", "server_address") if name in keywords]
        return split_address(listed[0]) if listed else (UNKNOWN, UNKNOWN)
    return given(*form.host, form.defaults[0]), given(*form.port, form.defaults[1])


def split_address(value: Any) -> tuple[Any, Any]:
    """Host and port of `("", 80)`, "0.0.0.0:80", f"[::]:{port}"; a lone number is a port."""
    if isinstance(value, list):
        return (value[0] or "0.0.0.0", value[1]) if len(value) > 1 else (UNKNOWN, UNKNOWN)
    if isinstance(value, str):
        host, sign, port = value.rpartition(":")
        return host if sign else "0.0.0.0", port
    if isinstance(value, Text):
        head, last = value.parts[:-1], value.parts[-1]
        if isinstance(last, str) and ":" in last:
            return value.parts[0], last.rpartition(":")[2]
        text = "".join(str(settled(part)) for part in head).rstrip(":")
        return text or "0.0.0.0", last
    return "0.0.0.0", value


def _named(port: Any) -> str:
    """The names that set a port: its variable, its flag."""
    return f"{variable(port) or ''} {port.flag if isinstance(port, ProgramOption) else ''}"


def _text_of(call: ast.Call) -> str:
    """The names for the port among the arguments: METRICS_PORT, settings.admin_port."""
    nodes = [*call.args, *(item.value for item in call.keywords if item.arg in ("port", "address"))]
    return " ".join(
        inside.id if isinstance(inside, ast.Name) else inside.attr
        for node in nodes
        for inside in ast.walk(node)
        if isinstance(inside, ast.Name | ast.Attribute)
        and "port" in getattr(inside, "id", getattr(inside, "attr", "")).lower()
    )


def _mcp(evaluator: "Evaluator", frame: Frame, call: ast.Call, name: str) -> Listener:
    """An MCP server: on standard input, unless it uses another transport."""
    keywords = evaluator.keywords(frame, call)
    first = evaluator.value(frame, call.args[0]) if call.args else "stdio"
    transport = keywords.get("transport", first)
    need = frame.need
    if isinstance(transport, ProgramOption) and settled(transport) in ("stdio", None, UNKNOWN):
        need, transport = (
            need.also(Need((), ((transport.path, transport.flag, http_choice(transport.choices)),))),
            "http",
        )
    elif variable(transport) and settled(transport) in ("stdio", None, UNKNOWN):
        need, transport = need.also(Need((), (), ((str(variable(transport)), "http"),))), "http"
    made = evaluator.value(frame, call.func.value) if isinstance(call.func, ast.Attribute) else None
    host, port = _told(evaluator, frame, call, _Form(name))
    if isinstance(made, Instance):
        own = {item.arg: item.value for item in made.call.keywords if item.arg}
        host = evaluator.value(made.frame, own["host"]) if host is None and "host" in own else host
        port = evaluator.value(made.frame, own["port"]) if port is None and "port" in own else port
    stdio = settled(transport) == "stdio"
    # If neither says so, FastMCP reads the environment.
    host = EnvDefault("FASTMCP_HOST", "127.0.0.1") if host is None else host
    port = EnvDefault("FASTMCP_PORT", 8000) if port is None else port
    return Listener("stdio" if stdio else "app", name, host, port, need, frame.module.path, call.lineno, way=frame.way)


def http_choice(choices: tuple[str, ...]) -> str:
    """The HTTP transport among an option's choices."""
    for name in ("http", "streamable-http", "streamable_http", "sse"):
        if name in choices:
            return name
    return "http"
