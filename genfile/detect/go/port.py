"""The port of a Go program, and its health route."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.data import Framework
from genfile.detect.go.address import STORES, resolve
from genfile.detect.go.claims import listens
from genfile.detect.go.clients import may_serve
from genfile.detect.go.life import running
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.go.serving import besides, profilers, serves_framework
from genfile.detect.go.settings import configured_port, handed_port, loaded_port
from genfile.detect.go.values import followed, values_of
from genfile.detect.hosting import OTHER_PORTS, HostedPort, example_port, first_whole, hosting
from genfile.evidence import Evidence, Fact, decide
from genfile.parsers.go import GoFile
from genfile.parsers.goindex import GoIndex
from genfile.parsers.values import Call, EnvDefault, FieldRead, port_of

if TYPE_CHECKING:
    from tree_sitter import Node

Sources = list[tuple[str, GoFile]]
HEALTH_PATHS = frozenset(
    """
    /health /healthz /api/health /api/healthz /_health /ping /livez /live /readyz /ready /status
    /health/live /api/v1/health /healthcheck
    """.split()
)
# Words in ports that are not the service's own.
_OTHER_PORTS = (
    "db",
    "postgres",
    "mysql",
    "redis",
    "smtp",
    "mail",
    "metrics",
    "debug",
    "pprof",
    "amqp",
    "kafka",
    "mongo",
    "ldap",
    "grpc",
    "proxy",
    "tls",
    "ssl",
)
_BINDS = ("http.ListenAndServe", "http.ListenAndServeTLS", "net.Listen")
_OPENING = frozenset({"ListenAndServe", "ListenAndServeTLS", "Listen", "Run", "Start"})


class AskedAddress(Struct, frozen=True):
    """``aside``: the calls, by file and line, whose address is not the service's."""

    module: GoModule
    sources: Sources
    framework: Framework | None
    aside: frozenset[tuple[str, int]]


def asked_address(module: GoModule, program: GoProgram, framework: Framework | None) -> AskedAddress:
    """What the signals read: the files that run, and what in them listens for something else; found once."""
    key = ("asked", program.folder, framework.name if framework is not None else "")
    if key not in module.reaches:
        sources = running(module, program, module.sources(program))
        aside = besides(module, program, framework) | (profilers(sources) if framework is not None else frozenset())
        module.reaches[key] = AskedAddress(module, sources, framework, aside)
    found: AskedAddress = module.reaches[key]
    return found


def find_port(module: GoModule, program: GoProgram, framework: Framework | None) -> Fact[HostedPort] | None:
    """The port in production, by the ordered signals below."""
    asked = asked_address(module, program, framework)
    found = first_whole(decide(asked, PORT_SIGNALS), hosting(module.folder))
    if found is None or found.value.variable is None:
        return found
    # What a variable that must be set replaces is never the port: the example of the variables says which one is.
    must = any(item.name == found.value.variable for _, file in asked.sources for item in file.required_names)
    said = _example(asked) if must else None
    return (
        found
        if said is None or said.value.number is None
        else said.but(HostedPort(said.value.number, found.value.variable))
    )


def _listen_call(asked: AskedAddress) -> Fact[HostedPort] | None:
    """ListenAndServe, Run, Listen or Start with an address that can be seen, or an http.Server's Addr."""
    partial: Fact[HostedPort] | None = None
    other: Fact[HostedPort] | None = None
    named: Fact[HostedPort] | None = None
    for path, file in asked.sources:
        found = [
            ("net.Listen" if _is_raw(call) else call.callee, value, call.line)
            for call in file.calls
            if (path, call.line) not in asked.aside
            for value in call.arguments
            if (_is_address(call.callee) if isinstance(value, FieldRead) else listens(call.callee, call.arguments))
        ]
        found += [
            (kind, value, line)
            for kind, key, value, line in file.fields
            if key == "Addr" and may_serve(asked.module, path, file, kind)
        ]
        for name, value, line in found:
            number, variable = port_of(value)
            says = asked.module.folder.says(path, line, f"{name}({_shown(value)})")
            if isinstance(value, FieldRead):
                resolved = resolve(asked.module, asked.sources, path, value)
                if resolved is None or resolved.value.number in OTHER_PORTS | STORES:
                    continue
                if not name.startswith("net.Listen"):
                    return resolved
                # A socket that HTTP may be served on, unless its name says otherwise.
                named = named or (resolved if not _is_apart(path, value.path) else None)
                continue
            # A small lone number is a count, such as a backlog.
            if number in OTHER_PORTS or (isinstance(value, int) and value < 80):
                continue
            if number is not None and name.startswith("net.Listen"):
                # gRPC or a custom protocol: if HTTP is served beside it, HTTP's is the port.
                other = other or Fact(HostedPort(number, variable), (says,))
            elif number is not None:
                return Fact(HostedPort(number, variable), (says,))
            elif variable is not None and partial is None:
                partial = Fact(HostedPort(None, variable), (says,))
    if other is not None and asked.framework is not None and asked.framework.name != "grpc":
        return named or partial
    return other or named or partial


def _is_apart(file: str, name: str) -> bool:
    """Whether a socket is not for the service's users, by the names of its field and file."""
    return _APART.search(name) is not None or "rpc" in file


_APART = re.compile(r"(?i)rpc|telemetry|metric|debug|pprof|admin|health|ssh|smtp|dns")


def _is_raw(call: Call) -> bool:
    """Whether a call opens a socket and names its network: `net.Listen("tcp", …)`, `lc.Listen(ctx, "tcp", …)`."""
    return call.callee.endswith("Listen") and any(
        value in ("tcp", "tcp4", "tcp6", "udp", "unix") for value in call.arguments if isinstance(value, str)
    )


def _bound(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A listener's address: a literal in the call, or followed through variables, functions and fields."""
    fact = _listen_call(asked)
    if fact is not None and None not in (fact.value.number, fact.value.variable):
        return fact
    other = _followed(asked)
    if other is None or (fact is not None and fact.value.number is not None and other.value.variable is None):
        return fact
    return other if fact is None or fact.value.number in (None, other.value.number) else fact


def _followed(asked: AskedAddress) -> Fact[HostedPort] | None:
    values = values_of(asked.module, asked.sources)
    others: list[Fact[HostedPort] | None] = []
    partial: Fact[HostedPort] | None = None
    for path, file in asked.sources:
        for name, node in addresses(asked, path, file, values.index(path)) if _binds(file) else ():
            fact = followed(asked.module, values, path, node, name)
            if fact is not None and fact.value.number is None:
                partial = partial or fact
            elif fact is not None and fact.value.number not in OTHER_PORTS | STORES:
                return fact
            else:
                others.append(fact)
    # The port of another service's kind is this one's where it listens to nothing else.
    return partial or (others[0] if len(others) == 1 else None)


def _binds(file: GoFile) -> bool:
    """Whether anything in a file may open an address."""
    last = {call.callee.rpartition(".")[2] for call in file.calls}
    return bool(last & _OPENING) or any(key == "Addr" for _, key, _, _ in file.fields)


def addresses(asked: AskedAddress, path: str, file: GoFile, index: GoIndex) -> "Iterator[tuple[str, Node]]":
    """The address expressions in a file, those for HTTP first."""
    for kind in ("http.Server", "fasthttp.Server"):
        yield from ((f"{kind}.Addr", node) for node in index.literals(kind, "Addr"))
    raw = []
    for call in index.calls():
        name, given = index.callee(call), index.arguments(call)
        if (path, int(call.start_point[0]) + 1) in asked.aside:
            continue
        if (
            name in _BINDS[:2]
            or name == "fasthttp.ListenAndServe"
            or serves_framework(asked.framework, file, name, tuple(given))
        ):
            yield from ((name, node) for node in given[:1])
        elif name in ("net.Listen", "tls.Listen") and len(given) > 1:
            raw.append((name, given[1]))
    if asked.framework is None or asked.framework.name == "grpc":
        yield from raw


def _is_address(name: str) -> bool:
    """Whether a call, or the struct with this `Addr` field, binds the address."""
    return name in (*_BINDS, "http.Server") or name.rsplit(".", 1)[-1] in ("Run", "Listen", "Start")


def _raw_listener(asked: AskedAddress) -> Fact[HostedPort] | None:
    """net.Listen next to an HTTP framework: without other evidence the framework serves on it."""
    for path, file in asked.sources:
        for call in (call for call in file.calls if call.callee == "net.Listen"):
            number = next((found for value in call.arguments if (found := port_of(value)[0]) is not None), None)
            if number is not None and number not in OTHER_PORTS:
                return asked.module.folder.fact(HostedPort(number), path, call.line, f"net.Listen({number})")
    return None


def _flag(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A flag for the port or the address, with its default."""
    for path, file in asked.sources:
        for call in file.calls:
            name = call.callee.rsplit(".", 1)[-1]
            if name not in (
                "Int",
                "String",
                "IntVar",
                "StringVar",
                "IntP",
                "StringP",
                "IntVarP",
                "StringVarP",
                "Uint",
                "UintVar",
            ):
                continue
            words = [value for value in call.arguments if isinstance(value, str)]
            if any(
                word in ("port", "addr", "address", "listen", "http", "bind", "http-port", "listen-addr", "p")
                for word in words
            ):
                for value in call.arguments:
                    number, _ = port_of(value)
                    if number is not None and number > 79:
                        return asked.module.folder.fact(
                            HostedPort(number), path, call.line, f"flag {words[0]} is {number}"
                        )
    return None


def _environment(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A variable for the port, with its default in the code."""
    partial: Fact[HostedPort] | None = None
    for path, file in asked.sources:
        for call in file.calls:
            values: list[Any] = list(call.arguments)
            if (
                len(values) == 2
                and isinstance(values[0], str)
                and values[0].upper().endswith("PORT")
                and values[0].isupper()
                and not set(values[0].lower().split("_")) & set(_OTHER_PORTS)
            ):
                number, _ = port_of(values[1])
                if number is not None:
                    return asked.module.folder.fact(
                        HostedPort(number, values[0]), path, call.line, f"{values[0]} is {number} by default"
                    )
        for item in file.env_names:
            if item.name in ("PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT", "LISTEN_PORT") and partial is None:
                number = port_of(file.env_defaults.get(item.name))[0]
                partial = asked.module.folder.fact(
                    HostedPort(number, item.name), path, item.line, f"os.Getenv({item.name!r})"
                )
    return partial


def _tag(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A default in the tag of a configuration field: `Port string `env:"HTTP_PORT" env-default:"8080"``."""
    partial: Fact[HostedPort] | None = None
    for path, file in asked.sources:
        for name, tag, line in file.tags:
            label = " ".join((name, tag.get("env", ""), tag.get("envconfig", ""))).lower()
            if ("port" not in label and "addr" not in label) or any(word in label for word in _OTHER_PORTS):
                continue
            variable = (tag.get("env") or tag.get("envconfig") or "").split(",")[0] or None
            default = next((tag[key] for key in ("default", "env-default", "envDefault") if key in tag), None)
            number = port_of(default)[0]
            if number is not None and number not in (443, 8443):
                return asked.module.folder.fact(
                    HostedPort(number, variable), path, line, f"{name} is {number} by default"
                )
            # Of several, the one that is clearly the port.
            if variable and number is None and "port" in label and (partial is None or name == "Port"):
                partial = asked.module.folder.fact(HostedPort(None, variable), path, line, f"{name} is {variable}")
                partial = _literal(asked, name, variable) or partial
    return partial


def _settings(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A configuration file in the tree: `server.port` read by viper, or a key that a struct field matches."""
    return configured_port(asked.module, asked.sources)


def _handed(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A configuration file whose path the code gives to a function of another module."""
    return handed_port(asked.module, asked.sources)


def _literal(asked: AskedAddress, name: str, variable: str) -> Fact[HostedPort] | None:
    """The value that a literal of the configuration gives to a field which a variable sets: `Port: "8080"`."""
    for path, file in asked.sources:
        for kind, key, value, line in file.fields:
            number = port_of(value)[0] if key == name else None
            if number is not None and number not in (443, 8443):
                return asked.module.folder.fact(HostedPort(number, variable), path, line, f"{kind}.{name} is {number}")
    return None


def _example(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A port in .env.example, or in a .env that the program loads."""
    return example_port(asked.module.folder) or loaded_port(asked.module, asked.sources)


def _hosting(asked: AskedAddress) -> Fact[HostedPort] | None:
    """The port in a Dockerfile, a compose file or a host's file."""
    fact = hosting(asked.module.folder).port
    return fact.but(HostedPort(fact.value)) if fact is not None else None


def _unresolved(asked: AskedAddress) -> Fact[HostedPort] | None:
    """A listener's address that can't be resolved: the port is unknown, and not the framework's default."""
    for path, file in asked.sources:
        calls = [(call.callee, call.arguments, call.line) for call in file.calls]
        found = [(name, line) for name, given, line in calls if name in _BINDS and given]
        found += [(name, line) for name, given, line in calls if serves_framework(asked.framework, file, name, given)]
        found += [
            ("http.Server.Addr", line) for kind, key, _, line in file.fields if (kind, key) == ("http.Server", "Addr")
        ]
        if found:
            name, line = min(found, key=lambda item: item[1])
            text = f"{name}: the address is not known from the code"
            usual = asked.framework.port if asked.framework is not None and asked.framework.name == "grpc" else 8080
            return asked.module.folder.guess(
                HostedPort(usual, assumed=True), path, text, "set it with --set port=…", line
            )
    return None


def _framework_default(asked: AskedAddress) -> Fact[HostedPort] | None:
    """The framework's default port."""
    framework = asked.framework
    if framework is None or framework.port is None:
        return None
    name = next((name for name in framework.dependencies if asked.module.requires(name)), framework.dependencies[0])
    says = asked.module.says(name)
    return Fact(
        HostedPort(framework.port, framework.port_variable),
        (Evidence(says.path, says.line, f"{framework.name} default"),),
        guess=True,
        remedy="read the port from PORT, with a default",
    )


PORT_SIGNALS = (
    _bound,
    _environment,
    _flag,
    _settings,
    _tag,
    _raw_listener,
    _handed,
    _hosting,
    _example,
    _unresolved,
    _framework_default,
)


def _shown(value: Any) -> str:
    return f"{value.name} or {value.default}" if isinstance(value, EnvDefault) else str(value)
