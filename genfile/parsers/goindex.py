"""The functions, variables and calls of a Go file, by name, for following values."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.grammar import Places, in_order

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.go import GoFile

MAX_TEXT = 200
# How many values of one name are followed.
MAX_VALUES = 12
MAX_CALLS = 200


class GoFunction(Struct, frozen=True):
    """A function or method in a file: its name, its parameters in order, its span."""

    name: str
    parameters: tuple[str, ...]
    method: bool
    start: int
    end: int


class GoIndex:
    """A parsed file with its names resolved."""

    def __init__(self, file: "GoFile") -> None:
        self._file, self._source, self._nodes = file, file.source, file.nodes
        self._places: dict[str, Places] = {}
        self._locals: dict[int, tuple[dict[str, list[Node]], dict[str, list[Node]]]] = {}

    def text(self, node: "Node") -> str:
        return self._source[node.start_byte : min(node.end_byte, node.start_byte + MAX_TEXT)].decode("utf-8", "replace")

    def _within_node(self, kind: str, node: "Node") -> list["Node"]:
        if kind not in self._places:
            self._places[kind] = Places(self._nodes(kind))
        return self._places[kind].within(node)

    @cached_property
    def _functions(self) -> list[tuple[GoFunction, "Node"]]:
        found = []
        for kind in ("function_declaration", "method_declaration"):
            for node in self._nodes(kind):
                name, given = node.child_by_field_name("name"), node.child_by_field_name("parameters")
                names = [
                    self.text(item)
                    for part in (given.named_children if given is not None else ())
                    for item in part.children_by_field_name("name")
                ]
                if name is not None:
                    method = kind == "method_declaration"
                    function = GoFunction(self.text(name), tuple(names), method, node.start_byte, node.end_byte)
                    found.append((function, node))
        return sorted(found, key=lambda item: item[0].start)

    @cached_property
    def functions(self) -> dict[str, list[GoFunction]]:
        """The functions and methods by name."""
        found: dict[str, list[GoFunction]] = {}
        for function, _ in self._functions:
            found.setdefault(function.name, []).append(function)
        return found

    def around(self, node: "Node") -> GoFunction | None:
        """The function around a node."""
        at = bisect_right(self._starts, node.start_byte) - 1
        function = self._functions[at][0] if at >= 0 else None
        return function if function is not None and node.start_byte < function.end else None

    @cached_property
    def _starts(self) -> list[int]:
        return [function.start for function, _ in self._functions]

    def _node(self, function: GoFunction) -> "Node":
        return self._functions[bisect_right(self._starts, function.start) - 1][1]

    def returned(self, function: GoFunction) -> list["Node"]:
        """What a function returns first, in order; without functions inside it."""
        node = self._node(function)
        inner = self._within_node("func_literal", node)
        found = []
        for item in self._within_node("return_statement", node):
            if item.named_children and not any(one.start_byte <= item.start_byte < one.end_byte for one in inner):
                values = item.named_children[0]
                found.append(values.named_children[0] if values.type == "expression_list" else values)
        return found[:MAX_VALUES]

    def assigned(self, function: GoFunction, name: str, before: int) -> list["Node"]:
        """What a variable is assigned in a function, in order; of several declarations, the last one before a place."""
        made, set_later = self._within(function)
        declared = [(item.start_byte, value) for item in made.get(name, ()) for value in self._given(item, name)]
        last = max((start for start, _ in declared if start < before), default=None)
        found = [value for start, value in declared if last is None or start == last]
        later = [item for item in set_later.get(name, ()) if item.start_byte > (last or 0)]
        found += [value for item in later for value in self._given(item, name)]
        return found[:MAX_VALUES]

    def _within(self, function: GoFunction) -> tuple[dict[str, list["Node"]], dict[str, list["Node"]]]:
        """A function's statements that declare names, and those that reassign them; by name."""
        if function.start not in self._locals:
            node = self._node(function)
            kinds = ("short_var_declaration", "var_spec", "const_spec")
            made = self._by_name(in_order(item for kind in kinds for item in self._within_node(kind, node)))
            later = self._by_name(self._within_node("assignment_statement", node))
            self._locals[function.start] = made, later
        return self._locals[function.start]

    def _by_name(self, nodes: list["Node"]) -> dict[str, list["Node"]]:
        found: dict[str, list[Node]] = {}
        for node in nodes:
            left = node.child_by_field_name("left")
            names = node.children_by_field_name("name") if left is None else left.named_children
            for name in names:
                listed = found.setdefault(self.text(name), [])
                if len(listed) < MAX_CALLS:
                    listed.append(node)
        return found

    def declared(self, name: str) -> list["Node"]:
        """The values of a package-level constant or variable: its own, and those assigned in the file's functions."""
        found = [value for item in self._declared.get(name, ()) for value in self._given(item, name)]
        if any(item.type == "var_spec" for item in self._declared.get(name, ())):
            found += [value for item in self._assignments.get(name, ()) for value in self._given(item, name)]
        return found[:MAX_VALUES]

    @cached_property
    def _declared(self) -> dict[str, list["Node"]]:
        """Package-level constants and variables, by name."""
        found: dict[str, list[Node]] = {}
        for kind in ("const_spec", "var_spec"):
            for node in self._nodes(kind):
                for name in node.children_by_field_name("name") if self.around(node) is None else ():
                    found.setdefault(self.text(name), []).append(node)
        return found

    @cached_property
    def _assignments(self) -> dict[str, list["Node"]]:
        return self._by_name(self._nodes("assignment_statement"))

    def _given(self, node: "Node", name: str) -> list["Node"]:
        """The value that a statement assigns to a name; in `a, err := f()` the call is the value of a alone."""
        if node.type in ("const_spec", "var_spec"):
            names = [item for item in node.children_by_field_name("name") if item.is_named]
            values = node.child_by_field_name("value")
        else:
            left, values = node.child_by_field_name("left"), node.child_by_field_name("right")
            names = left.named_children if left is not None else []
        place = next((at for at, item in enumerate(names) if self.text(item) == name), None)
        if place is None or values is None:
            return []
        listed = values.named_children
        if len(listed) == 1 and place == 0:
            return [listed[0]]
        return [listed[place]] if place < len(listed) and len(listed) == len(names) else []

    @cached_property
    def calls_by_name(self) -> dict[str, list["Node"]]:
        found: dict[str, list[Node]] = {}
        for node in self._nodes("call_expression"):
            found.setdefault(self.callee(node).rpartition(".")[2], []).append(node)
        return found

    def calls(self) -> list["Node"]:
        return self._nodes("call_expression")

    def callee(self, node: "Node") -> str:
        """The called or read chain of names: `s.cfg.Port`."""
        inner = node.child_by_field_name("function") if node.type == "call_expression" else node
        return self.text(inner).removeprefix("*") if inner is not None else ""

    def arguments(self, node: "Node") -> list["Node"]:
        given = node.child_by_field_name("arguments")
        return [item for item in given.named_children if item.type != "comment"] if given is not None else []

    @cached_property
    def fields(self) -> dict[str, list[tuple[str, "Node"]]]:
        """The values of each field name in literals and assignments, with the literal's type, or the dotted name and a
        dot."""
        found: dict[str, list[tuple[str, Node]]] = {}
        for node in self._nodes("keyed_element"):
            if len(node.named_children) == 2:
                key, value = map(_element, node.named_children)
                literal = node.parent.parent if node.parent is not None else None
                kind = literal.child_by_field_name("type") if literal is not None else None
                found.setdefault(self.text(key), []).append(("" if kind is None else self.text(kind), value))
        for type_, name, value in self._positional():
            found.setdefault(name, []).append((type_, value))
        for node in self._nodes("assignment_statement"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            target = left.named_children[0] if left is not None and left.named_children else None
            if target is not None and target.type == "selector_expression" and right is not None:
                above, _, name = self.text(target).rpartition(".")
                found.setdefault(name, []).append((f"{above}.", right.named_children[0]))
        return found

    def _positional(self) -> Iterator[tuple[str, str, "Node"]]:
        """The values of literals without field names, such as `&Server{port}`, for the file's own structs: the type,
        the field and the value."""
        for node in self._nodes("composite_literal"):
            kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
            if kind is None or body is None:
                continue
            names = tuple(self._file.structs.get(self.text(kind), ()))
            items = [item for item in body.named_children if item.type == "literal_element"]
            if names and len(items) == len(names):
                yield from ((self.text(kind), name, _element(item)) for name, item in zip(names, items, strict=True))

    def literals(self, kind: str, field: str) -> list["Node"]:
        """The values that literals of a type give to a field."""
        found = []
        for node in self._nodes("composite_literal"):
            type_, body = node.child_by_field_name("type"), node.child_by_field_name("body")
            if type_ is None or body is None or self.text(type_) != kind:
                continue
            for item in body.named_children:
                if item.type == "keyed_element" and len(item.named_children) == 2:
                    key, value = item.named_children
                    if self.text(key) == field:
                        found.append(_element(value))
        return found


def _element(node: "Node") -> "Node":
    return node.named_children[0] if node.type == "literal_element" and node.named_children else node
