"""JavaScript and TypeScript, read by tree-sitter: configuration objects, calls, imports, variables read.

Nothing is evaluated: literals, names of literals, and the few idioms for environment variables are seen;
all else is UNKNOWN.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.grammar import parse_code
from genfile.parsers.jsreads import JsReads
from genfile.parsers.jsvalues import WRAPPERS
from genfile.parsers.jswrites import JsWrites
from genfile.parsers.values import UNKNOWN, Call, EnvName, is_known

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Import:
    module: str
    names: tuple[str, ...]
    line: int
    required: bool = False
    handed_on: bool = False


def parse_javascript(text: str, *, typescript: bool = False) -> "JsModule":
    """Read a module. Raises ParseError as parse_code does; syntax errors inside only hide what they cover."""
    name = "typescript" if typescript else "javascript"
    return JsModule(*parse_code(text, name), name)


def parse_typescript(text: str) -> "JsModule":
    """As parse_javascript, for .ts and .tsx."""
    return parse_javascript(text, typescript=True)


class JsModule(JsReads, JsWrites):
    """A parsed module; every property is found once, when it is asked for."""

    @cached_property
    def default_export(self) -> Any:
        """The exported configuration as plain values, or UNKNOWN: `export default`, `module.exports`, also wrapped."""
        for node in self._root.named_children:
            if node.type == "export_statement":
                value = node.child_by_field_name("value") or node.child_by_field_name("declaration")
                if value is not None and any(child.type == "default" for child in node.children):
                    return self._config(value)
            target = self._assigned(node)
            if target is not None and self._text(target[0]) in ("module.exports", "exports.default"):
                return self._config(target[1])
        return UNKNOWN

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        found: list[Import] = []
        for node in self._all("import_statement", "export_statement", "call_expression"):
            if node.type != "call_expression":
                source = node.child_by_field_name("source")
                if source is not None:
                    on = node.type == "export_statement"
                    found.append(Import(self._string(source), self._imported(node), _line(node), handed_on=on))
            else:
                callee = node.child_by_field_name("function")
                arguments = node.child_by_field_name("arguments")
                if callee is not None and arguments is not None and callee.type in ("identifier", "import"):
                    first = arguments.named_children[:1]
                    if self._text(callee) in ("require", "import") and first and first[0].type == "string":
                        required = self._text(callee) == "require"
                        found.append(Import(self._string(first[0]), (), _line(node), required))
        return tuple(found)

    def _imported(self, node: "Node") -> tuple[str, ...]:
        """The names that an import takes by name: `import { a as b } from "x"` takes a."""
        clauses = [child for child in node.named_children if child.type == "import_clause"]
        named = [child for clause in clauses for child in clause.named_children if child.type == "named_imports"]
        names = [item.child_by_field_name("name") for group in named for item in group.named_children]
        return tuple(self._text(name) for name in names if name is not None)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        found: list[Call] = []
        for node in self._all("call_expression", "new_expression"):
            callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            arguments = node.child_by_field_name("arguments")
            if callee is not None and arguments is not None:
                # A tagged template has one text in the place of arguments: $`git log`.
                tagged = arguments.type == "template_string"
                items = [arguments] if tagged else arguments.named_children
                values = tuple(self._value(item) for item in items if item.type != "comment")
                found.append(Call(self._dotted(callee), values, {}, _line(node)))
        return tuple(found)

    @cached_property
    def defaults(self) -> tuple[tuple[str, Any, int], ...]:
        """Keys of a schema with a default: `PORT: z.coerce.number().default(3000)`, `PORT: port({ default: 1 })`."""
        found: list[tuple[str, Any, int]] = []
        for node in self._all("pair"):
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            if key is None or value is None or value.type != "call_expression":
                continue
            name = self._string(key) if key.type == "string" else self._text(key)
            default = self._default_of(value)
            if is_known(default):
                found.append((name, default, _line(node)))
        return tuple(found)

    def _default_of(self, node: "Node") -> Any:
        """What `.default(x)` or `{ default: x }` somewhere in a chain of calls says."""
        for _ in range(12):
            if node.type != "call_expression":
                return UNKNOWN
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if callee is None or arguments is None:
                return UNKNOWN
            values = [self._value(item) for item in arguments.named_children if item.type != "comment"]
            if self._dotted(callee).rsplit(".", 1)[-1] in ("default", "prefault", "optional") and values:
                return values[0]
            if values and isinstance(values[-1], dict) and "default" in values[-1]:
                return values[-1]["default"]
            owner = callee.child_by_field_name("object")
            if owner is None:
                return UNKNOWN
            node = owner
        return UNKNOWN

    @cached_property
    def words(self) -> frozenset[str]:
        """The strings of one word that the code writes out."""
        strings = (self._string(node) for node in self._all("string"))
        return frozenset(text for text in strings if text.isalnum() and len(text) < 40)

    @cached_property
    def paths(self) -> tuple[tuple[str, int], ...]:
        """Paths that the code writes out or joins: "../client/dist", path.join(__dirname, "..", "client", "dist")."""
        found: list[tuple[str, int]] = []
        for node in self._all("string", "call_expression"):
            if node.type == "string":
                if "/" in self._text(node):
                    found.append((self._string(node), _line(node)))
            else:
                arguments = node.child_by_field_name("arguments")
                words = (
                    [self._string(item) for item in arguments.named_children if item.type == "string"]
                    if arguments
                    else []
                )
                if len(words) > 1:
                    found.append(("/".join(words), _line(node)))
        return tuple(found)

    @cached_property
    def env_names(self) -> tuple[EnvName, ...]:
        """The variables read through process.env and import.meta.env, each once, in order."""
        found: dict[str, EnvName] = {}
        lefts = (node.child_by_field_name("left") for node in self._all("binary_expression"))
        defaulted = {left.id for left in lefts if left is not None}
        for node in self._all("member_expression", "subscript_expression"):
            name = self._env_name(node)
            if name is not None:
                found.setdefault(name, EnvName(name, _line(node), node.id in defaulted))
        return tuple(found.values())

    def _assigned(self, node: "Node") -> tuple["Node", "Node"] | None:
        if node.type != "expression_statement" or not node.named_children:
            return None
        expression = node.named_children[0]
        if expression.type != "assignment_expression":
            return None
        left, right = expression.child_by_field_name("left"), expression.child_by_field_name("right")
        return (left, right) if left is not None and right is not None else None

    def _config(self, node: "Node", depth: int = 0) -> Any:
        """A configuration object behind casts, names, wrapping calls and functions that return it."""
        if depth > 12 or self._steps.spent():
            return UNKNOWN
        if node.type in WRAPPERS and node.named_children:
            return self._config(node.named_children[0], depth + 1)
        if node.type == "identifier":
            target = self._constants.get(self._text(node))
            return UNKNOWN if target is None else self._config(target, depth + 1)
        if node.type == "call_expression":
            arguments = node.child_by_field_name("arguments")
            for item in arguments.named_children if arguments is not None else ():
                value = self._config(item, depth + 1)
                if isinstance(value, dict):
                    return value
            return UNKNOWN
        if node.type in ("arrow_function", "function_expression", "function_declaration"):
            body = node.child_by_field_name("body")
            returned = self._returned(body) if body is not None else None
            return UNKNOWN if returned is None else self._config(returned, depth + 1)
        value = self._value(node)
        return value if isinstance(value, dict) else UNKNOWN

    def _returned(self, body: "Node") -> "Node | None":
        if body.type != "statement_block":
            return body
        returns = [child for child in body.named_children if child.type == "return_statement" and child.named_children]
        return returns[-1].named_children[0] if returns else None


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1
