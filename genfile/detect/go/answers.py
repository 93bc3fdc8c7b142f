"""Paths that a Go handler answers by comparing the path of a request, without a router."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.parsers.go import GoFile

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTIONS = ("func_literal", "function_declaration", "method_declaration")
_PATH = re.compile(r"\w+\.URL\.Path")
_TEXTS = ("interpreted_string_literal", "raw_string_literal")


def answered(file: GoFile) -> Iterator[tuple[str, int]]:
    """The paths, each with its line: `if r.URL.Path == "/health" { w.Write(…) }`, `switch r.URL.Path { case … }`."""
    for node in file.nodes("if_statement"):
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is not None and body is not None and _writes(file, body):
            yield from ((path, condition.start_point[0] + 1) for path in _compared(file, condition))
    for node in file.nodes("expression_switch_statement"):
        asked = node.child_by_field_name("value")
        for case in node.named_children if asked is not None and _is_path(file, asked) else ():
            value = case.child_by_field_name("value")
            if case.type == "expression_case" and value is not None and _writes(file, case):
                for item in value.named_children:
                    if item.type in _TEXTS:
                        yield file.index.text(item)[1:-1], item.start_point[0] + 1


def _compared(file: GoFile, node: "Node") -> Iterator[str]:
    """The texts that a condition compares the path with, alone or among others."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if node.type == "parenthesized_expression" and node.named_children:
        yield from _compared(file, node.named_children[0])
    elif left is not None and right is not None and operator is not None:
        if file.index.text(operator) in ("&&", "||"):
            yield from (*_compared(file, left), *_compared(file, right))
        elif file.index.text(operator) == "==":
            text, asked = (left, right) if left.type in _TEXTS else (right, left)
            if text.type in _TEXTS and _is_path(file, asked):
                yield file.index.text(text)[1:-1]


def _is_path(file: GoFile, node: "Node") -> bool:
    return _PATH.fullmatch(file.index.text(node)) is not None


def _writes(file: GoFile, body: "Node") -> bool:
    """Whether some code of a handler uses its first parameter, to which it writes its answer."""
    around = body.parent
    while around is not None and around.type not in _FUNCTIONS:
        around = around.parent
    given = around.child_by_field_name("parameters") if around is not None else None
    names = [file.index.text(name) for part in (given.named_children if given is not None else ())
             for name in part.children_by_field_name("name")]  # fmt: skip
    return len(names) == 2 and re.search(rf"\b{re.escape(names[0])}\b", file.index.text(body)) is not None
