"""Paths that a Go program takes from its own source file: `runtime.Caller(0)`.

Source: pkg.go.dev/runtime#Caller; the file name is the one that the compiler had, or the import path with -trimpath.
"""

import posixpath
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.go import GoFile

_FOLDERS = frozenset({"filepath.Dir", "path.Dir"})
_JOINS = frozenset({"filepath.Join", "path.Join"})
_SAME = frozenset({"filepath.Clean", "path.Clean", "filepath.ToSlash", "filepath.FromSlash"})
_ASSIGNMENTS = ("var_spec", "short_var_declaration", "assignment_statement")
_MAX_DEPTH = 20


class BesideSource(Struct):
    """What a file finds by its own place: the paths with their lines, as its own path is given; ``line``: where it asks
    for its folder, None if it does not; ``unknown``: it joins that with what is not known."""

    named: list[tuple[str, int]] = field(default_factory=list)
    line: int | None = None
    unknown: bool = False


def beside_source(file: "GoFile", path: str) -> BesideSource:
    """The paths that a file makes of the folder of its own source. ``path``: the file's, which they start at."""
    found = BesideSource()
    if "runtime" not in file.imports:
        return found
    reader = _Reader(file, path)
    for node in sorted(file.nodes(*_ASSIGNMENTS), key=lambda node: node.start_byte):
        reader.assign(node)
    for node in file.nodes("call_expression"):
        if reader.index.callee(node) in _FOLDERS and reader.value(node) is not None and found.line is None:
            found.line = int(node.start_point[0]) + 1
    for node in file.nodes("call_expression"):
        for item in reader.index.arguments(node):
            reader.value(item)
    found.named = list(dict.fromkeys(reader.named)) if found.line is not None else []
    found.unknown = reader.unknown
    return found


class _Reader:
    def __init__(self, file: "GoFile", path: str) -> None:
        self.index = file.index
        self.named: list[tuple[str, int]] = []
        self._path = path
        self._known: dict[str, str] = {}
        self.unknown = False

    def assign(self, node: "Node") -> None:
        """Take what a variable is set to."""
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right") or node.child_by_field_name("value")
        names = left.named_children if left is not None else node.children_by_field_name("name")
        values = right.named_children if right is not None else []
        call = values[0] if len(values) == 1 else None
        if call is not None and call.type == "call_expression" and self.index.callee(call) == "runtime.Caller":
            if [self.index.text(item) for item in self.index.arguments(call)] == ["0"] and len(names) > 1:
                self._known[self.index.text(names[1])] = self._path
        elif len(names) == len(values):
            for name, value in zip(names, values, strict=True):
                path = self.value(value)
                if path is not None:
                    self._known[self.index.text(name)] = path

    def value(self, node: "Node", depth: int = 0) -> str | None:
        """The path that an expression makes of the file's own; None for anything else."""
        if depth > _MAX_DEPTH:
            return None
        if node.type == "identifier":
            return self._known.get(self.index.text(node))
        if node.type == "binary_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            base = self.value(left, depth + 1) if left is not None else None
            return self._below(node, base, [right] if right is not None else [], "")
        if node.type != "call_expression":
            return None
        name, arguments = self.index.callee(node), self.index.arguments(node)
        base = self.value(arguments[0], depth + 1) if arguments else None
        if name in _FOLDERS and base is not None:
            return posixpath.dirname(base)
        if name in _JOINS:
            return self._below(node, base, arguments[1:], "/")
        return base if name in _SAME else None

    def _below(self, node: "Node", base: str | None, parts: list["Node"], sign: str) -> str | None:
        texts = [self._literal(item) for item in parts]
        known = [text for text in texts if text is not None]
        if base is None or not texts:
            return None
        if len(known) < len(texts):
            self.unknown = True
            return None
        path = posixpath.normpath(sign.join([base, *known]) if base else sign.join(known).lstrip("/"))
        if path == ".":
            return ""
        self.named.append((path, int(node.start_point[0]) + 1))
        return path

    def _literal(self, node: "Node") -> str | None:
        quoted = node.type in ("interpreted_string_literal", "raw_string_literal")
        return self.index.text(node)[1:-1] if quoted else None
