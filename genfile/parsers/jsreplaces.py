"""Functions of JavaScript that replace a part of a text: `(path) => path.replace(/^\\/api/, "")`."""

import re
from typing import TYPE_CHECKING, Any

from genfile.parsers.values import UNKNOWN, Replacing

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.jsvalues import JsValues


def replacing(module: "JsValues", function: "Node") -> Any:
    """What a function replaces, and by what; UNKNOWN for any other function."""
    body = function.child_by_field_name("body")
    call = returned(body) if body is not None else None
    callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    listed = call.child_by_field_name("arguments") if call is not None and callee is not None else None
    if callee is None or listed is None or len(listed.named_children) != 2:
        return UNKNOWN
    what, by = listed.named_children
    if module._dotted(callee).partition(".")[2] != "replace" or by.type != "string":
        return UNKNOWN
    pattern = what.child_by_field_name("pattern") if what.type == "regex" else None
    if pattern is not None:
        return Replacing(module._text(pattern), module._string(by))
    return Replacing(re.escape(module._string(what)), module._string(by)) if what.type == "string" else UNKNOWN


def returned(body: "Node") -> "Node | None":
    """What a function's body gives back: the last `return` of a block, or the expression itself."""
    if body.type != "statement_block":
        return body
    returns = [child for child in body.named_children if child.type == "return_statement" and child.named_children]
    return returns[-1].named_children[0] if returns else None
