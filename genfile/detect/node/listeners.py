"""Every listener of a program: what it is for, and the port that reaches it."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from genfile.detect.hosting import HostedPort
from genfile.detect.node.handed import handed
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.reach import Sources, reached, schema_default
from genfile.evidence import Evidence, Fact
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsreach import NameReference
from genfile.parsers.values import Call, EnvDefault, port_of

CALLS = frozenset("listen serve createServer startStandaloneServer Server WebSocketServer server Elysia".split())
# Packages whose export listens on the port that it is called with.
_CALLED = frozenset({"socket.io"})
# Words for listeners beside the service's own, in the variable, owner, key or file name.
ROLES = {
    "metrics": re.compile(r"(?i)metric|prometheus|telemetry"),
    "admin": re.compile(r"(?i)(?<![a-z])(admin|management|internal|dashboard|arena|bull)"),
    "debugger": re.compile(r"(?i)debug|inspect"),
    "health": re.compile(r"(?i)health|probe|liveness|readiness"),
    "mail": re.compile(r"(?i)smtp|mail"),
    "mock": re.compile(r"(?i)mock|fake|stub"),
}

_SOCKETS = "web sockets"


class NodeListener(Struct, frozen=True):
    """A call that listens; its role is `app` unless its names say otherwise, or it serves web sockets alone."""

    role: str
    port: Fact[HostedPort]


def main_listener(found: list[NodeListener]) -> Fact[HostedPort] | None:
    """The service's own listener: the first with a known port, else with a known variable; another role's if there is
    none, one for web sockets first."""
    roles = [[item.port for item in found if item.role == role] for role in ("app", _SOCKETS)]
    candidates = next((ports for ports in roles if ports), [item.port for item in found])
    known = (port for port in candidates if port.value.number is not None)
    return next(known, candidates[0] if candidates else None)


def listeners(project: NodeProject, sources: Sources) -> Iterator[NodeListener]:
    """The listeners in the modules of a program, nearest to the start first."""
    for name, module in sources:
        named = {(callee, line): reference for callee, reference, line in module.given}
        for call in (*module.calls, *_called_packages(module)):
            reference = named.get((call.callee, call.line))
            fact = _of_call(project, sources, name, call, reference)
            if fact is not None:
                role = _role(name, call, reference, fact)
                alone = role == "app" and module.bindings.get(call.callee.split(".")[0], ("", ""))[0] == "ws"
                yield NodeListener(_SOCKETS if alone else role, fact)
        exported = module.default_export
        if isinstance(exported, dict) and "fetch" in exported and "port" in exported:
            number, variable = port_of(exported["port"])
            if number is not None:
                fact = project.folder.fact(HostedPort(number, variable), name, None, "port of the default export")
                yield NodeListener("app", fact)


def _called_packages(module: JsModule) -> Iterator[Call]:
    """The calls of a package's export that listens, under the package's name."""
    yield from (call for name, call in module.required_calls if name in _CALLED)
    for call in module.calls:
        name = module.bindings.get(call.callee, ("", ""))[0]
        if name in _CALLED and call.callee not in CALLS:
            yield Call(name, call.arguments, call.keywords, call.line)


def _of_call(
    project: NodeProject, sources: Sources, name: str, call: Call, reference: NameReference | None
) -> Fact[HostedPort] | None:
    last = call.callee.rsplit(".", 1)[-1]
    if last == "set" and call.arguments[:1] == ("port",) and len(call.arguments) > 1:
        number, variable = port_of(call.arguments[1])
        says = project.folder.says(name, call.line, f"{call.callee}('port', {shown(call.arguments[1])})")
        known = Fact(HostedPort(number, variable), (says,)) if number is not None else None
        known = known or _handed(project, sources, name, call)
        return known or (reached(project, sources, name, reference) if reference is not None else None)
    if last not in CALLS and call.callee not in _CALLED:
        return None
    given = call.arguments[0] if call.arguments else None
    if call.callee == "Bun.serve" and isinstance(given, dict) and "port" not in given:
        # Bun's own default.
        return project.folder.fact(HostedPort(3000, "PORT"), name, call.line, "Bun.serve without a port")
    values = [_port_in(value) for value in call.arguments[:2]]
    first = values[0] if values else None
    settled = isinstance(first, EnvDefault) and first.default is not None
    if not settled:
        far = _handed(project, sources, name, call)
        far = far or (reached(project, sources, name, reference) if reference is not None else None)
        if far is not None and isinstance(first, EnvDefault):
            return far.but(HostedPort(far.value.number, first.name))
        if far is not None:
            known = schema_default(project, sources, far.value.variable) if far.value.number is None else None
            return known or far
    for value in values:
        says = project.folder.says(name, call.line, f"{call.callee}({shown(value)})")
        fact = _of_value(project, sources, value, says)
        if fact is not None:
            return fact
    return None


def _handed(project: NodeProject, sources: Sources, name: str, call: Call) -> Fact[HostedPort] | None:
    """The port that the function around a call is given."""
    module = dict(sources).get(name)
    parameter = module.parameters.ports.get((call.callee, call.line)) if module is not None else None
    return handed(project, sources, name, parameter) if parameter is not None else None


def _port_in(value: Any) -> Any:
    """The port of `{ port }` or `{ listen: { port } }`; any other value unchanged."""
    if not isinstance(value, dict):
        return value
    inner = value.get("listen")
    return value.get("port", inner.get("port") if isinstance(inner, dict) else None)


def _of_value(project: NodeProject, sources: Sources, value: Any, says: Evidence) -> Fact[HostedPort] | None:
    number, variable = port_of(value)
    if number is not None:
        return Fact(HostedPort(number, variable), (says,))
    if isinstance(value, EnvDefault):
        return schema_default(project, sources, value.name) or Fact(HostedPort(None, value.name), (says,))
    return None


def _role(name: str, call: Call, reference: NameReference | None, fact: Fact[HostedPort]) -> str:
    words = [call.callee, fact.value.variable or "", posixpath.basename(name)]
    if reference is not None:
        words += [*reference.names, reference.key or ""]
    return next((role for role, pattern in ROLES.items() if any(pattern.search(word) for word in words)), "app")


def shown(value: object) -> str:
    if isinstance(value, EnvDefault):
        tail = f" || {shown(value.default)}" if value.default is not None else ""
        return f"process.env.{value.name}{tail}"
    return str(value)
