"""Where JavaScript and TypeScript read the environment, and what they start: the part of JsModule for builds."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.grammar import captures
from genfile.parsers.jsvalues import WRAPPERS, JsValues
from genfile.parsers.values import Call, EnvRead

if TYPE_CHECKING:
    from tree_sitter import Node

# How many constants may stand between a value and its use.
_CHAINED = 3
_COMPARISONS = frozenset({"===", "==", "!==", "!="})


class Spans:
    """Parts of a text, to test whether they contain a place."""

    def __init__(self, nodes: Iterable["Node | None"]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted((node.start_byte, node.end_byte) for node in nodes if node is not None):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and place < self._ends[at]


class JsReads(JsValues):
    @cached_property
    def env_reads(self) -> tuple[EnvRead, ...]:
        """Every read of an environment variable, also through Vite's `loadEnv`, in order."""
        conditions = self._conditions()
        compared = self._compared_texts()
        lefts = (node.child_by_field_name("left") for node in self._all("assignment_expression"))
        written = {node.start_byte for node in lefts if node is not None}
        found = [
            EnvRead(name, node.start_point[0] + 1, node.start_byte, place in conditions, compared.get(place))
            for name, node in (*self._members_read(), *self._names_taken())
            if (place := node.start_byte) not in written
        ]
        return tuple(sorted(found, key=lambda item: item.start))

    def below(self, *keys: str) -> Spans:
        """The values of the pairs with one of these keys, the methods with these names, and the values of the constants
        that are used nowhere else."""
        nodes = [
            item.child_by_field_name("value") or item.child_by_field_name("body")
            for item in self._all("pair", "method_definition")
            if (key := item.child_by_field_name("key") or item.child_by_field_name("name")) is not None
            and self._key(key) in keys
        ]
        spans = Spans(nodes)
        uses = self._uses() if nodes else {}
        for _ in range(_CHAINED):
            inner = [self._constants[name] for name, used in uses.items() if all(place in spans for place in used)]
            spans = Spans([*nodes, *inner])
        return spans

    def _uses(self) -> dict[str, list[int]]:
        """Where each constant is used."""
        found: dict[str, list[int]] = {}
        nodes = captures(self._language, ("identifier", "shorthand_property_identifier"), self._root)
        for node in (node for listed in nodes.values() for node in listed):
            holder = node.parent
            name = holder.child_by_field_name("name") if holder is not None else None
            declared = holder is not None and holder.type == "variable_declarator" and name == node
            if not declared and (text := self._text(node)) in self._constants:
                found.setdefault(text, []).append(node.start_byte)
        return found

    @cached_property
    def guarded(self) -> Spans:
        """Code in a `try` that has a fallback."""
        return Spans(
            node.child_by_field_name("body")
            for node in self._all("try_statement")
            if node.child_by_field_name("handler") is not None
        )

    @cached_property
    def called_pairs(self) -> tuple[tuple[str, Call, tuple[str, ...]], ...]:
        """Keys whose value is a call or a chain of them: the key, the first call, the names along the chain.

        `API_URL: z.string().url()` gives API_URL, `z.string()`, and string, url.
        """
        found: list[tuple[str, Call, tuple[str, ...]]] = []
        for pair in self._all("pair"):
            key, node = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is None or node is None or node.type != "call_expression":
                continue
            names: list[str] = []
            first: Call | None = None
            while node is not None and node.type == "call_expression" and len(names) < 12:
                callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
                if callee is None or arguments is None:
                    break
                values = tuple(self._value(item) for item in arguments.named_children if item.type != "comment")
                dotted = self._dotted(callee)
                first = Call(dotted, values, {}, pair.start_point[0] + 1)
                names.append(dotted.rpartition(".")[2])
                node = callee.child_by_field_name("object") if callee.type == "member_expression" else None
            if first is not None:
                found.append((self._key(key), first, tuple(reversed(names))))
        return tuple(found)

    @cached_property
    def parses_environment(self) -> bool:
        """`schema.parse(process.env)`: a missing variable is an error."""
        for node in self._all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            first = arguments.named_children[:1] if arguments is not None else []
            if callee is None or not first or self._dotted(callee).rpartition(".")[2] not in ("parse", "parseAsync"):
                continue
            if first[0].type == "member_expression" and self._is_environment(first[0]):
                return True
        return False

    def names_before(self, starts: Iterable[int]) -> tuple[EnvRead, ...]:
        """The variables read in the declaration, or the `a || b`, that contains one of these places."""
        places = sorted(starts)
        holders = [*self._all("binary_expression", "ternary_expression"), *self._constants.values()]
        spans = Spans(node for node in holders if _holds(places, node))
        # A function called there counts as well: `process.env.SHA || currentCommit()`.
        names = {name for name, node in self._constants.items() if _holds(places, node)}
        calls = [
            node.start_byte
            for node in self._all("call_expression")
            if (callee := node.child_by_field_name("function")) is not None and self._dotted(callee) in names
        ]
        around = Spans(node for node in holders if calls and _holds(sorted(calls), node))
        return tuple(item for item in self.env_reads if item.start in spans or item.start in around)

    def starts_of(self, lines: Iterable[int]) -> list[int]:
        """Where the calls on some lines begin."""
        wanted = set(lines)
        return [node.start_byte for node in self._all("call_expression") if node.start_point[0] + 1 in wanted]

    def _key(self, node: "Node") -> str:
        return self._string(node) if node.type == "string" else self._text(node)

    def _members_read(self) -> Iterator[tuple[str, "Node"]]:
        loaded = {name for name, node in self._constants.items() if self._is_loaded(node)}
        for node in self._all("member_expression", "subscript_expression"):
            name = self._env_name(node)
            if name is None and loaded and node.type == "member_expression":
                owner, prop = node.child_by_field_name("object"), node.child_by_field_name("property")
                named = owner is not None and owner.type == "identifier" and self._text(owner) in loaded
                name = self._text(prop) if named and prop is not None else None
            if name is not None:
                yield name, node

    def _names_taken(self) -> Iterator[tuple[str, "Node"]]:
        """`const { API_URL, MODE = "x" } = process.env`."""
        for node in self._all("variable_declarator"):
            pattern, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if pattern is None or value is None or pattern.type != "object_pattern" or not self._is_environment(value):
                continue
            for item in pattern.named_children:
                inner = item.child_by_field_name("key") or item.child_by_field_name("left") or item
                if inner.type in ("shorthand_property_identifier_pattern", "property_identifier"):
                    yield self._text(inner), inner

    def _is_environment(self, node: "Node") -> bool:
        if self._is_process_env(node):
            return True
        if node.type == "identifier":
            target = self._constants.get(self._text(node))
            return target is not None and self._is_loaded(target)
        return self._is_loaded(node)

    def _is_loaded(self, node: "Node", depth: int = 0) -> bool:
        """Whether an expression is the environment under another name: `loadEnv(mode, root)`, `{ ...process.env,
        ...loadEnv(mode, root) }`, an alias of `process.env`."""
        if depth > 4:
            return False
        if node.type in WRAPPERS and node.named_children:
            return self._is_loaded(node.named_children[0], depth + 1)
        if node.type == "call_expression":
            callee = node.child_by_field_name("function")
            return callee is not None and self._dotted(callee).rpartition(".")[2] == "loadEnv"
        if node.type == "object":
            spread = [child for child in node.named_children if child.type == "spread_element" and child.named_children]
            return any(self._is_loaded(child.named_children[0], depth + 1) for child in spread)
        return node.type == "member_expression" and self._is_process_env(node)

    def _conditions(self) -> Spans:
        """Code that only decides something: conditions of `if` and `?:`, comparisons, left operands of `&&`."""
        found: list[Node | None] = [
            node.child_by_field_name("condition") for node in self._all("ternary_expression", "if_statement")
        ]
        for node in self._all("binary_expression"):
            operator = node.child_by_field_name("operator")
            text = self._text(operator) if operator is not None else ""
            if text in _COMPARISONS:
                found.append(node)
            elif text == "&&":
                found.append(node.child_by_field_name("left"))
        return Spans(found)

    def _compared_texts(self) -> dict[int, str]:
        """The text that the expression at a place is compared with for equality."""
        found: dict[int, str] = {}
        for node in self._all("binary_expression"):
            left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if left is None or right is None or operator is None or self._text(operator) not in ("===", "=="):
                continue
            if right.type == "string":
                found[left.start_byte] = self._string(right)
        return found


def _holds(places: list[int], node: "Node") -> bool:
    at = bisect_right(places, node.end_byte - 1) - 1
    return at >= 0 and places[at] >= node.start_byte
