"""Where Java and Kotlin code writes: folders it creates, files it opens for writing, and its embedded databases."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.jvmpaths import JvmPath, JvmPaths

if TYPE_CHECKING:
    from tree_sitter import Node

# A file without any of these words has no known write, so it is not parsed.
WRITES = re.compile(
    r"\b(?:Files\s*\.\s*(?:create|copy|move|write|new(?:Buffered|Output))|mkdirs?\b|transferTo|FileOutputStream|"
    r"FileWriter|PrintWriter|PrintStream|RandomAccessFile|createNewFile|FileHandler|ImageIO|FileUtils|"
    r"(?:write|append)(?:Text|Bytes)|outputStream|(?:buffered|print)Writer|copyTo|jdbc:(?:sqlite|h2|hsqldb|derby))"
)
# Static methods: the index of the argument they write to, and whether that is a folder.
_OF_CLASS: dict[tuple[str, str], tuple[int, bool]] = {
    ("Files", "createDirectories"): (0, True),
    ("Files", "createDirectory"): (0, True),
    ("Files", "createFile"): (0, False),
    ("Files", "write"): (0, False),
    ("Files", "writeString"): (0, False),
    ("Files", "newBufferedWriter"): (0, False),
    ("Files", "newOutputStream"): (0, False),
    ("Files", "copy"): (1, False),
    ("Files", "move"): (1, False),
    ("ImageIO", "write"): (2, False),
    ("FileUtils", "forceMkdir"): (0, True),
    ("FileUtils", "copyInputStreamToFile"): (1, False),
    ("FileUtils", "writeByteArrayToFile"): (0, False),
    ("FileUtils", "writeStringToFile"): (0, False),
}
# Classes whose instance is a file open for writing.
_MADE = frozenset({"FileOutputStream", "FileWriter", "PrintWriter", "PrintStream", "FileHandler", "RandomAccessFile"})
# Methods of a file, in Java and in Kotlin's standard library.
_FOLDERS = frozenset({"mkdirs", "mkdir", "createDirectories"})
_FILES = frozenset(
    "createNewFile writeText writeBytes appendText appendBytes outputStream bufferedWriter printWriter".split()
)
_DATABASE = re.compile(r"jdbc:(sqlite|h2|hsqldb|derby):(.*)", re.DOTALL)


class JvmWritten(Struct, frozen=True):
    """A folder that the code writes to, as text; ``database``: it holds a database; ``web``: it is below the web
    application's folder."""

    folder: str
    line: int
    database: bool = False
    web: bool = False


def written(paths: JvmPaths) -> list[JvmWritten]:
    """The folders that a file's code writes to, in source order, as far as they are known."""
    found: list[JvmWritten] = []
    for node in paths.all("method_invocation", "object_creation_expression", "call_expression"):
        target = _target(paths, node)
        if target is None:
            continue
        path = paths.path(target[0])
        # The working directory followed by text without a leading slash is a sibling, not a folder below it.
        if path is not None and not (path.open and path.text == "."):
            folder = path.folder if target[1] else path.parent
            found.append(JvmWritten(folder, int(node.start_point[0]) + 1, web=path.web))
    for node in paths.nodes.get("string_literal", ()):
        if "jdbc:" in paths.text(node):
            whole = node
            while whole.parent is not None and whole.parent.type in ("binary_expression", "additive_expression"):
                whole = whole.parent
            found += _database(paths.path(whole), int(node.start_point[0]) + 1)
    return found


def _target(paths: JvmPaths, node: "Node") -> "tuple[Node, bool] | None":
    """The node that a call writes to, and whether it is a folder."""
    name, arguments, owner = paths.callee(node), paths.arguments(node), paths.called_on(node)
    on = paths.text(owner).rsplit(".", 1)[-1] if owner is not None and owner.end_byte - owner.start_byte < 60 else ""
    static = _OF_CLASS.get((on, name))
    if static is not None:
        at, folder = static
        return (arguments[at], folder) if len(arguments) > at else None
    if name in _MADE and owner is None:
        reads = name == "RandomAccessFile" and (len(arguments) < 2 or "w" not in paths.text(arguments[1]))
        return (arguments[0], False) if arguments and not reads else None
    if owner is None:
        return None
    if name in _FOLDERS:
        return owner, True
    if name in _FILES:
        return owner, False
    # A channel's `transferTo` takes a position first.
    if (name == "transferTo" and len(arguments) == 1) or (name == "copyTo" and arguments):
        return arguments[0], False
    return None


def _database(path: JvmPath | None, line: int) -> list[JvmWritten]:
    folder = database_folder(path.text, path.open) if path is not None else None
    return [JvmWritten(folder, line, database=True)] if folder is not None else []


def database_folder(url: str, begun: bool = False) -> str | None:
    """The folder of an embedded database's file, from its URL; None for a database in memory, on a server or in the
    user's home. ``begun``: only the beginning of the URL is known.

    https://www.h2database.com/html/features.html#database_url, https://github.com/xerial/sqlite-jdbc#usage,
    https://hsqldb.org/doc/2.0/guide/running-chapt.html, https://db.apache.org/derby/docs/10.16/devguide/.
    """
    match = _DATABASE.fullmatch(url.strip())
    if match is None:
        return None
    kind, rest = match[1], re.split(r"[;?]", match[2])[0]
    if rest.startswith("file:"):
        rest = rest.removeprefix("file:")
    elif kind == "hsqldb" or rest.startswith(
        (":", "mem:", "tcp:", "ssl:", "nio:", "zip:", "memory:", "//", "resource:")
    ):
        return None
    if kind == "sqlite" and (not rest or rest.startswith(":")):
        return None
    if begun and "/" not in rest:
        return None
    return rest.rpartition("/")[0] or ("/" if rest.startswith("/") else ".")
