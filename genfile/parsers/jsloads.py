"""What a module of JavaScript loads as soon as it is loaded itself."""

from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.grammar import captures
from genfile.parsers.jsreach import JsReferences

if TYPE_CHECKING:
    from tree_sitter import Node

# Names in these are types: `let x: express.Request`, `typeof express`.
_OF_TYPES = frozenset({"nested_type_identifier", "nested_identifier", "type_query"})
_DECLARES = ("lexical_declaration", "variable_declaration")
_IMPORTS = frozenset({"import_specifier", "import_clause", "namespace_import"})


class JsLoads(JsReferences):
    @cached_property
    def loads(self) -> tuple[tuple[str, int], ...]:
        """The modules that its top level loads, whatever happens, each with its line.

        What stands in a function, a branch or a `try` is not among them, nor what TypeScript leaves out because
        only types are taken from it.
        """
        found: list[tuple[str, int]] = []
        for node in self._root.named_children:
            line = node.start_point[0] + 1
            if node.type in ("import_statement", "export_statement"):
                source = node.child_by_field_name("source")
                if source is not None and self._stays(node):
                    found.append((self._string(source), line))
            elif node.type in (*_DECLARES, "expression_statement"):
                values = (child.child_by_field_name("value") for child in node.named_children)
                items = [value for value in values if value is not None]
                for item in items if node.type in _DECLARES else node.named_children:
                    module = self._loaded_by(item)
                    if module is not None:
                        found.append((module, line))
        return tuple(found)

    def _loaded_by(self, node: "Node", depth: int = 0) -> str | None:
        """`require("x")` at the heart of `require("x").config()` and `require("x")(app)`."""
        module = self._required(node)
        if module is not None or depth > 8:
            return module
        field = "right" if node.type == "assignment_expression" else "function"
        inner = node.child_by_field_name(field) or node.child_by_field_name("object")
        return self._loaded_by(inner, depth + 1) if inner is not None else None

    def _stays(self, node: "Node") -> bool:
        """Whether an import is there when the module runs."""
        if any(child.type == "type" for child in node.children):
            return False
        clause = next((child for child in node.named_children if child.type == "import_clause"), None)
        if self._language != "typescript" or clause is None:
            return True
        bound: dict[str, tuple[str, str]] = {}
        self._bind_clause(clause, "", bound)
        return bool(bound.keys() & self._values_used)

    @cached_property
    def _values_used(self) -> frozenset[str]:
        """The names that are used as more than a type."""
        found: set[str] = set()
        nodes = captures(self._language, ("identifier", "shorthand_property_identifier"), self._root)
        for node in (node for listed in nodes.values() for node in listed):
            above = node.parent
            if above is None or above.type not in _OF_TYPES | _IMPORTS:
                found.add(self._text(node))
        return frozenset(found)
