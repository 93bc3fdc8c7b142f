"""The modules that a JavaScript module loads as soon as it is loaded."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.grammar import captures
from genfile.parsers.jsreach import JsReferences
from genfile.parsers.jsvalues import MAKES_CODE

if TYPE_CHECKING:
    from tree_sitter import Node

# Built-in modules of Node and Bun, as nodejs.org/api lists them.
BUILTIN = frozenset(
    """
    assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events
    fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream
    string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib bun
    """.split()
)
# Node types in which names are types: `let x: express.Request`, `typeof express`.
_OF_TYPES = frozenset({"nested_type_identifier", "nested_identifier", "type_query"})
_DECLARES = ("lexical_declaration", "variable_declaration")
_IMPORTS = frozenset({"import_specifier", "import_clause", "namespace_import"})


_OF_VALUES = frozenset(
    """
    lexical_declaration variable_declaration function_declaration generator_function_declaration class_declaration
    abstract_class_declaration enum_declaration
    """.split()
)


class Loaded(Struct, frozen=True):
    """A loaded module, and the line.

    ``required``: by `require`; ``typed``: with a type attribute (`with { type: "json" }`); ``names``: what `export …
    from` re-exports by name, () for all of it and for an import.
    """

    module: str
    line: int
    required: bool = False
    typed: bool = False
    names: tuple[str, ...] = ()


class JsLoads(JsReferences):
    @cached_property
    def loads(self) -> tuple[Loaded, ...]:
        """The modules that its top level always loads.

        Imports in a function, a branch or a `try` are not among them, nor type-only ones that TypeScript removes.
        """
        found: list[Loaded] = []
        for node in self._root.named_children:
            line = node.start_point[0] + 1
            if node.type in ("import_statement", "export_statement"):
                source = node.child_by_field_name("source")
                if source is not None and self._stays(node):
                    typed = any(child.type == "import_attribute" for child in node.children)
                    found.append(Loaded(self._string(source), line, typed=typed, names=self._handed_on(node)))
            elif node.type in (*_DECLARES, "expression_statement"):
                values = (child.child_by_field_name("value") for child in node.named_children)
                items = [value for value in values if value is not None]
                for item in items if node.type in _DECLARES else node.named_children:
                    module = self._loaded_by(item)
                    if module is not None:
                        found.append(Loaded(module, line, required=True))
        return tuple(found)

    @cached_property
    def has_more_than_types(self) -> bool:
        """Whether it has syntax that becomes code: decorators, enums, namespaces, parameter properties."""
        if self._language != "typescript":
            return False
        return any(_makes_code(node) for node in self._all(*MAKES_CODE))

    def _handed_on(self, node: "Node") -> tuple[str, ...]:
        """The names that `export { a, b as c } from "x"` re-exports."""
        clauses = (child for child in node.named_children if child.type == "export_clause")
        names = (item.child_by_field_name("name") for clause in clauses for item in clause.named_children)
        return tuple(self._text(name) for name in names if name is not None)

    def gives(self, name: str) -> bool:
        """Whether the module exports a value with this name, by its own declarations."""
        for node in self._root.named_children:
            declared = node.child_by_field_name("declaration") if node.type == "export_statement" else None
            if node.type == "export_statement" and any(child.type == "default" for child in node.children):
                if name == "default":
                    return True
            elif declared is not None and declared.type in _OF_VALUES:
                own = declared.child_by_field_name("name")
                inner = [item.child_by_field_name("name") for item in declared.named_children]
                if any(item is not None and self._text(item) == name for item in (own, *inner)):
                    return True
        return False

    def _loaded_by(self, node: "Node", depth: int = 0) -> str | None:
        """The `require("x")` inside `require("x").config()` and `require("x")(app)`."""
        module = self._required(node)
        if module is not None or depth > 8:
            return module
        field = "right" if node.type == "assignment_expression" else "function"
        inner = node.child_by_field_name(field) or node.child_by_field_name("object")
        return self._loaded_by(inner, depth + 1) if inner is not None else None

    def _stays(self, node: "Node") -> bool:
        """Whether an import exists when the module runs."""
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
        """The names that are used as values, not only as types."""
        found: set[str] = set()
        no_values = _OF_TYPES | _IMPORTS
        nodes = captures(self._language, ("identifier", "shorthand_property_identifier"), self._root)
        for node in (node for listed in nodes.values() for node in listed):
            above = node.parent
            if above is None or above.type not in no_values:
                found.add(self._text(node))
        return frozenset(found)


def _makes_code(node: "Node") -> bool:
    above = node.parent
    if node.type == "accessibility_modifier":
        # `constructor(private name: string)`; before a field or a method it is a type's.
        return above is not None and above.type in ("required_parameter", "optional_parameter")
    return above is None or above.type != "ambient_declaration"
