"""The port of a JVM program, from its source."""

import itertools
import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.detect.code import parse_code
from genfile.detect.hosting import OTHER_PORTS, HostedPort
from genfile.detect.java.build import Build
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers.jvm import JvmFile, parse_java, parse_kotlin
from genfile.parsers.jvmpaths import JvmPath, JvmPaths
from genfile.parsers.values import EnvDefault, port_of

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_FILES = 80
MAX_NAMES = 3000
# Calls that bind an address: Javalin, Spark, Vert.x, Ktor, gRPC, the JDK's own.
LISTENERS = frozenset(
    """
    start port listen embeddedServer forPort ServerSocket InetSocketAddress asServer setPort bindNow httpPort Server
    """.split()
)
_KEY = re.compile(r"(?:(?:web|http|server|rest|api|app)[._-])?port", re.IGNORECASE)
# Names of the files that most likely say where a program listens.
_LIKELY = re.compile(r"Main|App|Server|Config|Settings|Keys|Bootstrap|Launcher|Verticle")
_LOCAL = frozenset({"0.0.0.0", "127.0.0.1", "localhost", "::"})
_VARIABLES = frozenset({"PORT", "SERVER_PORT", "HTTP_PORT", "APP_PORT"})


def source_port(build: Build) -> Fact[HostedPort] | None:
    """The port in the source: a literal in a call that listens, or the default of a variable such as PORT; one that
    other classes and callers pass; a variable alone; else the default of a configuration key."""
    folder = build.folder
    partial: Fact[HostedPort] | None = None
    named: Fact[HostedPort] | None = None
    for path, file in sources(folder):
        for call in file.calls:
            if named is None and any(isinstance(item, str) and _KEY.fullmatch(item) for item in call.arguments):
                # A configuration key with its default: `getInt("http.port", 8080)`.
                number = next((item for item in call.arguments if isinstance(item, int) and 79 < item < 65536), None)
                if number is not None:
                    named = folder.fact(HostedPort(number), path, call.line, f"{call.callee}({number})")
            values = [*call.arguments, *(value for key, value in call.keywords.items() if key == "port")]
            # An address with a host may be one that the program connects to.
            far = call.callee == "InetSocketAddress" and len(values) > 1 and values[0] not in _LOCAL
            listens = call.callee in LISTENERS and not far
            if call.callee == "getOrDefault" and len(values) == 2 and values[0] in _VARIABLES:
                number = port_of(values[1])[0]
                if number is not None:
                    return folder.fact(
                        HostedPort(number, str(values[0])), path, call.line, f"{values[0]} is {number} by default"
                    )
            for value in values if listens else ():
                number, variable = port_of(value)
                if number is not None and _is_own(number) and isinstance(value, int | EnvDefault):
                    return folder.fact(HostedPort(number, variable), path, call.line, f"{call.callee}({number})")
                if variable is not None and partial is None:
                    partial = folder.fact(HostedPort(None, variable), path, call.line, f"{call.callee}({variable})")
    computed = _computed(build)
    if computed is not None and partial is not None:
        return computed.but(HostedPort(computed.value.number, partial.value.variable))
    return computed or partial or named


def boot_port(build: Build) -> Fact[HostedPort] | None:
    """The port that a Spring Boot program sets in code: as a default that the environment overrides, or for good
    through a JVM property or a server factory.

    https://docs.spring.io/spring-boot/how-to/webserver.html#howto.webserver.change-port
    """
    for path, file in sources(build.folder):
        factory = any("WebServerFactory" in name or "EmbeddedServletContainer" in name for name in file.imports)
        for call in file.calls:
            first, *others = call.arguments or (None,)
            text = others[0] if first == "server.port" and others else None
            if isinstance(first, str) and first.startswith("server.port="):
                text = first.removeprefix("server.port=")
            if factory and call.callee == "setPort":
                text = first
            number = port_of(text)[0] if isinstance(text, int | str) else None
            if number is not None:
                fixed = call.callee in ("setProperty", "setPort")
                says = f"{call.callee} sets server.port to {number}"
                return build.folder.fact(HostedPort(number, None if fixed else "SERVER_PORT"), path, call.line, says)
    return None


def _is_own(number: int) -> bool:
    """Whether a service may listen on a port: not on one of mail, databases and the like."""
    return 79 < number < 65536 and number not in OTHER_PORTS


def _computed(build: Build) -> Fact[HostedPort] | None:
    """A port followed through constants of other classes, callers, properties and URLs."""
    from genfile.detect.java.codepaths import code_of

    folder = build.folder
    for path, _ in sources(folder):
        paths = code_of(build).paths(path) if _LISTENING.search(folder.text(path) or "") else None
        for node in paths.all(*_CALLS) if paths is not None else ():
            name = paths.callee(node) if paths is not None else ""
            if paths is None or name not in _BINDERS or _asks_another(paths, node):
                continue
            for argument in paths.arguments(node):
                found = paths.path(argument)
                number = _number(found) if found is not None else None
                if number is not None:
                    line = int(node.start_point[0]) + 1
                    return folder.fact(HostedPort(number), path, line, f"{name} at {number}")
    return None


def _number(found: JvmPath) -> int | None:
    """The port in a number, or in the URL that a server listens at."""
    match = re.match(r"(?:https?://[\w.\-\[\]:]*?:)?(\d{2,5})(?:/|$)", found.text)
    number = int(match[1]) if match is not None and not found.open else None
    return number if number is not None and _is_own(number) else None


def _asks_another(paths: JvmPaths, node: "Node") -> bool:
    """Whether the program connects to an address: as an argument of `connect` or `Proxy`, or since it is another
    host's."""
    above = node.parent
    while above is not None and above.type in ("argument_list", "value_argument", "value_arguments"):
        above = above.parent
    if above is not None and above.type in _CALLS and paths.callee(above) in ("connect", "Proxy"):
        return True
    arguments = paths.arguments(node)
    host = paths.path(arguments[0]) if len(arguments) > 1 else None
    text = host.text if host is not None else ""
    return "." in text and text not in _LOCAL and "://" not in text


_CALLS = ("method_invocation", "object_creation_expression", "call_expression")
# In addition to LISTENERS: Undertow, Jersey's servers, Netty.
_BINDERS = LISTENERS | {"addHttpListener", "createHttpServer", "createServer", "bind"}
_LISTENING = re.compile(r"\b(?:" + "|".join(sorted(_BINDERS)) + r")\b")


def sources(folder: Project) -> Iterator[tuple[str, JvmFile]]:
    """The parsed source files of a module, those with likely names first, then the nearest; bounded."""
    count = 0
    for base, pattern, parser in (
        ("src/main/java", "*.java", parse_java),
        ("src/main/kotlin", "*.kt", parse_kotlin),
        ("src", "*.kt", parse_kotlin),
    ):
        if not folder.has_folder(base) or (base == "src" and folder.has_folder("src/main")):
            continue
        found = list(itertools.islice(folder.files(pattern, below=base, depth=10), MAX_NAMES))
        for name in sorted(found, key=lambda item: _LIKELY.search(posixpath.basename(item)) is None):
            if count >= MAX_FILES:
                return
            count += 1
            parsed = parse_code(folder, parser, name)
            if parsed is not None:
                yield name, parsed
