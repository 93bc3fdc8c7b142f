"""Where a module of JavaScript writes files, as far as its text says so."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.jsloads import JsLoads

if TYPE_CHECKING:
    from tree_sitter import Node

_MAKE_FOLDER = frozenset("mkdir mkdirSync mkdirp ensureDir ensureDirSync".split())
_WRITE_FILE = frozenset(
    "createWriteStream writeFile writeFileSync appendFile appendFileSync outputFile outputFileSync".split()
)
# What takes an object, and which of its keys is a folder, or a file in one: loggers, uploads.
_KEYS = {
    "File": ("dirname", "filename"),
    "DailyRotateFile": ("dirname", "filename"),
    "multer": ("dest", None),
    "diskStorage": ("destination", None),
}
_JOIN = frozenset({"path.join", "path.resolve", "join", "resolve"})
MAX_DEPTH = 6
# Of a function that says where an upload goes.
MAX_NODES = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A path, relative to the module's own folder (``beside``) or to where the program is started."""

    path: str
    beside: bool = False


class JsWrites(JsLoads):
    @cached_property
    def writes(self) -> tuple[tuple[Place, int], ...]:
        """The folders that it makes or writes files to, with lines; none whose path comes from what is unknown."""
        found: list[tuple[Place, int]] = []
        for node in self._all("call_expression", "new_expression"):
            callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            arguments = node.child_by_field_name("arguments")
            first = arguments.named_children[:1] if arguments is not None else []
            if callee is None or not first:
                continue
            name = self._dotted(callee).rpartition(".")[2]
            place = self._written(name, first[0])
            if place is not None:
                found.append((place, node.start_point[0] + 1))
        return tuple(found)

    def _written(self, name: str, first: "Node") -> Place | None:
        if name in _MAKE_FOLDER:
            return self._place(first)
        if name in _WRITE_FILE:
            return _folder_of(self._place(first))
        folder, file = _KEYS.get(name, (None, None))
        place = self._place(self._entry(first, folder)) if folder else None
        return place or (_folder_of(self._place(self._entry(first, file))) if file else None)

    def _entry(self, node: "Node", key: str) -> "Node | None":
        """The value of a key in an object; of a function, what it hands to its callback: `cb(null, "uploads")`."""
        for pair in node.named_children if node.type == "object" else ():
            name = pair.child_by_field_name("key") or pair.child_by_field_name("name")
            if name is None or self._text(name).strip("'\"") != key:
                continue
            value = pair.child_by_field_name("value") or pair
            if value.type not in ("arrow_function", "function_expression", "method_definition"):
                return value
            return next(self._handed_on(value), None)
        return None

    def _handed_on(self, function: "Node") -> Iterator["Node"]:
        waiting, seen = [function], 0
        while waiting and seen < MAX_NODES:
            node, seen = waiting.pop(), seen + 1
            arguments = node.child_by_field_name("arguments")
            items = arguments.named_children if arguments is not None else []
            if node.type == "call_expression" and len(items) == 2 and items[0].type == "null":
                yield items[1]
            waiting += reversed(node.named_children[:MAX_NODES])

    def _place(self, node: "Node | None", depth: int = 0) -> Place | None:
        if node is None or depth > MAX_DEPTH:
            return None
        if node.type == "string":
            return _known(self._string(node))
        if node.type == "identifier":
            return Place(".", beside=True) if self._text(node) == "__dirname" else self._named(node, depth)
        if node.type == "binary_expression":
            return self._joined([node.child_by_field_name("left"), node.child_by_field_name("right")], depth)
        if node.type == "call_expression":
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            name = self._dotted(callee) if callee is not None else ""
            if name == "process.cwd":
                return Place(".")
            if name in _JOIN and arguments is not None:
                return self._joined(list(arguments.named_children), depth)
        return None

    def _named(self, node: "Node", depth: int) -> Place | None:
        return self._place(self._constants.get(self._text(node)), depth + 1)

    def _joined(self, parts: "list[Node | None]", depth: int) -> Place | None:
        """Parts after the first have to be written out: of another base nobody knows where it leads."""
        first = self._place(parts[0], depth + 1) if parts else None
        if first is None or any(part is None or part.type != "string" for part in parts[1:]):
            return None
        rest = "/".join(self._string(part) for part in parts[1:] if part is not None)
        return _known(f"{first.path}/{rest}", beside=first.beside)


def _known(path: str, *, beside: bool = False) -> Place | None:
    return Place(posixpath.normpath(path), beside) if path and not path.startswith(("/", "~")) else None


def _folder_of(place: Place | None) -> Place | None:
    return Place(posixpath.dirname(place.path) or ".", place.beside) if place is not None else None
