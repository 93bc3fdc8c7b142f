"""Static evaluation of JavaScript and TypeScript: the part of JsModule that finds values without running code."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.grammar import captures, in_order
from genfile.parsers.jsreplaces import replacing
from genfile.parsers.jssyntax import declares_at_top, is_top, number_of
from genfile.parsers.values import UNKNOWN, Anchored, BesideModule, EnvDefault, NamedRead, Steps, is_known, joined

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DEPTH = 60
WRAPPERS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression"}
)
_HERE = frozenset({"__dirname", "import.meta.dirname", "import.meta.dir"})
_PATH_CALLS = frozenset({"path.resolve", "path.join", "resolve", "join", "fileURLToPath"})
# The environment of the process, and names that a module gives an object of its variables.
ENVIRONMENTS = frozenset({"process.env", "import.meta.env", "Bun.env"})
_NAMED = frozenset({"env", "ENV", "Env", "config", "environment", "serverEnv", "envVars", "envConfig"})
FUNCTION_KINDS = (
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function",
    "generator_function_declaration",
)
# TypeScript syntax that becomes code, which Node does not strip like types.
MAKES_CODE = ("decorator", "enum_declaration", "internal_module", "accessibility_modifier", "import_require_clause")
# The node types that all readers of a module look up, in one query: compiling one takes milliseconds.
_KINDS = tuple(
    """
    variable_declarator import_statement export_statement call_expression new_expression
    pair string member_expression subscript_expression binary_expression ternary_expression if_statement try_statement
    assignment_expression switch_case
    """.split()
)
# What only one grammar has; a class field has another name in each.
_OWN_KINDS = {"javascript": ("field_definition",), "typescript": ("public_field_definition", *MAKES_CODE)}
# What a bundler passes to a configuration function for a production build.
_PRODUCTION = {"mode": "production", "command": "build"}
NUMBER_CALLS = frozenset({"Number", "parseInt", "String", "parseFloat", "Number.parseInt"})
# Calls that give their first argument in another type: the bytes of a key are the key.
_CONVERTS = NUMBER_CALLS | {"Buffer.from", "createSecretKey", "crypto.createSecretKey"}


class JsValues:
    """One module's syntax tree, and the value of any node in it: a literal, what a name stands for, or UNKNOWN."""

    def __init__(self, source: bytes, root: "Node", language: str) -> None:
        self._source = source
        self._root = root
        self._language = language
        self._steps = Steps()

    @cached_property
    def _nodes(self) -> dict[str, list["Node"]]:
        return captures(self._language, (*_KINDS, *FUNCTION_KINDS, *_OWN_KINDS[self._language]), self._root)

    def _all(self, *kinds: str) -> list["Node"]:
        """Every node of these types, in source order."""
        return in_order(node for kind in kinds for node in self._nodes.get(kind, ()))

    @cached_property
    def _constants(self) -> dict[str, "Node"]:
        """What each name stands for: its initial value, or its only assignment. A module-level name takes precedence
        over a local one of the same name."""
        found: dict[str, Node] = {}
        top: dict[str, Node] = {}
        for node in self._all("variable_declarator", "function_declaration"):
            name = node.child_by_field_name("name")
            value = node.child_by_field_name("value") if node.type == "variable_declarator" else node
            if name is not None and value is not None and name.type == "identifier":
                found.setdefault(self._text(name), value)
                if declares_at_top(node):
                    top.setdefault(self._text(name), value)
        return self._assigned_once() | found | top

    def _assigned_once(self) -> dict[str, "Node"]:
        """`var port; port = 3000`: values of names that are declared bare and assigned once, at the top level."""
        bare = {
            self._text(name)
            for node in self._all("variable_declarator")
            if node.child_by_field_name("value") is None
            and (name := node.child_by_field_name("name")) is not None
            and name.type == "identifier"
        }
        found: dict[str, list[Node]] = {}
        for node in self._all("assignment_expression") if bare else ():
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "identifier":
                found.setdefault(self._text(left), []).append(right)
        whole = {name: nodes[0] for name, nodes in found.items() if name in bare and len(nodes) == 1}
        return {name: node for name, node in whole.items() if is_top(node)}

    @cached_property
    def _put_on(self) -> dict[str, "Node"]:
        """`settings.port = …`: what each dotted name is given at the top level, the last one counting."""
        found: dict[str, Node] = {}
        for node in self._root.named_children:
            inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else None
            left = inner.child_by_field_name("left") if inner is not None else None
            right = inner.child_by_field_name("right") if inner is not None else None
            if left is not None and right is not None and left.type == "member_expression":
                found[self._dotted(left)] = right
        return found

    @cached_property
    def _taken(self) -> dict[str, tuple[str, "Node | None"]]:
        """`const { PORT, HOST: host, MODE = "x" } = process.env`: each local name with its variable and default."""
        found: dict[str, tuple[str, Node | None]] = {}
        for node in self._all("variable_declarator"):
            pattern, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            short = value is not None and value.end_byte - value.start_byte <= 20
            if pattern is None or value is None or pattern.type != "object_pattern" or not short:
                continue
            for item in pattern.named_children if self._text(value) in ("process.env", "Bun.env") else ():
                left = item.child_by_field_name("left") or item
                local = left.child_by_field_name("value") or left
                name = self._text(left.child_by_field_name("key") or left)
                found.setdefault(self._text(local), (name, item.child_by_field_name("right")))
        return found

    def _named_value(self, name: str, depth: int) -> Any:
        """The value of a name: a constant of the module, or a variable destructured from the environment."""
        target = self._constants.get(name)
        if target is not None:
            return self._value(target, depth + 10)
        if name not in self._taken:
            return UNKNOWN
        variable, default = self._taken[name]
        value = self._value(default, depth + 10) if default is not None else None
        return EnvDefault(variable, None if value is UNKNOWN else value)

    def constant(self, name: str) -> Any:
        """The value that a name is declared with; UNKNOWN if that can't be told."""
        node = self._constants.get(name)
        return UNKNOWN if node is None else self._value(node)

    def _text(self, node: "Node") -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _dotted(self, node: "Node") -> str:
        """A member expression as `a.b.c`, without the calls and indexes in between: `express().use` is `use`."""
        parts: list[str] = []
        while node.type == "member_expression" and len(parts) < MAX_DEPTH:
            prop, owner = node.child_by_field_name("property"), node.child_by_field_name("object")
            if prop is not None:
                parts.append(self._text(prop))
            if owner is None:
                break
            node = owner
        if node.type in ("identifier", "this", "super", "import"):
            parts.append(self._text(node))
        return ".".join(reversed(parts))

    def _string(self, node: "Node") -> str:
        return "".join(self._text(child) for child in node.named_children if child.type != "comment")

    def _value(self, node: "Node", depth: int = 0) -> Any:
        if depth > MAX_DEPTH or self._steps.spent():
            return UNKNOWN
        kind = node.type
        if kind in WRAPPERS and node.named_children:
            return self._value(node.named_children[0], depth + 1)
        if kind == "string":
            return self._string(node)
        if kind == "template_string":
            return self._template(node, depth)
        if kind == "number":
            return number_of(self._text(node))
        if kind in ("true", "false", "null", "undefined"):
            return {"true": True, "false": False}.get(kind)
        if kind == "object":
            return self._object(node, depth)
        if kind == "array":
            return [self._value(item, depth + 1) for item in node.named_children if item.type != "comment"]
        if kind == "identifier":
            return self._named_value(self._text(node), depth)
        if kind in ("member_expression", "subscript_expression"):
            return self._member(node, depth)
        if kind in ("binary_expression", "unary_expression", "call_expression", "ternary_expression"):
            return self._computed(node, depth)
        return replacing(self, node) if kind in ("arrow_function", "function_expression") else UNKNOWN

    def _template(self, node: "Node", depth: int) -> Any:
        parts: list[str] = []
        for child in node.named_children:
            if child.type == "string_fragment":
                parts.append(self._text(child))
            elif child.type == "template_substitution" and child.named_children:
                value = self._value(child.named_children[0], depth + 1)
                if not isinstance(value, str | int):
                    return UNKNOWN
                parts.append(str(value))
        return joined(parts)

    def _object(self, node: "Node", depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for child in node.named_children:
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    name = self._string(key) if key.type == "string" else self._text(key)
                    result[name] = self._value(value, depth + 1)
            elif child.type == "spread_element" and child.named_children:
                inner = self._value(child.named_children[0], depth + 1)
                if isinstance(inner, dict):
                    result |= inner
            elif child.type == "shorthand_property_identifier":
                result[self._text(child)] = self._named_value(self._text(child), depth)
            elif child.type == "method_definition":
                name_node = child.child_by_field_name("name")
                if name_node is not None:
                    result[self._text(name_node)] = replacing(self, child)
        return result

    def _member(self, node: "Node", depth: int) -> Any:
        name = self._env_name(node)
        if name is not None:
            return EnvDefault(name)
        owner, prop = node.child_by_field_name("object"), node.child_by_field_name("property")
        if owner is not None and prop is not None and owner.type == "identifier":
            value = self._value(owner, depth + 10)
            if isinstance(value, dict) and self._text(prop) in value:
                return value[self._text(prop)]
            put = self._put_on.get(f"{self._text(owner)}.{self._text(prop)}")
            if put is not None:
                return self._value(put, depth + 10)
            if self._text(owner) in _NAMED and self._text(prop).isupper():
                # A variable that another module reads and validates.
                return EnvDefault(self._text(prop))
        return UNKNOWN

    def _computed(self, node: "Node", depth: int) -> Any:
        """The value of an operator or call: a variable with a fallback, a number parsed from text, a joined path, a
        comparison, a conditional."""
        if node.type == "unary_expression":
            argument = node.child_by_field_name("argument")
            return (
                self._value(argument, depth + 1)
                if argument is not None and self._source[node.start_byte : node.start_byte + 1] == b"+"
                else UNKNOWN
            )
        if node.type == "binary_expression":
            left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if left is None or right is None or operator is None:
                return UNKNOWN
            if self._text(operator) in ("===", "==", "!==", "!="):
                return self._compared(left, right, self._text(operator).startswith("="), depth)
            if self._text(operator) == "+" and self._text(left) in _HERE:
                below = self._value(right, depth + 1)
                return BesideModule(below.lstrip("/")) if isinstance(below, str) else UNKNOWN
            if self._text(operator) not in ("||", "??"):
                return UNKNOWN
            value = self._value(left, depth + 1)
            if isinstance(value, EnvDefault) and value.open:
                default = self._value(right, depth + 1)
                return value.otherwise(default) if is_known(default) else value
            return value if is_known(value) and value is not None else self._value(right, depth + 1)
        if node.type == "call_expression":
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            first = arguments.named_children[:1] if arguments is not None else []
            if callee is not None and first and (self._dotted(callee) in _CONVERTS or self._encodes(callee)):
                return self._value(first[0], depth + 1)
            if callee is not None and arguments is not None and self._dotted(callee) in _PATH_CALLS:
                return self._joined_path(self._dotted(callee), arguments, depth)
            if callee is not None and callee.type == "identifier" and arguments is not None:
                return self._with_fallback(self._text(callee), arguments, depth)
        if node.type == "ternary_expression":
            return self._chosen(node, depth)
        return UNKNOWN

    def _is_handed(self, read: NamedRead, items: list["Node"]) -> bool:
        """Whether a call gives a helper the environment of the process where the helper wants one."""
        at = read.environment
        return at is None or (at < len(items) and self._is_process_env(items[at]))

    def _encodes(self, callee: "Node") -> bool:
        """Whether a callee is `new TextEncoder().encode`, also by a name for the encoder."""
        prop = callee.child_by_field_name("property")
        owner = callee.child_by_field_name("object") if prop is not None and self._text(prop) == "encode" else None
        made = self._constants.get(self._text(owner)) if owner is not None and owner.type == "identifier" else owner
        constructor = made.child_by_field_name("constructor") if made is not None else None
        return constructor is not None and self._text(constructor) == "TextEncoder"

    def _with_fallback(self, helper: str, arguments: "Node", depth: int) -> Any:
        """`toNumber(process.env.PORT, 3000)`, `envInt(process.env.PORT, 3000, 1, 65535)`,
        `normalizePort(process.env.PORT || "3000")`: a helper of any name that gets a variable and a literal falls back
        on the literal, and one that gets a number returns a number. `number("PORT", 3000)`: one of the module may be
        given the variable's name."""
        items = [item for item in arguments.named_children if item.type != "comment"]
        read = self._named_read(helper)
        if read is not None and read.environment is not None:
            # `number(env, "PORT", 3000, { minimum: 1 })`: the variable and its fallback come after the environment.
            named = [self._value(item, depth + 1) for item in items[read.at : read.at + 2] if item.type != "object"]
            name = read.name_in(named[:1]) if self._is_handed(read, items) else None
            default = named[1] if len(named) > 1 and is_known(named[1]) else None
            return EnvDefault(name, default) if name is not None else UNKNOWN
        if len(items) == 1:
            value = self._value(items[0], depth + 1)
            return value if isinstance(value, EnvDefault) and str(value.last).isdecimal() else UNKNOWN
        if len(items) not in (2, 4) or items[1].type not in ("number", "string"):
            return UNKNOWN
        variable, literal, *bounds = (self._value(item, depth + 1) for item in items)
        # Two more numbers are bounds if the first lies between them; otherwise it is unclear which one is the fallback.
        if bounds and not (
            all(isinstance(item, int) for item in (literal, *bounds)) and bounds[0] <= literal <= bounds[1]
        ):
            return UNKNOWN
        if isinstance(variable, str) and read is not None and read.at == 0:
            variable = EnvDefault(variable)
        if isinstance(variable, EnvDefault) and variable.default is None and is_known(literal):
            return EnvDefault(variable.name, literal)
        return UNKNOWN

    def _named_read(self, helper: str) -> NamedRead | None:
        """How a function reads the variable that one of its parameters names: `process.env[name]`; None if it
        doesn't."""
        return None

    def _chosen(self, node: "Node", depth: int) -> Any:
        """What a conditional gives in a production build with no variables set."""
        parts = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
        if any(part is None for part in parts):
            return UNKNOWN
        condition, yes, no = (self._value(part, depth + 1) for part in parts if part is not None)
        if isinstance(condition, EnvDefault) and isinstance(yes, EnvDefault):
            return EnvDefault(condition.name, no if is_known(no) else None)
        if isinstance(condition, EnvDefault):
            return no if condition.default is None and condition.name != "NODE_ENV" else UNKNOWN
        return (yes if condition else no) if isinstance(condition, bool) else UNKNOWN

    def _compared(self, left: "Node", right: "Node", equal: bool, depth: int) -> Any:
        """A comparison, as it comes out in a production build: `mode === "production"`, `process.env.NODE_ENV !==
        "development"` are true."""
        value, other = self._value(left, depth + 1), self._value(right, depth + 1)
        name = self._dotted(left).rpartition(".")[2]
        if isinstance(value, EnvDefault):
            value = "production" if value.name == "NODE_ENV" else value.default
        elif value is UNKNOWN and name in _PRODUCTION:
            value = _PRODUCTION[name]
        if value is UNKNOWN or not isinstance(other, str):
            return UNKNOWN
        return (value == other) is equal

    def _joined_path(self, callee: str, arguments: "Node", depth: int) -> Any:
        """The literal part of a path: `path.resolve(__dirname, "../x")`, `fileURLToPath(new URL("./x", …))`."""
        parts: list[str] = []
        first = self._text(arguments.named_children[0])[:40] if arguments.named_children else ""
        anchored = callee.rpartition(".")[2] != "join" or first in _HERE
        for item in arguments.named_children:
            if item.type == "new_expression":
                inner = item.child_by_field_name("arguments")
                item = inner.named_children[0] if inner is not None and inner.named_children else item
            value = self._value(item, depth + 1)
            if isinstance(value, str):
                parts.append(value)
        whole = joined(["/".join(parts)]) if parts else UNKNOWN
        if not anchored or not isinstance(whole, str):
            return whole
        return BesideModule(whole) if first in _HERE else Anchored(whole)

    def _env_name(self, node: "Node") -> str | None:
        """The X in `process.env.X`, `process.env["X"]`, `import.meta.env.X`, `Bun.env.X`."""
        if node.type not in ("member_expression", "subscript_expression"):
            return None
        owner = node.child_by_field_name("object")
        if owner is None or not self._is_process_env(owner):
            return None
        prop = node.child_by_field_name("property")
        if prop is not None:
            return self._text(prop)
        index = node.child_by_field_name("index")
        return self._string(index) if index is not None and index.type == "string" else None

    def _is_process_env(self, node: "Node") -> bool:
        """Whether a node is the environment of the process itself, also as `process?.env`."""
        # Skip long text: each member of `a.b.c…` repeats the text of everything before it.
        return node.end_byte - node.start_byte <= 20 and self._text(node).replace("?", "") in ENVIRONMENTS
