"""Where a program on the JVM listens, by its own source."""

import itertools
import posixpath
import re
from collections.abc import Iterator

from genfile.detect.code import parse_code
from genfile.detect.hosting import Port
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers.jvm import JvmFile, parse_java, parse_kotlin
from genfile.parsers.values import EnvDefault, port_of

MAX_FILES = 80
MAX_NAMES = 3000
# Calls that bind an address: Javalin, Spark, Vert.x, Ktor, gRPC, the JDK's own.
LISTENERS = frozenset(
    """
    start port listen embeddedServer forPort ServerSocket InetSocketAddress asServer setPort bindNow httpPort Server
    """.split()
)
_KEY = re.compile(r"(?:(?:web|http|server|rest|api|app)[._-])?port", re.IGNORECASE)
# Where a program is most likely to say where it listens, by the names of its files.
_LIKELY = re.compile(r"Main|App|Server|Config|Settings|Keys|Bootstrap|Launcher|Verticle")
_VARIABLES = frozenset({"PORT", "SERVER_PORT", "HTTP_PORT", "APP_PORT"})


def source_port(folder: Project) -> Fact[Port] | None:
    """A literal or a variable in a call that listens; else a variable named PORT with a default."""
    partial: Fact[Port] | None = None
    named: Fact[Port] | None = None
    for path, file in sources(folder):
        for call in file.calls:
            if named is None and any(isinstance(item, str) and _KEY.fullmatch(item) for item in call.arguments):
                # A configuration's key with its default: `getInt("http.port", 8080)`.
                number = next((item for item in call.arguments if isinstance(item, int) and 79 < item < 65536), None)
                if number is not None:
                    named = folder.fact(Port(number), path, call.line, f"{call.callee}({number})")
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
    return partial or named


def sources(folder: Project) -> Iterator[tuple[str, JvmFile]]:
    """The source files of a module, those with likely names first, then the nearest; bounded."""
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
