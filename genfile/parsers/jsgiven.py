"""Ports that callers pass to JavaScript functions: `start(app, { port: 3000 })`."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.parsers.jsreach import NameReference
from genfile.parsers.jsstart import FUNCTIONS
from genfile.parsers.jsvalues import NUMBER_CALLS, WRAPPERS
from genfile.parsers.values import UNKNOWN

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

MAX_DEPTH = 16
MAX_PORTS = 50


class Parameter(Struct, frozen=True):
    """A parameter: the name of its function in ModuleFlow, the argument's index, the property path below it, the
    default."""

    function: str
    index: int
    names: tuple[str, ...]
    default: Any = UNKNOWN


class Passed(Struct, frozen=True):
    """What a call passes on: a value, otherwise a reference, or the caller's own parameter."""

    line: int
    value: Any
    reference: NameReference | None
    parameter: Parameter | None


class ModuleParameters:
    """The parameters that a module's functions use as ports, and the arguments its calls pass."""

    def __init__(self, module: "JsModule") -> None:
        self.module = module

    @cached_property
    def ports(self) -> dict[tuple[str, int], Parameter]:
        """The parameters that reach `listen` and the like, keyed by the callee and line of that call."""
        found: dict[tuple[str, int], Parameter] = {}
        for callee, line, node in self.module.ports_given[:MAX_PORTS]:
            parameter = self._parameter(node, (), 0)
            if parameter is not None:
                found.setdefault((callee, line), parameter)
        return found

    def passed(self, call: "Node", parameter: Parameter) -> Passed | None:
        """The argument that a call passes for a parameter; None if it is missing or behind a spread."""
        arguments = call.child_by_field_name("arguments")
        items = [item for item in arguments.named_children if item.type != "comment"] if arguments is not None else []
        if len(items) <= parameter.index or any(item.type == "spread_element" for item in items[: parameter.index + 1]):
            return None
        node, names = self._below(items[parameter.index], parameter.names)
        reference = self.module._refers(node) if node.type != "object" else None
        if reference is not None and names:
            reference = replace(reference, names=(*reference.names, *names)) if reference.key is None else None
        value = UNKNOWN if names else self.module._value(node)
        return Passed(call.start_point[0] + 1, value, reference, self._parameter(node, names, 0))

    def _below(self, node: "Node", names: tuple[str, ...]) -> tuple["Node", tuple[str, ...]]:
        """Follow a property path as far as it is written out; return the node it reaches and the names left over."""
        for _ in range(MAX_DEPTH):
            target: Node | None = None
            if node.type in WRAPPERS and node.named_children:
                target = node.named_children[0]
            elif node.type == "identifier" and names:
                target = self.module._constants.get(self.module._text(node))
            elif node.type == "object" and names:
                target, names = self._entry(node, names[0]), names[1:]
            if target is None:
                break
            node = target
        return node, names

    def _entry(self, node: "Node", name: str) -> "Node | None":
        for child in node.named_children:
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None and self.module._key(key) == name:
                return value
            if child.type == "shorthand_property_identifier" and self.module._text(child) == name:
                return child
        return None

    def _parameter(self, node: "Node", names: tuple[str, ...], depth: int) -> Parameter | None:
        """The parameter that an expression, or a property path below it, comes from."""
        if depth > MAX_DEPTH:
            return None
        kind, first = node.type, node.named_children[0] if node.named_children else None
        if kind in ("identifier", "shorthand_property_identifier"):
            return self._by_name(node, self.module._text(node), names, depth)
        if kind == "member_expression":
            return self._by_member(node, names, depth)
        if kind == "binary_expression":
            return self._with_default(node, names, depth)
        if kind == "object" and names:
            entry = self._entry(node, names[0])
            return self._parameter(entry, names[1:], depth + 1) if entry is not None else None
        if kind == "call_expression":
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            known = callee is not None and self.module._dotted(callee) in NUMBER_CALLS
            first = (
                arguments.named_children[0] if known and arguments is not None and arguments.named_children else None
            )
        elif kind not in WRAPPERS and kind != "unary_expression":
            return None
        return self._parameter(first, names, depth + 1) if first is not None else None

    def _with_default(self, node: "Node", names: tuple[str, ...], depth: int) -> Parameter | None:
        """`options.port || 3000`, `process.env.PORT ?? port`."""
        left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
        if left is None or right is None or operator is None or self.module._text(operator) not in ("||", "??"):
            return None
        found = self._parameter(left, names, depth + 1)
        if found is None:
            return self._parameter(right, names, depth + 1)
        return replace(found, default=self.module._value(right))

    def _by_member(self, node: "Node", names: tuple[str, ...], depth: int) -> Parameter | None:
        owner, prop = node.child_by_field_name("object"), node.child_by_field_name("property")
        if owner is None or prop is None:
            return None
        name = self.module._text(prop)
        if owner.type != "this":
            return self._parameter(owner, (name, *names), depth + 1)
        own = self.module._of_this.get(name)
        if own is not None:
            return self._parameter(own, names, depth + 1)
        return self._declared(node, name, names)

    def _declared(self, node: "Node", name: str, names: tuple[str, ...]) -> Parameter | None:
        """The constructor parameter behind a field of the class: `constructor(private readonly port: number)`."""
        above = node.parent
        while above is not None and above.type != "class_body":
            above = above.parent
        for child in above.named_children if above is not None else ():
            called = child.child_by_field_name("name")
            if child.type == "method_definition" and called is not None and self.module._text(called) == "constructor":
                return self._of_function(child, name, names)
        return None

    def _by_name(self, node: "Node", name: str, names: tuple[str, ...], depth: int) -> Parameter | None:
        around = node.parent
        while around is not None:
            if around.type in FUNCTIONS:
                found = self._of_function(around, name, names)
                if found is not None:
                    return found
            around = around.parent
        if name in self.module._destructured:
            value, key = self.module._destructured[name]
            return self._parameter(value, (key, *names), depth + 1)
        target = self.module._constants.get(name)
        return self._parameter(target, names, depth + 1) if target is not None and target != node else None

    def _of_function(self, function: "Node", name: str, names: tuple[str, ...]) -> Parameter | None:
        """The parameter of a function that binds this name, directly or by destructuring."""
        alone, listed = function.child_by_field_name("parameter"), function.child_by_field_name("parameters")
        items = [alone] if alone is not None else listed.named_children if listed is not None else []
        called = self.module.flow.name_of(function)
        for index, item in enumerate(each for each in items if each.type != "comment"):
            pattern = item.child_by_field_name("pattern") or item.child_by_field_name("left") or item
            value = item.child_by_field_name("value") or item.child_by_field_name("right")
            for local, below, default in self._taken_apart(pattern):
                if local == name and called is not None:
                    given = default if below else value
                    known = self.module._value(given) if given is not None else UNKNOWN
                    return Parameter(called, index, (*below, *names), known if not names else UNKNOWN)
        return None

    def _taken_apart(self, pattern: "Node") -> Iterator[tuple[str, tuple[str, ...], "Node | None"]]:
        """The local names that a parameter binds, each with its property path and default."""
        if pattern.type == "identifier":
            yield self.module._text(pattern), (), None
        for local, key in self.module._pattern(pattern):
            yield local, (key,), None
        for child in pattern.named_children if pattern.type == "object_pattern" else ():
            left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
            if child.type == "object_assignment_pattern" and left is not None:
                yield self.module._text(left), (self.module._text(left),), right
