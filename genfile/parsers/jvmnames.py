"""What names stand for in Java and Kotlin: their declarations by scope, and the settings injected into them."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.grammar import captures, in_order

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.jvm import JvmFile

KINDS = {
    "java": (
        *("variable_declarator", "formal_parameter", "assignment_expression", "method_declaration"),
        *("method_invocation", "object_creation_expression", "string_literal", "return_statement"),
    ),
    "kotlin": (
        *("property_declaration", "class_parameter", "parameter", "assignment", "function_declaration"),
        *("call_expression", "string_literal"),
    ),
}
SCOPES = frozenset(
    "method_declaration constructor_declaration lambda_expression function_declaration lambda_literal".split()
)
CALLS = frozenset({"method_invocation", "object_creation_expression", "call_expression"})
STRINGS = frozenset({"string_literal", "line_string_literal", "multiline_string_literal"})


class JvmDeclaration(Struct, frozen=True):
    """A declaration of a name, or an assignment to it: its scope, value, injected setting, and type."""

    scope: "Node | None"
    start: int
    value: "Node | None"
    injected: str | None
    type: str
    parameter: "Node | None" = None


class JvmNames:
    """One file: its nodes, its calls, and the declarations of its names."""

    def __init__(self, file: "JvmFile") -> None:
        self.file = file

    @cached_property
    def nodes(self) -> dict[str, list["Node"]]:
        return captures(self.file.language, KINDS[self.file.language], self.file.root)

    def all(self, *kinds: str) -> list["Node"]:
        return in_order(node for kind in kinds for node in self.nodes.get(kind, ()))

    def text(self, node: "Node") -> str:
        return self.file.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def called_on(self, node: "Node") -> "Node | None":
        """The receiver of a method call."""
        if node.type == "method_invocation":
            return node.child_by_field_name("object")
        first = node.named_children[0] if node.named_children else None
        return first.named_children[0] if first is not None and first.type == "navigation_expression" else None

    def callee(self, node: "Node") -> str:
        """The name of the callee: a method, or the class that `new` instantiates."""
        if node.type == "object_creation_expression":
            made = node.child_by_field_name("type")
            return self.text(made).split("<")[0].rsplit(".", 1)[-1] if made is not None else ""
        name = node.child_by_field_name("name")
        if name is not None:
            return self.text(name)
        first = node.named_children[0] if node.named_children else None
        if first is None:
            return ""
        last = first.named_children[-1] if first.type == "navigation_expression" and first.named_children else first
        return self.text(last) if last.type in ("identifier", "simple_identifier") else ""

    def arguments(self, node: "Node") -> list["Node"]:
        """The arguments of a call, without comments."""
        listed = node.child_by_field_name("arguments") or next(
            (child for child in node.named_children if child.type == "value_arguments"), None
        )
        found = [item for item in (listed.named_children if listed is not None else ()) if "comment" not in item.type]
        return [item.named_children[-1] if item.type == "value_argument" else item for item in found
                if item.type != "value_argument" or item.named_children]  # fmt: skip

    @cached_property
    def names(self) -> dict[str, list[JvmDeclaration]]:
        found: dict[str, list[JvmDeclaration]] = {}
        for node in self.all(*(set(KINDS[self.file.language]) - CALLS - STRINGS)):
            named = self._naming(node)
            if named is None:
                continue
            name, value = named
            kind = node.type
            of_class = kind == "class_parameter" or (kind == "assignment_expression" and name.startswith("this."))
            scope = None if of_class else scope_of(node)
            parameter = node if kind in ("formal_parameter", "parameter", "class_parameter") else None
            item = JvmDeclaration(scope, node.start_byte, value, self._injected(node), self._type(node), parameter)
            found.setdefault(name.removeprefix("this."), []).append(item)
        return found

    def _naming(self, node: "Node") -> tuple[str, "Node | None"] | None:
        """The name that a node declares or sets, and the value."""
        if node.type in ("variable_declarator", "formal_parameter"):
            name = node.child_by_field_name("name")
            return (self.text(name), node.child_by_field_name("value")) if name is not None else None
        if node.type in ("assignment_expression", "assignment"):
            left = node.child_by_field_name("left") or (node.named_children[0] if node.named_children else None)
            right = node.child_by_field_name("right") or (node.named_children[-1] if node.named_children else None)
            return (self.text(left), right) if left is not None and len(self.text(left)) < 80 else None
        if node.type == "property_declaration":
            inner = next((child for child in node.named_children if child.type == "variable_declaration"), None)
            last = node.named_children[-1]
            value = None if inner is None or last.id == inner.id else last
            return (self.text(inner).split(":")[0].strip(), value) if inner is not None else None
        if node.type in ("class_parameter", "parameter"):
            name = next((child for child in node.named_children if child.type == "identifier"), None)
            return (self.text(name), None) if name is not None else None
        return None

    def _injected(self, node: "Node") -> str | None:
        """The placeholder injected into a field or parameter: the text of `@Value("${…}")`; MicroProfile's
        `@ConfigProperty` in the same form."""
        holder = node.parent if node.type == "variable_declarator" else node
        marks = next((item for item in (holder.named_children if holder is not None else ())
                      if item.type in ("modifiers", "parameter_modifiers")), None)  # fmt: skip
        text = self.text(marks) if marks is not None else ""
        match = re.search(r'@(?:\w+:)?Value\(\s*(?:value\s*=\s*)?"((?:[^"\\]|\\.)*)"', text)
        if match is not None:
            return match[1].replace("\\$", "$")
        match = re.search(r"@(?:\w+:)?ConfigProperty\(([^)]*)\)", text)
        if match is None:
            return None
        said = dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', match[1]))
        default = f":{said['defaultValue']}" if "defaultValue" in said else ""
        return f"${{{said['name']}{default}}}" if "name" in said else None

    def _type(self, node: "Node") -> str:
        holder = node.parent if node.type == "variable_declarator" else node
        if holder is None:
            return ""
        found = holder.child_by_field_name("type") or next(
            (item for item in holder.named_children if item.type in ("user_type", "type_identifier")), None
        )
        return self.text(found).split("<")[0].rsplit(".", 1)[-1].rstrip("?") if found is not None else ""

    def known(self, node: "Node") -> list[JvmDeclaration]:
        """The declarations of a name that apply where it is used: of the nearest enclosing scope, else of the class."""
        listed = self.names.get(self.text(node).removeprefix("this."), [])
        around = scope_of(node)
        while around is not None:
            own = [item for item in listed if item.scope is not None and item.scope.id == around.id]
            own = [item for item in own if item.start <= node.start_byte]
            if own:
                # The latest one first.
                return own[::-1]
            around = scope_of(around)
        # An untyped assignment in a method may set a field by its bare name.
        of_class = [item for item in listed if item.scope is None]
        return of_class + [item for item in listed if of_class and item.scope is not None and not item.type]


def scope_of(node: "Node") -> "Node | None":
    """The innermost method or lambda around a node."""
    around = node.parent
    while around is not None and around.type not in SCOPES:
        around = around.parent
    return around


def is_around(scope: "Node", node: "Node") -> bool:
    return bool(scope.start_byte <= node.start_byte < scope.end_byte)
