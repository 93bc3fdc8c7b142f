"""The syntax of a Go file: package, imports, structs, embedded files, and nodes by type, found in one pass."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.grammar import captures

if TYPE_CHECKING:
    from tree_sitter import Node

# The node types used here, in goindex, goflow and godispatch, so that one pass over the tree finds them all.
_KINDS = tuple(
    """
    import_spec comment call_expression composite_literal keyed_element field_declaration interpreted_string_literal
    raw_string_literal if_statement const_spec var_spec short_var_declaration assignment_statement
    expression_switch_statement function_declaration method_declaration func_literal return_statement
    for_statement select_statement go_statement unary_expression break_statement
    """.split()
)
# Longer chains of names are not configuration fields.
MAX_CHAIN = 120
FIRST_ARGUMENT = ("os.Args[1]", "flag.Arg(0)", "flag.Args()[0]", "args[0]", "os.Args[1:][0]")
CHAIN = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NAMED = frozenset({"selector_expression", "identifier", "package_identifier"})
_TAG = re.compile(r'([A-Za-z_][A-Za-z0-9_-]*):"((?:[^"\\]|\\.)*)"')


class GoSyntax:
    """A parsed file, as it is written."""

    def __init__(self, source: bytes, root: "Node") -> None:
        self.source = source
        self.root = root

    @cached_property
    def _nodes(self) -> dict[str, list["Node"]]:
        return captures("go", _KINDS, self.root)

    def nodes(self, *kinds: str) -> list["Node"]:
        """Every node of these types, in order; of several types, those of the first come first."""
        if len(kinds) == 1:
            return self._nodes.get(kinds[0], [])
        return [node for kind in kinds for node in self._nodes.get(kind, ())]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Imported paths by their local name, `` without one."""
        found: dict[str, str] = {}
        for node in self.nodes("import_spec"):
            path = node.child_by_field_name("path")
            if path is not None:
                found[self._text(path).strip('"`')] = self._field_text(node, "name")
        return found

    @cached_property
    def package(self) -> str | None:
        for node in self.root.named_children:
            if node.type == "package_clause" and node.named_children:
                return self._text(node.named_children[0])
        return None

    @cached_property
    def build_constraint(self) -> str | None:
        """The expression of a `//go:build` line above the package clause."""
        for node in self.root.named_children:
            if node.type == "package_clause":
                return None
            text = self._text(node)
            if node.type == "comment" and text.startswith("//go:build "):
                return text.removeprefix("//go:build ").strip()
        return None

    @cached_property
    def imports(self) -> dict[str, int]:
        """Imported paths with their lines."""
        found: dict[str, int] = {}
        for node in self.nodes("import_spec"):
            path = node.child_by_field_name("path")
            if path is not None:
                found.setdefault(self._text(path).strip('"`'), line_of(node))
        return found

    @cached_property
    def has_main(self) -> bool:
        return self.package == "main" and any(
            node.type == "function_declaration" and self._field_text(node, "name") == "main"
            for node in self.root.named_children
        )

    @cached_property
    def embeds(self) -> tuple[tuple[str, int], ...]:
        """The patterns of `//go:embed` lines."""
        return tuple(
            (pattern.strip('"`').removeprefix("all:"), line_of(node))
            for node in self.nodes("comment")
            if self._text(node).startswith("//go:embed ")
            for pattern in self._text(node).removeprefix("//go:embed ").split()
        )

    @cached_property
    def tags(self) -> tuple[tuple[str, dict[str, str], int], ...]:
        """Fields of structs with a tag: (name, the tag's keys and values, line), as in ``Port int `env:"PORT"` ``."""
        found: list[tuple[str, dict[str, str], int]] = []
        for node in self.nodes("field_declaration"):
            tag = node.child_by_field_name("tag")
            if tag is not None:
                pairs = dict(_TAG.findall(self._text(tag)[1:-1]))
                found.append((self._field_text(node, "name"), pairs, line_of(node)))
        return tuple(found)

    @cached_property
    def structs(self) -> dict[str, dict[str, tuple[str, dict[str, str]]]]:
        """The declared structs: their fields by name, each with its type and its tag's keys and values."""
        found: dict[str, dict[str, tuple[str, dict[str, str]]]] = {}
        for node in self.nodes("field_declaration"):
            spec = node.parent.parent.parent if node.parent is not None and node.parent.parent is not None else None
            if spec is None or spec.type != "type_spec":
                continue
            tag, fields = node.child_by_field_name("tag"), found.setdefault(self._field_text(spec, "name"), {})
            pairs = dict(_TAG.findall(self._text(tag)[1:-1])) if tag is not None else {}
            for name in node.children_by_field_name("name"):
                fields[self._text(name)] = self._field_text(node, "type").lstrip("*"), pairs
        return found

    @cached_property
    def struct_fields(self) -> dict[str, list[tuple[str, str, dict[str, str]]]]:
        """The fields of all structs by name, each with the struct, its type and its tag's keys and values."""
        found: dict[str, list[tuple[str, str, dict[str, str]]]] = {}
        for struct, fields in self.structs.items():
            for name, (kind, tag) in fields.items():
                found.setdefault(name, []).append((struct, kind, tag))
        return found

    def _text(self, node: "Node") -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _field_text(self, node: "Node", field: str) -> str:
        child = node.child_by_field_name(field)
        return "" if child is None else self._text(child)

    def _dotted(self, node: "Node") -> str:
        if node.type not in _NAMED:
            return ""
        if node.end_byte - node.start_byte < MAX_CHAIN and CHAIN.fullmatch(text := self._text(node)):
            return text
        parts: list[str] = []
        while node.type == "selector_expression" and len(parts) < 50:
            operand, field = node.child_by_field_name("operand"), node.child_by_field_name("field")
            if field is not None:
                parts.append(self._text(field))
            if operand is None:
                break
            node = operand
        if node.type in ("identifier", "package_identifier"):
            parts.append(self._text(node))
        return ".".join(reversed(parts))


def line_of(node: "Node") -> int:
    return int(node.start_point[0]) + 1
