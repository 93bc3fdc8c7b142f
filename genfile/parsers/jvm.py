"""Java and Kotlin source, read by tree-sitter: calls with their literal arguments, and the variables read."""

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.grammar import Places, captures, in_order, parse_code
from genfile.parsers.values import UNKNOWN, Call, EnvDefault, Steps, is_known, whole_number

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BYTES = 512 * 1024
MAX_HEAD = 2_000
MAX_CHAIN = 20
MAX_ABOVE = 200
_CALLS = frozenset({"method_invocation", "object_creation_expression", "call_expression"})
# The node types that this module looks up.
_KINDS = {
    "java": (
        *("variable_declarator", "method_declaration", "return_statement"),
        *("method_invocation", "object_creation_expression"),
    ),
    "kotlin": ("property_declaration", "function_declaration", "call_expression"),
}
_STRINGS = frozenset({"string_literal", "line_string_literal", "multiline_string_literal"})
_NUMBERS = frozenset({"decimal_integer_literal", "integer_literal", "number_literal"})


def parse_java(text: str) -> "JvmFile":
    """Read a Java file of up to 512 KiB. Raises ParseError as parse_code does; faults only hide what they cover."""
    return JvmFile(*parse_code(text, "java", MAX_BYTES), "java")


def parse_kotlin(text: str) -> "JvmFile":
    """Like parse_java, for Kotlin."""
    return JvmFile(*parse_code(text, "kotlin", MAX_BYTES), "kotlin")


class JvmFile:
    """A parsed file; each property is computed once, when needed."""

    def __init__(self, source: bytes, root: "Node", language: str) -> None:
        self.source = source
        self.root = root
        self.language = language
        self._steps = Steps()

    @cached_property
    def _nodes(self) -> dict[str, list["Node"]]:
        return captures(self.language, _KINDS[self.language], self.root)

    def _all(self, *kinds: str) -> list["Node"]:
        """Every node of these types, in source order."""
        return in_order(node for kind in kinds for node in self._nodes.get(kind, ()))

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Imported names, dotted."""
        return tuple(
            re.sub(r"^import\s+(?:static\s+)?|[;\s]", "", self._text(node).strip())
            for node in self.root.named_children
            if node.type in ("import_declaration", "import", "import_header", "import_list")
        )

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in order: the last part of the callee's name, its positional and named arguments."""
        found: list[Call] = []
        for node in self._all(*_CALLS):
            values, named = self._arguments(node)
            found.append(Call(self._name(node), tuple(values), named, int(node.start_point[0]) + 1))
        return tuple(found)

    @cached_property
    def chains(self) -> tuple[tuple[tuple[str, ...], int], ...]:
        """Method chains, each once, with its line: `Dotenv.configure().load()` is Dotenv, configure, load.

        Chains inside a `try`, and those that take a lambda, are left out.
        """
        found: dict[int, tuple[tuple[str, ...], int]] = {}
        for node in self._all(*_CALLS):
            names = self._chain(node)
            if len(names) > len(found.get(node.start_byte, ((), 0))[0]) and not _is_caught(node):
                found[node.start_byte] = names, int(node.start_point[0]) + 1
        return tuple(found.values())

    def _chain(self, node: "Node") -> tuple[str, ...]:
        names: list[str] = []
        inner: Node | None = node
        while inner is not None and inner.type in _CALLS and len(names) < MAX_CHAIN:
            if any("lambda" in child.type for child in inner.named_children):
                return ()
            names.append(self._name(inner))
            first = inner.named_children[0] if inner.type == "call_expression" and inner.named_children else None
            upon = first.named_children if first is not None and first.type == "navigation_expression" else []
            inner = upon[0] if upon else inner.child_by_field_name("object")
        if inner is not None and inner.type in ("identifier", "simple_identifier"):
            names.append(self._text(inner))
        return tuple(reversed(names))

    @cached_property
    def has_main(self) -> bool:
        """Whether the file declares a `main` for the JVM to start."""
        for node in self._all("method_declaration", "function_declaration"):
            name = node.child_by_field_name("name")
            if name is not None and self._text(name) == "main":
                return True
        return False

    @cached_property
    def _constants(self) -> dict[str, "Node"]:
        found: dict[str, Node] = {}
        returns = Places(node for node in self._all("return_statement") if node.named_children)
        asking = self._asking
        for node in self._all("variable_declarator", "property_declaration", "method_declaration"):
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if node.type == "variable_declarator":
                if name is not None and value is not None:
                    found.setdefault(self._text(name), value)
            elif node.type == "property_declaration":
                names = [child for child in node.named_children if child.type == "variable_declaration"]
                if names and len(node.named_children) > 1:
                    found.setdefault(self._text(names[0]).split(":")[0].strip(), node.named_children[-1])
            else:
                # A method without parameters stands for the value it returns last; an environment lookup in it takes
                # precedence.
                last, asked = returns.last_in(node), asking.first_in(node)
                if name is not None and last is not None:
                    found.setdefault(f"{self._text(name)}()", last.named_children[0])
                    if asked is not None:
                        found.setdefault(f"{self._text(name)}() env", asked)
        return found

    @property
    def _asking(self) -> Places:
        """The calls that contain a `getenv`."""
        places = [match.start() for match in re.finditer(rb"getenv", self.source)]
        calls: list[Node] = []
        for node in self._all("method_invocation") if places else ():
            at = bisect_left(places, node.start_byte)
            if at < len(places) and places[at] + len("getenv") <= node.end_byte:
                calls.append(node)
        return Places(calls)

    def _text(self, node: "Node") -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _name(self, node: "Node") -> str:
        if node.type == "object_creation_expression":
            kind = node.child_by_field_name("type")
            return self._text(kind).rsplit(".", 1)[-1] if kind is not None else ""
        name = node.child_by_field_name("name")
        if name is not None:
            return self._text(name)
        if not node.named_children:
            return ""
        first = node.named_children[0]
        # The head of `a.b().c()…` contains all earlier calls; its end is enough.
        start = max(first.start_byte, first.end_byte - MAX_HEAD)
        head = self.source[start : first.end_byte].decode("utf-8", "replace")
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
        if depth > 12 or self._steps.spent():
            return UNKNOWN
        if node.type in _STRINGS:
            return self._text(node).strip('"')
        if node.type in _NUMBERS:
            return whole_number(self._text(node))
        if node.type in ("identifier", "simple_identifier"):
            target = self._constants.get(self._text(node))
            return UNKNOWN if target is None else self._value(target, depth + 3)
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

    def _asks(self, node: "Node") -> bool:
        return self.source.find(b"getenv", node.start_byte, node.end_byte) >= 0

    def _called(self, node: "Node", depth: int) -> Any:
        """The value of a call: an environment lookup in any form, a number parsed from text, or a call on either."""
        name = self._name(node)
        values, _ = self._arguments(node, depth + 1)
        if name == "getenv" and values and isinstance(values[0], str):
            return EnvDefault(values[0])
        if name == "getOrDefault" and len(values) == 2 and isinstance(values[0], str) and self._asks(node):
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


def _is_caught(node: "Node") -> bool:
    """Whether a node is inside a `try`."""
    above = node.parent
    for _ in range(MAX_ABOVE):
        if above is None or above.type in ("method_declaration", "constructor_declaration", "function_declaration"):
            return False
        if above.type in ("try_statement", "try_with_resources_statement", "try_expression"):
            return True
        above = above.parent
    return False
