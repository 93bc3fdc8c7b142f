"""The string literals of JavaScript and TypeScript, which may be addresses."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.parsers.grammar import captures

if TYPE_CHECKING:
    from genfile.parsers.javascript import JsModule

MAX_LITERALS = 20_000
_KINDS = ("string", "template_string")


def literals(module: "JsModule") -> Iterator[tuple[str, int]]:
    """The text of each string, of a template up to its first value, and its line: not what is imported or exported
    from, nor the keys of objects."""
    found = captures(module._language, _KINDS, module._root)
    nodes = itertools.chain.from_iterable(found.get(kind, ()) for kind in _KINDS)
    for node in itertools.islice(nodes, MAX_LITERALS):
        above = node.parent
        if above is not None and (
            above.type in ("import_statement", "export_statement")
            or (above.type == "pair" and above.child_by_field_name("key") == node)
        ):
            continue
        first = node.named_children[0] if node.named_children else None
        if first is not None and first.type == "string_fragment":
            yield module._text(first), int(node.start_point[0]) + 1
