"""JavaScript and TypeScript calls that may register a route, or mount a router under a path."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.jsreach import JsReferences
from genfile.parsers.jsshapes import FUNCTIONS
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from tree_sitter import Node

_METHODS = frozenset("get all use route register routes prefix basePath group".split())
# Methods that return the router itself: `router.routes()` in Koa, `.middleware()` of Express sub-applications.
_SAME = frozenset({"routes", "middleware"})
_COMPUTED = frozenset("identifier template_string binary_expression member_expression subscript_expression".split())
_MAKING = ("call_expression", "new_expression")
_MAX_CHAIN = 60


class JsGiven(Struct, frozen=True):
    """An argument: the name of a router (``called``: of a function that returns one), or a module loaded in place;
    ``text``: the source, truncated."""

    text: str
    name: str | None = None
    called: bool = False
    module: str | None = None


class JsRouted(Struct, frozen=True):
    """`owner.method("/path", a, b, { prefix })`; the name of a parameter ends with its function's position.

    ``computed``: the first argument may be a path, but its value is unknown.
    """

    owner: str
    method: str
    path: str | None
    given: tuple[JsGiven, ...]
    prefix: str | None
    line: int
    computed: bool = False


class JsRoutes(JsReferences):
    """The part of JsModule that understands routers."""

    @cached_property
    def routed(self) -> tuple[JsRouted, ...]:
        """The calls that register a route or mount a router, in order: `app.get(…)`, `app.use(…)`."""
        found: list[JsRouted] = []
        for node in self._all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if callee is None or arguments is None or arguments.type != "arguments":
                continue
            owner, prop = callee.child_by_field_name("object"), callee.child_by_field_name("property")
            if prop is None or owner is None or self._text(prop) not in _METHODS:
                continue
            items = [item for item in arguments.named_children if item.type != "comment"]
            path = self._value(items[0]) if items else None
            path = path.default if isinstance(path, EnvDefault) else path
            path = path if isinstance(path, str) else None
            computed = path is None and len(items) > 1 and items[0].type in _COMPUTED
            given = tuple(self._given_to(item) for item in items[1 if path is not None else 0 :])
            found.append(
                JsRouted(self._owner(owner), self._text(prop), path, given, self._prefix(items), _line(node), computed)
            )
        return tuple(found)

    def made(self, name: str) -> tuple[str, str | None] | None:
        """What creates a variable of the module, or a chain without one: the last word of the callee, and the prefix
        passed to it (None if computed)."""
        node: Node | None = self._chains.get(name) or self._constants.get(name)
        prefix: str | None = ""
        for _ in range(_MAX_CHAIN):
            if node is None or node.type not in _MAKING:
                return None
            callee, inner = self._called(node)
            arguments = node.child_by_field_name("arguments")
            items = arguments.named_children if arguments is not None else []
            if callee is None:
                return None
            if inner is None:
                own = self._prefix(items)
                return self._dotted(callee).rsplit(".", 1)[-1], own or prefix if own is not None else None
            # `new Hono().basePath("/api").get(…)`: the head of the chain creates it.
            if self._dotted(callee).rsplit(".", 1)[-1] == "basePath":
                path = self._value(items[0]) if items else None
                prefix = path if isinstance(path, str) else None
            node = inner
        return None

    def _called(self, node: "Node") -> tuple["Node | None", "Node | None"]:
        """The callee of a call, and the call that it follows in a chain."""
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        inner = callee.child_by_field_name("object") if callee is not None else None
        chained = inner is not None and inner.type in _MAKING and self._required(inner) is None
        return callee, inner if chained else None

    def _owner(self, node: "Node") -> str:
        """The name that a method is called on; for a chain of calls, the variable that holds its result or that it
        starts from, else a name of the chain's own."""
        if node.type == "identifier":
            return self._scoped(node)
        if node.type not in _MAKING:
            return self._dotted(node)
        around, whole = node.parent, node
        while around is not None and around.type in (*_MAKING, "member_expression"):
            whole = around if around.type in _MAKING else whole
            around = around.parent
        name = around.child_by_field_name("name") if around is not None else None
        if around is not None and name is not None and around.type == "variable_declarator":
            return self._text(name)
        for _ in range(_MAX_CHAIN):
            callee, inner = self._called(node)
            if inner is None:
                break
            node = inner
        first = callee.child_by_field_name("object") if callee is not None else None
        if first is not None and first.type == "identifier" and self._text(first) not in self.bindings:
            return self._scoped(first)
        return self._chain(whole)

    def _chain(self, node: "Node") -> str:
        """The name of a chain that no variable holds."""
        name = f"#{node.end_byte}"
        self._chains[name] = node
        return name

    @cached_property
    def _chains(self) -> "dict[str, Node]":
        return {}

    def router_of(self, name: str, called: bool) -> str | None:
        """The router behind a name of the module: the variable itself, or what its function returns or takes."""
        return self._router(self._constants.get(name), name, called)

    def exported_router(self, name: str, called: bool) -> str | None:
        """As router_of, for a name that the module exports."""
        node = self._whole_export() if name in ("default", "*") else self.exports.get(name)
        if node is None and name not in ("default", "*"):
            return self.router_of(name, called) if name in self._constants else None
        if node is not None and node.type == "identifier":
            return self.router_of(self._text(node), called)
        exported = next((key for key, value in self._constants.items() if node is not None and value == node), name)
        return self._router(node, exported, called) if node is not None else None

    def _router(self, node: "Node | None", name: str, called: bool) -> str | None:
        if node is not None and name in ("default", "*") and node.type in _MAKING:
            return self._chain(node)
        if node is None or node.type not in FUNCTIONS:
            return name
        if not called:
            return self._parameter(node)
        body = node.child_by_field_name("body")
        last = body.named_children[-1:] if body is not None else []
        value = last[0].named_children[:1] if last and last[0].type == "return_statement" else []
        return self._text(value[0]) if value and value[0].type == "identifier" else None

    def _given_to(self, node: "Node") -> JsGiven:
        text = self._text(node)[:200]
        if node.type in FUNCTIONS:
            return JsGiven("", self._parameter(node))
        module = self._required(node) if node.type == "call_expression" else None
        if module is not None:
            return JsGiven(text, module=module)
        if node.type == "identifier":
            return JsGiven(text, self._scoped(node))
        if node.type == "await_expression" and node.named_children:
            return self._given_to(node.named_children[0])
        if node.type != "call_expression":
            return JsGiven(text, self._dotted(node) or None)
        callee = node.child_by_field_name("function")
        owner = callee.child_by_field_name("object") if callee is not None else None
        prop = callee.child_by_field_name("property") if callee is not None else None
        if owner is not None and prop is not None and self._text(prop) in _SAME:
            given = self._given_to(owner)
            return JsGiven(text, given.name, given.called, given.module)
        return JsGiven(text, self._dotted(callee) if callee is not None else None, called=True)

    def _prefix(self, items: list["Node"]) -> str | None:
        """The prefix in an options object; empty if there is none, None if it is computed."""
        for item in items:
            for pair in item.named_children if item.type == "object" else ():
                key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if key is not None and value is not None and self._text(key) in ("prefix", "basePath"):
                    found = self._value(value)
                    return found if isinstance(found, str) else None
        return ""

    def _scoped(self, node: "Node") -> str:
        """A name; that of a parameter ends with its function's position."""
        name, around = self._text(node), node.parent
        while around is not None:
            if around.type in FUNCTIONS and name in self._parameters(around):
                return f"{name}@{around.start_byte}"
            around = around.parent
        return name

    def _parameter(self, function: "Node") -> str | None:
        """The first parameter of a function, named as in `_scoped`."""
        names = self._parameters(function)
        return f"{names[0]}@{function.start_byte}" if names else None

    def _parameters(self, function: "Node") -> list[str]:
        single, several = function.child_by_field_name("parameter"), function.child_by_field_name("parameters")
        nodes = [single] if single is not None else several.named_children if several is not None else []
        inner = [item.child_by_field_name("pattern") or item for item in nodes]
        return [self._text(item) for item in inner if item.type == "identifier"]


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1
