"""Go source, read by tree-sitter: calls, literals, variables, and their values."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.gosyntax import FIRST_ARGUMENT, MAX_CHAIN, GoSyntax, line_of
from genfile.parsers.grammar import Places, in_order, parse_code
from genfile.parsers.values import (
    UNKNOWN,
    Begins,
    Call,
    EnvDefault,
    EnvName,
    FieldRead,
    Steps,
    first_set,
    is_known,
    joined,
    joined_path,
    whole_number,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.goflow import GoFlow
    from genfile.parsers.goindex import GoIndex

# A longer condition checks more than whether a name is empty.
MAX_CONDITION = 2_000
# The working directory, as a path.
HERE = "."
_WRAPPED = frozenset({"expression_list", "literal_element", "parenthesized_expression", "literal_value"})


def parse_go(text: str) -> "GoFile":
    """Read a file. Raises ParseError as parse_code does; syntax errors inside only hide what they cover."""
    return GoFile(*parse_code(text, "go"))


class GoFile(GoSyntax):
    """A parsed file and the values of its expressions; each property is computed once, when needed."""

    def __init__(self, source: bytes, root: "Node") -> None:
        super().__init__(source, root)
        self._steps = Steps()

    @cached_property
    def index(self) -> "GoIndex":
        """The functions, variables and calls of the file, by name."""
        from genfile.parsers.goindex import GoIndex

        return GoIndex(self)

    @cached_property
    def flow(self) -> "GoFlow":
        """What the file's declarations use and do."""
        from genfile.parsers.goflow import GoFlow

        return GoFlow(self)

    @cached_property
    def required_names(self) -> tuple[EnvName, ...]:
        """The variables that the program exits without, each once, by line."""
        from genfile.parsers.gorequired import required_names

        return required_names(self)

    @cached_property
    def returned_names(self) -> tuple[tuple[str, EnvName], ...]:
        """The variables whose absence a function reports as an error, each with the function's name."""
        from genfile.parsers.gorequired import returned_names

        return tuple(returned_names(self))

    @cached_property
    def needing(self) -> dict[str, int]:
        """The functions that exit if the variable they are asked for is missing, each with the index of the argument
        that names it."""
        from genfile.parsers.gorequired import needing

        return dict(needing(self))

    @cached_property
    def fatal_calls(self) -> frozenset[str]:
        """The functions whose error ends the program."""
        from genfile.parsers.gorequired import fatal_calls

        return frozenset(fatal_calls(self))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        found: list[Call] = []
        for node in self.nodes("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if callee is not None and arguments is not None:
                values = tuple(self._value(item) for item in arguments.named_children if item.type != "comment")
                found.append(Call(self._dotted(callee), values, {}, line_of(node)))
        return tuple(found)

    @cached_property
    def fields(self) -> tuple[tuple[str, str, Any, int], ...]:
        """Keyed fields of struct literals: (type, key, value, line), as in `http.Server{Addr: ":8080"}`."""
        found: list[tuple[str, str, Any, int]] = []
        for node in self.nodes("composite_literal"):
            kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
            if kind is None or body is None:
                continue
            for element in body.named_children:
                if element.type == "keyed_element" and len(element.named_children) == 2:
                    key, value = element.named_children
                    found.append((self._text(kind), self._text(key), self._value(_inner(value)), line_of(element)))
        return tuple(found)

    @cached_property
    def literals(self) -> tuple[tuple[str, dict[str, Any], int], ...]:
        """Struct literals: (type, keyed fields, line), as in `cobra.Command{Use: "serve", Run: run}`; also items of a
        list whose type is stated once: `[]*cli.Command{{Name: "serve"}}`."""
        found: list[tuple[str, dict[str, Any], int]] = []
        for node in self.nodes("composite_literal"):
            kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
            if kind is None or body is None:
                continue
            found.append((self._text(kind), self._keyed(body), line_of(node)))
            if kind.type == "slice_type":
                name = self._text(kind).removeprefix("[]").removeprefix("*")
                items = [item.named_children[0] for item in body.named_children if item.named_children]
                found += [(name, self._keyed(item), line_of(item)) for item in items if item.type == "literal_value"]
        return tuple(found)

    @cached_property
    def listed(self) -> frozenset[int]:
        """The lines of literals that are items of a list: `[]*cli.Command{{Name: "serve"}}`."""
        found: set[int] = set()
        for node in self.nodes("composite_literal"):
            kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
            if kind is not None and body is not None and kind.type == "slice_type":
                found.update(line_of(item) for item in body.named_children)
        return frozenset(found)

    def _keyed(self, body: "Node") -> dict[str, Any]:
        pairs = [item.named_children for item in body.named_children if item.type == "keyed_element"]
        return {self._text(pair[0]): self._value(_inner(pair[1])) for pair in pairs if len(pair) == 2}

    @cached_property
    def cases(self) -> tuple[tuple[str, int], ...]:
        """The words that a program compares its first argument with: `switch os.Args[1] { case "serve": … }`."""
        found: list[tuple[str, int]] = []
        for node in self.nodes("expression_switch_statement"):
            value = node.child_by_field_name("value")
            text = self._text(value) if value is not None else ""
            target = self._constants.get(text)
            if text not in FIRST_ARGUMENT and (target is None or self._text(target) not in FIRST_ARGUMENT):
                continue
            for case in node.named_children:
                listed = case.child_by_field_name("value") if case.type == "expression_case" else None
                found += [
                    (self._text(item)[1:-1], line_of(item))
                    for item in (listed.named_children if listed is not None else ())
                    if item.type == "interpreted_string_literal"
                ]
        return tuple(found)

    @cached_property
    def set_fields(self) -> tuple[tuple[str, Any, int], ...]:
        """Assignments to fields: (the field as dotted text, value, line), as in `c.Port = "8080"`."""
        found: list[tuple[str, Any, int]] = []
        for node in self.nodes("assignment_statement"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            target = _inner(left) if left is not None else None
            if target is not None and right is not None and target.type == "selector_expression":
                found.append((self._dotted(target), self._value(_inner(right)), line_of(node)))
        return tuple(found)

    @cached_property
    def strings(self) -> tuple[tuple[str, int], ...]:
        """Every one-line string literal, with its line."""
        return tuple(
            (self._text(node)[1:-1], line_of(node))
            for node in self.nodes("interpreted_string_literal", "raw_string_literal")
            if node.end_byte - node.start_byte < 120
        )

    @cached_property
    def env_names(self) -> tuple[EnvName, ...]:
        """The variables read through os.Getenv and os.LookupEnv, each once, in order."""
        found: dict[str, EnvName] = {}
        for call in self.calls:
            if call.callee in ("os.Getenv", "os.LookupEnv") and call.arguments and isinstance(call.arguments[0], str):
                name = call.arguments[0]
                if name.isidentifier():
                    found.setdefault(name, EnvName(name, call.line, call.callee == "os.LookupEnv"))
        return tuple(found.values())

    @cached_property
    def fallbacks(self) -> dict[str, Any]:
        """Literals that a name falls back on if it is empty: `if port == "" { port = "8080" }`."""
        return {name: self._value(node) for name, node in self._fallback_nodes.items()}

    @cached_property
    def _fallback_nodes(self) -> dict[str, "Node"]:
        found: dict[str, Node] = {}
        assigned = Places(in_order(self.nodes("assignment_statement", "short_var_declaration")))
        for node in self.nodes("if_statement"):
            condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
            if condition is None or body is None:
                continue
            text = self._text(condition) if condition.end_byte - condition.start_byte < MAX_CONDITION else ""
            for inner in assigned.within(body) if text else ():
                if self._steps.spent():
                    return found
                left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
                if left is not None and right is not None and self._text(left) in text:
                    found.setdefault(self._text(left), _inner(right))
        return found

    @cached_property
    def env_defaults(self) -> dict[str, Any]:
        """Variables with a literal default, however the code writes it."""
        found: dict[str, Any] = {}
        for name, default in self.fallbacks.items():
            target = self._constants.get(name)
            value = UNKNOWN if target is None else self._value(target)
            if isinstance(value, EnvDefault) and is_known(default):
                found.setdefault(value.name, default)
        return found

    @cached_property
    def _constants(self) -> dict[str, "Node"]:
        found: dict[str, Node] = {}
        for node in self.nodes("const_spec", "var_spec", "short_var_declaration"):
            if node.type in ("const_spec", "var_spec"):
                name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            elif node.type == "short_var_declaration":
                name, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            else:
                continue
            if name is not None and value is not None:
                names = [self._text(item) for item in (name.named_children or [name])]
                values = value.named_children or [value]
                # In `a, err := f()`, the one value belongs to the first name.
                for item, literal in zip(names, values, strict=False):
                    found.setdefault(item, literal)
        return found

    def _value(self, node: "Node", depth: int = 0) -> Any:
        if depth > 30 or self._steps.spent():
            return UNKNOWN
        kind = node.type
        if kind in _WRAPPED:
            node = _inner(node)
            kind = node.type
        if kind in ("unary_expression", "binary_expression", "call_expression"):
            return self._computed(node, depth)
        if kind == "selector_expression":
            path = self._dotted(node)
            return FieldRead(path) if path and len(path) < MAX_CHAIN else UNKNOWN
        text = self._text(node)
        if kind in ("interpreted_string_literal", "raw_string_literal"):
            return text[1:-1]
        if kind == "int_literal":
            return whole_number(text)
        if kind in ("true", "false"):
            return kind == "true"
        if kind == "nil":
            return None
        if kind == "identifier":
            target = self._constants.get(text)
            value = UNKNOWN if target is None else self._value(target, depth + 10)
            if isinstance(value, EnvDefault) and value.default is None and text in self._fallback_nodes:
                # The assigned value may contain the name itself; the depth limit ends the recursion.
                default = self._value(self._fallback_nodes[text], depth + 10)
                return EnvDefault(value.name, default if is_known(default) else None)
            return value
        return UNKNOWN

    def _computed(self, node: "Node", depth: int) -> Any:
        if node.type == "unary_expression":
            return self._value(node.named_children[0], depth + 1) if node.named_children else UNKNOWN
        return self._joined(node, depth) if node.type == "binary_expression" else self._called(node, depth)

    def _joined(self, node: "Node", depth: int) -> Any:
        """`":" + port`: the part with the port."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or not any(child.type == "+" for child in node.children):
            return UNKNOWN
        parts = [self._value(left, depth + 1), self._value(right, depth + 1)]
        if isinstance(parts[0], Begins):
            return parts[0]
        if isinstance(parts[0], str) and "/" in parts[0] and not isinstance(parts[1], str | int):
            return Begins(parts[0])
        for part in parts:
            if isinstance(part, EnvDefault | FieldRead):
                return part
        return joined(parts) if all(isinstance(part, str | int) for part in parts) else UNKNOWN

    def _called(self, node: "Node", depth: int) -> Any:
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or arguments is None:
            return UNKNOWN
        name = self._dotted(callee)
        values = [self._value(item, depth + 1) for item in arguments.named_children if item.type != "comment"]
        if name in ("os.Getenv", "os.LookupEnv") and values and isinstance(values[0], str):
            return EnvDefault(values[0])
        if name == "os.Getwd":
            return HERE
        if name in ("filepath.Join", "path.Join", "filepath.FromSlash", "filepath.Clean", "path.Clean"):
            return joined_path(values)
        if name in ("fmt.Sprintf", "net.JoinHostPort", "strconv.Itoa", "strconv.Atoi", "string", "int") and values:
            last = values[-1]
            start = values[0].split("%")[0] if isinstance(values[0], str) else ""
            if name == "fmt.Sprintf" and "/" in start and ":" not in start:
                return Begins(start)
            return f":{last}" if isinstance(last, int) and len(values) > 1 else last
        if name.split(".")[-1] in ("Int", "String") and name.startswith(("flag.", "pflag.")) and len(values) >= 2:
            return values[1]
        if name == "cmp.Or":
            return first_set(values)
        # getEnv("PORT", "8080"): the project's own helper, recognised by its shape.
        if len(values) == 2 and isinstance(values[0], str) and values[0].isupper() and "env" in name.lower():
            return EnvDefault(values[0], values[1] if is_known(values[1]) else None)
        return UNKNOWN


def _inner(node: "Node") -> "Node":
    while node.type in _WRAPPED and node.named_child_count == 1:
        node = node.named_children[0]
    return node
