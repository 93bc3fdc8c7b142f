"""Questions about single nodes of JavaScript's syntax tree, and its numbers."""

from typing import TYPE_CHECKING, Any

from genfile.parsers.values import UNKNOWN

if TYPE_CHECKING:
    from tree_sitter import Node


def declares_at_top(node: "Node") -> bool:
    """Whether a declaration is at the module's top level."""
    above = node.parent if node.type == "variable_declarator" else node
    holder = above.parent if above is not None else None
    return holder is not None and holder.type in ("program", "export_statement")


def is_top(node: "Node") -> bool:
    """Whether a value is assigned by a statement at the module's top level."""
    assignment = node.parent
    statement = assignment.parent if assignment is not None else None
    above = statement.parent if statement is not None else None
    return (
        above is not None
        and statement is not None
        and (statement.type, above.type) == ("expression_statement", "program")
    )


def number_of(text: str) -> Any:
    """The value of a number as it is written; UNKNOWN for one that Python does not read."""
    plain = text.replace("_", "")
    try:
        return int(plain, 0) if not plain.startswith("0") or plain[1:2] in ("x", "o", "b") else int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return UNKNOWN
