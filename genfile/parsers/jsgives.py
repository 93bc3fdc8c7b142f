"""Whether a JavaScript module only exports things for others to load."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

# Statements that run no code when a module loads.
_STILL = frozenset(
    """
    import_statement export_statement function_declaration generator_function_declaration class_declaration comment
    hash_bang_line interface_declaration type_alias_declaration enum_declaration abstract_class_declaration
    ambient_declaration empty_statement
    """.split()
)
_DECLARES = ("lexical_declaration", "variable_declaration")


def only_gives(module: "JsModule") -> bool:
    """Whether loading a module only defines and exports things."""
    gives = False
    for node in module._root.named_children:
        if node.type == "export_statement":
            gives = True
            node = node.child_by_field_name("declaration") or node.child_by_field_name("value") or node
        if node.type in _DECLARES:
            values = (child.child_by_field_name("value") for child in node.named_children)
            if any(value is not None and _acts(module, value) for value in values):
                return False
        elif node.type == "expression_statement" and node.named_children:
            exported = _exported(module, node.named_children[0])
            if exported is None:
                return False
            gives = gives or exported
        elif node.type not in _STILL and _acts(module, node):
            return False
    return gives


def _exported(module: "JsModule", node: "Node") -> bool | None:
    """Whether an expression exports something without calling anything; None if it does anything else."""
    if node.type == "string":
        # "use strict"
        return False
    left = node.child_by_field_name("left") if node.type == "assignment_expression" else None
    right = node.child_by_field_name("right")
    if left is None or right is None or module._text(left).split(".")[0] not in ("module", "exports"):
        return None
    return None if _acts(module, right) else True


def _acts(module: "JsModule", node: "Node") -> bool:
    """Whether an expression calls something, or a statement is more than a definition."""
    if node.type in ("call_expression", "new_expression", "await_expression"):
        return module._required(node) is None
    return node.type.endswith("_statement")
