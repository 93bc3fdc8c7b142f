"""Java and Kotlin source, read by tree-sitter: calls with their literal arguments, and the variables read."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers import ParseError
from genfile.parsers.values import UNKNOWN, Call, EnvDefault, is_known

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BYTES = 512 * 1024
_CALLS = frozenset({"method_invocation", "object_creation_expression", "call_expression"})
_STRINGS = frozenset({"string_literal", "line_string_literal", "multiline_string_literal"})
_NUMBERS = frozenset({"decimal_integer_literal", "integer_literal", "number_literal"})


def parse_java(text: str) -> "JvmFile":
    """Read a Java file. Raises ParseError when it is over 512 KiB; faults inside only hide what they cover."""
    return _parse(text, "java")


def parse_kotlin(text: str) -> "JvmFile":
    """As parse_java, for Kotlin."""
    return _parse(text, "kotlin")


def _parse(text: str, language: str) -> "JvmFile":
    source = text.encode("utf-8", "replace")
    if len(source) > MAX_BYTES:
        raise ParseError("is larger than 512 KiB")
    import tree_sitter

    return JvmFile(source, tree_sitter.Parser(_language(language)).parse(source).root_node)


@cache
def _language(name: str) -> Any:
    import tree_sitter

    if name == "java":
        import tree_sitter_java

        return tree_sitter.Language(tree_sitter_java.language())
    import tree_sitter_kotlin

    return tree_sitter.Language(tree_sitter_kotlin.language())


class JvmFile:
    """A parsed file; every property is found once, when it is asked for."""

    def __init__(self, source: bytes, root: "Node") -> None:
        self._source = source
        self._root = root

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """What is imported, dotted."""
        return tuple(
            re.sub(r"^import\s+(?:static\s+)?|[;\s]", "", self._text(node).strip())
            for node in self._root.named_children
            if node.type in ("import_declaration", "import", "import_header", "import_list")
        )

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in order: the callee's last name, its arguments, the named ones among them."""
        found: list[Call] = []
        for node in self._walk():
            if node.type in _CALLS:
                name = self._name(node)
                values, named = self._arguments(node)
                found.append(Call(name, tuple(values), named, int(node.start_point[0]) + 1))
        return tuple(found)

    @cached_property
    def has_main(self) -> bool:
        """Whether a `main` is declared that the JVM starts."""
        for node in self._walk():
            if node.type in ("method_declaration", "function_declaration"):
                name = node.child_by_field_name("name")
                if name is not None and self._text(name) == "main":
                    return True
        return False

    @cached_property
    def _constants(self) -> dict[str, "Node"]:
        found: dict[str, Node] = {}
        for node in self._walk():
            if node.type == "variable_declarator":
                name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
                if name is not None and value is not None:
                    found.setdefault(self._text(name), value)
            elif node.type == "property_declaration" and len(node.named_children) > 1:
                names = [child for child in node.named_children if child.type == "variable_declaration"]
                if names:
                    found.setdefault(self._text(names[0]).split(":")[0].strip(), node.named_children[-1])
            elif node.type == "method_declaration":
                # A method without parameters stands for what it returns last; the environment it asks comes first.
                name = node.child_by_field_name("name")
                returns = [item for item in _below(node) if item.type == "return_statement" and item.named_children]
                if name is not None and returns:
                    found.setdefault(f"{self._text(name)}()", returns[-1].named_children[0])
                    asked = next(
                        (
                            item
                            for item in _below(node)
                            if "getenv" in self._text(item) and item.type == "method_invocation"
                        ),
                        None,
                    )
                    if asked is not None:
                        found.setdefault(f"{self._text(name)}() env", asked)
        return found

    def _walk(self) -> Iterator["Node"]:
        stack = [self._root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.named_children))

    def _text(self, node: "Node") -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _name(self, node: "Node") -> str:
        if node.type == "object_creation_expression":
            kind = node.child_by_field_name("type")
            return self._text(kind).rsplit(".", 1)[-1] if kind is not None else ""
        name = node.child_by_field_name("name")
        if name is not None:
            return self._text(name)
        head = self._text(node.named_children[0]) if node.named_children else ""
        return re.split(r"[.\s?]+", head.split("(")[0] if "." not in head else head)[-1].split("(")[0]

    def _arguments(self, node: "Node", depth: int = 0) -> tuple[list[Any], dict[str, Any]]:
        listed = node.child_by_field_name("arguments") or next(
            (child for child in node.named_children if child.type == "value_arguments"), None
        )
        values: list[Any] = []
        named: dict[str, Any] = {}
        for item in listed.named_children if listed is not None else ():
            if item.type == "value_argument" and item.named_children:
                inner = item.named_children[-1]
                key = self._text(item.named_children[0]) if len(item.named_children) > 1 else None
                if key is not None:
                    named[key] = self._value(inner, depth)
                else:
                    values.append(self._value(inner, depth))
            elif "comment" not in item.type:
                values.append(self._value(item, depth))
        return values, named

    def _value(self, node: "Node", depth: int = 0) -> Any:
        text = self._text(node)
        if depth > 12:
            return UNKNOWN
        if node.type in _STRINGS:
            return text.strip('"')
        if node.type in _NUMBERS:
            return int(text) if text.isdecimal() else UNKNOWN
        if node.type in ("identifier", "simple_identifier") and text in self._constants:
            return self._value(self._constants[text], depth + 3)
        if node.type in _CALLS:
            return self._called(node, depth)
        if node.type in ("elvis_expression", "ternary_expression", "binary_expression", "parenthesized_expression"):
            parts = [self._value(child, depth + 1) for child in node.named_children]
            variable = next((part for part in parts if isinstance(part, EnvDefault)), None)
            default = next(
                (part for part in reversed(parts) if is_known(part) and not isinstance(part, EnvDefault)), None
            )
            return EnvDefault(variable.name, variable.default or default) if variable is not None else UNKNOWN
        return UNKNOWN

    def _called(self, node: "Node", depth: int) -> Any:
        """The environment however it is asked, numbers made of text, and calls upon a value that is one of these."""
        name = self._name(node)
        values, _ = self._arguments(node, depth + 1)
        text = self._text(node)
        if name == "getenv" and values and isinstance(values[0], str):
            return EnvDefault(values[0])
        if name == "getOrDefault" and "getenv" in text and len(values) == 2 and isinstance(values[0], str):
            return EnvDefault(values[0], values[1] if is_known(values[1]) else None)
        if (
            name in ("parseInt", "valueOf", "toInt", "toIntOrNull", "InetSocketAddress")
            and values
            and is_known(values[-1])
        ):
            return values[-1]
        if f"{name}()" in self._constants and not values:
            default = self._value(self._constants[f"{name}()"], depth + 3)
            asked = self._constants.get(f"{name}() env")
            variable = self._value(asked, depth + 3) if asked is not None else None
            return EnvDefault(variable.name, default) if isinstance(variable, EnvDefault) else default
        for child in node.named_children[:1]:
            inner = self._value(
                child.named_children[0] if child.type == "navigation_expression" and child.named_children else child,
                depth + 1,
            )
            if isinstance(inner, EnvDefault):
                default = values[0] if name in ("orElse", "or") and values and is_known(values[0]) else inner.default
                return EnvDefault(inner.name, default)
        return UNKNOWN


def _below(node: "Node") -> Iterator["Node"]:
    stack = [node]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(item.named_children))
