"""Where a program on the JVM listens, by its own source."""

from collections.abc import Iterator

from genfile.detect.hosting import Port
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers.jvm import JvmFile, parse_java, parse_kotlin
from genfile.parsers.values import EnvDefault, port_of

MAX_FILES = 80
# Calls that bind an address: Javalin, Spark, Vert.x, Ktor, gRPC, the JDK's own.
LISTENERS = frozenset(
    """
    start port listen embeddedServer forPort ServerSocket InetSocketAddress asServer setPort bindNow httpPort Server
    """.split()
)
_VARIABLES = frozenset({"PORT", "SERVER_PORT", "HTTP_PORT", "APP_PORT"})


def source_port(folder: Project) -> Fact[Port] | None:
    """A literal or a variable in a call that listens; else a variable named PORT with a default."""
    partial: Fact[Port] | None = None
    for path, file in sources(folder):
        for call in file.calls:
            values = [*call.arguments, *(value for key, value in call.keywords.items() if key == "port")]
            listens = call.callee in LISTENERS
            if call.callee == "getOrDefault" and len(values) == 2 and values[0] in _VARIABLES:
                number = port_of(values[1])[0]
                if number is not None:
                    return folder.fact(
                        Port(number, str(values[0])), path, call.line, f"{values[0]} is {number} by default"
                    )
            for value in values if listens else ():
                number, variable = port_of(value)
                if number is not None and number > 79 and isinstance(value, int | EnvDefault):
                    return folder.fact(Port(number, variable), path, call.line, f"{call.callee}({number})")
                if variable is not None and partial is None:
                    partial = folder.fact(Port(None, variable), path, call.line, f"{call.callee}({variable})")
    return partial


def sources(folder: Project) -> Iterator[tuple[str, JvmFile]]:
    """The source files of a module, nearest first; bounded."""
    count = 0
    for base, pattern, parser in (
        ("src/main/java", "*.java", parse_java),
        ("src/main/kotlin", "*.kt", parse_kotlin),
        ("src", "*.kt", parse_kotlin),
    ):
        if not folder.has_folder(base) or (base == "src" and folder.has_folder("src/main")):
            continue
        for name in folder.files(pattern, below=base, depth=10):
            if count >= MAX_FILES:
                return
            count += 1
            parsed = folder.parse(parser, name)
            if parsed is not None:
                yield name, parsed
