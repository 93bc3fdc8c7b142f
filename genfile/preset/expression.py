"""Conditions of a manifest: `spec.language == 'node' and not spec.static`, read once and checked before any use.

The grammar is closed: names, fields, literals, lists, comparisons, `in`, `and`, `or`, `not`. Nothing is called.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from genfile.errors import PresetError

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: right is not None and left in right,
    ast.NotIn: lambda left, right: right is None or left not in right,
}
_WORDS = {"true": True, "false": False, "none": None, "True": True, "False": False, "None": None}


class Expression(Struct, frozen=True):
    """A condition, parsed and checked; `holds` evaluates it. A field that a spec does not have is None."""

    text: str
    tree: ast.expr

    def holds(self, context: Mapping[str, Any]) -> bool:
        """Whether it is true of the values of a context (`spec`, `options`)."""
        return bool(_value(self.tree, context))


Fields = Mapping[str, Callable[[], frozenset[str]] | None]


def parse_expression(text: str, fields: Fields, place: str) -> Expression:
    """Parse a condition. ``fields``: the names that it may use, each with a function for its fields; None: any.

    Raises PresetError, prefixed with ``place``, for unsupported syntax or an unknown field.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _check(tree, fields)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = "is not a condition" if isinstance(error, SyntaxError) else str(error)
        raise PresetError(f"{place}: {text!r} {message}", hint="for example: spec.language == 'node'") from None
    return Expression(text, tree)


def _check(node: ast.expr, fields: Fields) -> None:
    match node:
        case ast.BoolOp():
            inner: list[ast.expr] = node.values
        case ast.UnaryOp(op=ast.Not()):
            inner = [node.operand]
        case ast.Compare():
            if any(type(item) not in _COMPARE for item in node.ops):
                raise ValueError("uses a comparison other than ==, !=, in and not in")
            inner = [node.left, *node.comparators]
        case ast.List() | ast.Tuple():
            inner = node.elts
        case ast.Constant(value=str() | int() | bool() | None):
            inner = []
        case ast.Name(id=name):
            if name not in fields and name not in _WORDS:
                raise ValueError(f"uses {name!r}, which does not exist; use one of {', '.join(sorted(fields))}")
            inner = []
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            _check_field(name, attribute, fields)
            inner = []
        case ast.Attribute():
            inner = [node.value]
        case _:
            raise ValueError(f"contains {type(node).__name__.lower()}, which is not allowed in a condition")
    for item in inner:
        _check(item, fields)


def _check_field(name: str, attribute: str, fields: Fields) -> None:
    from genfile.preset.faults import close_name

    if name not in fields:
        raise ValueError(f"uses {name!r}, which does not exist; use one of {', '.join(sorted(fields))}")
    known = fields[name]
    if known is not None and attribute not in known():
        raise ValueError(f"uses {name}.{attribute}, which does not exist; {close_name(attribute, sorted(known()))}")


def _value(node: ast.expr, context: Mapping[str, Any]) -> Any:
    match node:
        case ast.BoolOp(op=ast.And()):
            return all(_value(item, context) for item in node.values)
        case ast.BoolOp():
            return any(_value(item, context) for item in node.values)
        case ast.UnaryOp():
            return not _value(node.operand, context)
        case ast.Compare():
            left = _value(node.left, context)
            for comparison, right_node in zip(node.ops, node.comparators, strict=True):
                right = _value(right_node, context)
                if not _COMPARE[type(comparison)](left, right):
                    return False
                left = right
            return True
        case ast.List() | ast.Tuple():
            return [_value(item, context) for item in node.elts]
        case ast.Name(id=name):
            return context.get(name) if name not in _WORDS else _WORDS[name]
        case ast.Attribute():
            holder = _value(node.value, context)
            return holder.get(node.attr) if isinstance(holder, Mapping) else None
        case ast.Constant():
            return node.value
    return None
