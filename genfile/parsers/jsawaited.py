"""Modules that JavaScript imports when they are needed: `await import("x")`."""

from typing import TYPE_CHECKING

from genfile.parsers.jsvalues import WRAPPERS

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.jsreach import JsReferences


def awaited_module(module: "JsReferences", node: "Node", found: dict[str, tuple[str, str]]) -> str | None:
    """The module in `await import("x")`, in its `.default`, and in `x.default ?? x` of a name for all of it."""
    operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    if operator is not None and module._text(operator) in ("??", "||"):
        left = unwrapped(node.child_by_field_name("left"))
        return awaited_module(module, left, found) if left is not None and left.type == "member_expression" else None
    if node.type == "member_expression":
        owner, prop = unwrapped(node.child_by_field_name("object")), node.child_by_field_name("property")
        if owner is None or prop is None:
            return None
        if owner.type == "identifier":
            name, exported = found.get(module._text(owner), (None, ""))
            return name if exported == "*" and module._text(prop) == "default" else None
        return awaited_module(module, owner, found) if owner.type == "call_expression" else None
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or callee is None or arguments is None or callee.type != "import":
        return None
    waits = node.parent is not None and node.parent.type == "await_expression"
    first = arguments.named_children[:1] if waits else []
    return module._string(first[0]) if first and first[0].type == "string" else None


def unwrapped(node: "Node | None") -> "Node | None":
    """An expression without parentheses, types and `await` around it."""
    while node is not None and node.type in WRAPPERS and node.named_children:
        node = node.named_children[0]
    return node
