"""Paths that a JavaScript server of its own answers: it compares the path of a request, without a router."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.jsroutes import JsRoutes
from genfile.parsers.jsshapes import FUNCTIONS

if TYPE_CHECKING:
    from tree_sitter import Node

_EQUAL = frozenset({"===", "=="})
_PATHS = frozenset({"url", "pathname"})
_AROUND = ("call_expression", "subscript_expression", "non_null_expression", "parenthesized_expression")
# The address bar of a browser, or a router in one.
_BROWSER = frozenset({"location", "window", "router", "route"})
_MAX_DEPTH = 8
_MAX_NODES = 2_000


class JsAnswers(JsRoutes):
    """The part of JsModule that understands servers without a router."""

    @cached_property
    def left_out(self) -> frozenset[int]:
        """The lines that a condition on NODE_ENV leaves out in production."""
        lines: set[int] = set()
        for node in self._all("if_statement"):
            condition = node.child_by_field_name("condition")
            if condition is None or "NODE_ENV" not in self._text(condition):
                continue
            value = self._value(condition)
            branch = "consequence" if value is False else "alternative" if value is True else None
            body = node.child_by_field_name(branch) if branch is not None else None
            lines.update(range(body.start_point[0] + 1, body.end_point[0] + 2) if body is not None else ())
        return frozenset(lines)

    @cached_property
    def answered(self) -> tuple[tuple[str, int], ...]:
        """The paths, each with its line, that the module compares a request's path with in order to answer it:
        `if (req.url === "/health") res.end()`, `case "/health": return new Response()`."""
        found: list[tuple[str, int]] = []
        for node in self._all("binary_expression"):
            left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if left is None or right is None or operator is None or self._text(operator) not in _EQUAL:
                continue
            path, other = (left, right) if left.type == "string" else (right, left)
            if self._is_path(path) and self._is_asked(other, 0) and self._answers(list(self._if_equal(node))):
                found.append((self._string(path), node.start_point[0] + 1))
        for node in self._all("switch_case"):
            value = node.child_by_field_name("value")
            switch = node.parent.parent if node.parent is not None else None
            asked = switch.child_by_field_name("value") if switch is not None else None
            if value is None or asked is None or not self._is_path(value) or not self._is_asked(asked, 0):
                continue
            if self._answers(_case(node)):
                found.append((self._string(value), node.start_point[0] + 1))
        return tuple(found)

    def _is_path(self, node: "Node") -> bool:
        return node.type == "string" and self._string(node).startswith("/")

    def _is_asked(self, node: "Node", depth: int) -> bool:
        """Whether an expression is the path of a request: `req.url`, `new URL(req.url).pathname`, or a name for it."""
        if depth > _MAX_DEPTH:
            return False
        if node.type == "identifier":
            name = self._text(node)
            if name in self._destructured:
                return self._destructured[name][1] in _PATHS
            return name in self._constants and self._is_asked(self._constants[name], depth + 1)
        if node.type == "member_expression":
            owner, prop = node.child_by_field_name("object"), node.child_by_field_name("property")
            if owner is None or prop is None:
                return False
            if self._text(prop) in _PATHS:
                return self._text(owner).rpartition(".")[2] not in _BROWSER
            # `req.url.split`, which is called.
            return self._is_asked(owner, depth + 1)
        inner = node.child_by_field_name("function") or next(iter(node.named_children), None)
        return node.type in _AROUND and inner is not None and self._is_asked(inner, depth + 1)

    def _if_equal(self, node: "Node") -> Iterator["Node"]:
        """What runs if a comparison is true: of the statement or expression whose condition it is part of."""
        inner, around = node, node.parent
        while around is not None and around.type in ("binary_expression", "parenthesized_expression"):
            operator = around.child_by_field_name("operator")
            if operator is not None and self._text(operator) not in ("&&", "||"):
                return
            inner, around = around, around.parent
        if around is not None and around.child_by_field_name("condition") == inner:
            chosen = around.child_by_field_name("consequence")
            if chosen is not None:
                yield chosen

    def _answers(self, nodes: list["Node"]) -> bool:
        """Whether some code gives an answer: it uses the response that the handler gets, or creates one."""
        words = {self._text(item) for node in nodes for item in _identifiers(node)}
        around = nodes[0].parent if nodes else None
        while around is not None:
            if around.type in (*FUNCTIONS, "method_definition"):
                given = self._parameters(around)
                if len(given) > 1:
                    return given[1] in words
            around = around.parent
        return "Response" in words


def _case(node: "Node") -> list["Node"]:
    """The statements of a case, or those of the next one that has some."""
    found: Node | None = node
    while found is not None:
        value = found.child_by_field_name("value")
        body = [item for item in found.named_children if item != value and item.type != "comment"]
        if body:
            return body
        found = found.next_named_sibling
    return []


def _identifiers(node: "Node") -> Iterator["Node"]:
    """The names in some code; its first ones, if it is long."""
    queue = [node]
    for item in queue:
        if len(queue) > _MAX_NODES:
            return
        if item.type in ("identifier", "shorthand_property_identifier"):
            yield item
        queue.extend(item.named_children)
