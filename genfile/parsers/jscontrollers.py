"""Classes whose decorators register routes, as in Nest, and the options that calls of given names get."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.parsers.jsvalues import JsValues

if TYPE_CHECKING:
    from tree_sitter import Node


class JsDecorator(Struct, frozen=True):
    """`@Name(first, …)`: the name, the first argument's value and text, and its texts by key if it is an object."""

    name: str
    value: Any = None
    text: str = ""
    texts: dict[str, str] = {}


class JsHandler(Struct, frozen=True):
    """A decorated method."""

    decorators: tuple[JsDecorator, ...]
    line: int


class JsController(Struct, frozen=True):
    """A decorated class with its decorated methods."""

    decorators: tuple[JsDecorator, ...]
    handlers: tuple[JsHandler, ...]


class JsControllers(JsValues):
    """The part of JsModule that understands decorators."""

    @cached_property
    def controllers(self) -> tuple[JsController, ...]:
        """The decorated classes of the module's top level, in order."""
        found: list[JsController] = []
        for node in self._root.named_children:
            declared = node.child_by_field_name("declaration") if node.type == "export_statement" else None
            kind = node if declared is None else declared
            body = kind.child_by_field_name("body") if "class" in kind.type else None
            decorators = [*self._decorators(node), *(self._decorators(declared) if declared is not None else ())]
            if body is not None and decorators:
                found.append(JsController(tuple(decorators), tuple(self._handlers(body))))
        return tuple(found)

    def given_to(self, method: str) -> tuple[tuple[int, tuple[JsDecorator, ...]], ...]:
        """What each call of `x.method(…)` gets: its line, and its arguments, each as a decorator's would be."""
        found: list[tuple[int, tuple[JsDecorator, ...]]] = []
        for node in self._all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            prop = callee.child_by_field_name("property") if callee is not None else None
            if prop is not None and arguments is not None and self._text(prop) == method:
                items = (item for item in arguments.named_children if item.type != "comment")
                line = int(node.start_point[0]) + 1
                found.append((line, tuple(self._given_as("", item) for item in items)))
        return tuple(found)

    @cached_property
    def provides_guard(self) -> bool:
        """Whether the module provides a guard for every route, other than one that counts requests: APP_GUARD."""
        for pair in self._all("pair"):
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is None or value is None or self._text(value) != "APP_GUARD" or pair.parent is None:
                continue
            if self._text(key) == "provide" and b"Throttl" not in self._source[pair.end_byte : pair.parent.end_byte]:
                return True
        return False

    def _handlers(self, body: "Node") -> Iterator[JsHandler]:
        waiting: list[JsDecorator] = []
        for child in body.named_children:
            if child.type == "decorator":
                waiting.append(self._decorator(child))
            elif child.type == "method_definition":
                own = [*waiting, *self._decorators(child)]
                if own:
                    yield JsHandler(tuple(own), int(child.start_point[0]) + 1)
                waiting = []
            elif child.type != "comment":
                waiting = []

    def _decorators(self, node: "Node") -> list[JsDecorator]:
        return [self._decorator(child) for child in node.named_children if child.type == "decorator"]

    def _decorator(self, node: "Node") -> JsDecorator:
        inner = node.named_children[0] if node.named_children else node
        callee, arguments = inner.child_by_field_name("function"), inner.child_by_field_name("arguments")
        if callee is None or arguments is None:
            return JsDecorator(self._dotted(inner))
        first = next((item for item in arguments.named_children if item.type != "comment"), None)
        name = self._dotted(callee)
        return self._given_as(name, first) if first is not None else JsDecorator(name)

    def _given_as(self, name: str, node: "Node") -> JsDecorator:
        texts: dict[str, str] = {}
        for pair in node.named_children if node.type == "object" else ():
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                texts[self._string(key) if key.type == "string" else self._text(key)] = self._text(value)[:200]
        return JsDecorator(name, self._value(node), self._text(node)[:200], texts)
