"""JavaScript and TypeScript, read by tree-sitter: configuration objects, calls, imports, variables.

Nothing is evaluated: literals, names of literals, and the few idioms for environment variables are understood;
everything else is UNKNOWN.
"""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.grammar import parse_code
from genfile.parsers.jsanswers import JsAnswers
from genfile.parsers.jsconfigured import JsConfigured
from genfile.parsers.jscontrollers import JsControllers
from genfile.parsers.jsloads import JsLoads
from genfile.parsers.jsreach import Import
from genfile.parsers.jsreads import JsReads
from genfile.parsers.jsreplaces import returned
from genfile.parsers.jsvalues import WRAPPERS
from genfile.parsers.jswrites import JsWrites
from genfile.parsers.values import UNKNOWN, Beginning, Call, EnvDefault, EnvName

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.jsgiven import ModuleParameters
    from genfile.parsers.jsstart import ModuleFlow


def parse_javascript(text: str, *, typescript: bool = False) -> "JsModule":
    """Read a module. Raises ParseError as parse_code does; syntax errors inside only hide what they cover."""
    name = "typescript" if typescript else "javascript"
    return JsModule(*parse_code(text, name), name)


def parse_typescript(text: str) -> "JsModule":
    """Like parse_javascript, for .ts and .tsx."""
    return parse_javascript(text, typescript=True)


__all__ = ["Import", "JsModule", "parse_javascript", "parse_typescript"]


class JsModule(JsReads, JsWrites, JsLoads, JsAnswers, JsControllers, JsConfigured):
    """A parsed module; each property is computed once, when needed."""

    @cached_property
    def flow(self) -> "ModuleFlow":
        """The module's functions, and what calls what."""
        from genfile.parsers.jsstart import ModuleFlow

        return ModuleFlow(self)

    @cached_property
    def parameters(self) -> "ModuleParameters":
        """The ports that callers pass to the module's functions."""
        from genfile.parsers.jsgiven import ModuleParameters

        return ModuleParameters(self)

    @cached_property
    def default_export(self) -> Any:
        """The exported configuration as plain values, or UNKNOWN: `export default`, `module.exports`, also wrapped."""
        node = self._exported
        return UNKNOWN if node is None else self._config(node)

    @property
    def exports_default(self) -> bool:
        """Whether the module has a default export."""
        return self._exported is not None

    @property
    def export_value(self) -> Any:
        """The exported value, whatever it is: a list of settings too."""
        node = self._exported
        return UNKNOWN if node is None else self._value(node)

    @cached_property
    def _exported(self) -> "Node | None":
        for node in self._root.named_children:
            if node.type == "export_statement":
                value = node.child_by_field_name("value") or node.child_by_field_name("declaration")
                if value is not None and any(child.type == "default" for child in node.children):
                    return value
            target = self._assigned(node)
            if target is not None and self._text(target[0]) in ("module.exports", "exports.default"):
                return target[1]
        return None

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        found: list[Call] = []
        for node in self._all("call_expression", "new_expression"):
            callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            arguments = node.child_by_field_name("arguments")
            if callee is not None and arguments is not None:
                # A tagged template has one text instead of arguments: $`git log`.
                tagged = arguments.type == "template_string"
                items = [arguments] if tagged else arguments.named_children
                values = tuple(self._argument(item) for item in items if item.type != "comment")
                found.append(Call(self._dotted(callee), values, {}, _line(node)))
        return tuple(found)

    @cached_property
    def required_calls(self) -> tuple[tuple[str, Call], ...]:
        """`require("x")(3000)`: the modules whose export is called at once, each with the call."""
        found: list[tuple[str, Call]] = []
        for node in self._all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if callee is None or arguments is None or callee.type != "call_expression":
                continue
            inner, given = callee.child_by_field_name("function"), callee.child_by_field_name("arguments")
            named = [item for item in given.named_children if item.type == "string"] if given is not None else []
            if inner is not None and self._text(inner) == "require" and len(named) == 1:
                values = tuple(self._argument(item) for item in arguments.named_children if item.type != "comment")
                name = self._string(named[0])
                found.append((name, Call(name, values, {}, _line(node))))
        return tuple(found)

    def _argument(self, node: "Node") -> Any:
        value = self._value(node)
        if value is UNKNOWN and node.type == "template_string" and node.named_children:
            first = node.named_children[0]
            return Beginning(self._text(first)) if first.type == "string_fragment" else UNKNOWN
        return value

    @cached_property
    def words(self) -> frozenset[str]:
        """The one-word string literals in the code."""
        strings = (self._string(node) for node in self._all("string"))
        return frozenset(text for text in strings if text.isalnum() and len(text) < 40)

    def texts_of(self, keys: Collection[str]) -> list[str]:
        """The literal texts that objects have under some keys."""
        found: list[str] = []
        for node in self._all("pair"):
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            if key is not None and value is not None and value.type == "string":
                name = self._string(key) if key.type == "string" else self._text(key)
                found += [self._string(value)] if name in keys else []
        return found

    @cached_property
    def paths(self) -> tuple[tuple[str, int], ...]:
        """Literal or joined paths: "../client/dist", path.join(__dirname, "..", "client", "dist")."""
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
        """The variables read through process.env and import.meta.env, by helpers that get the
        names, and from Nest's ConfigService; each once."""
        found: dict[str, EnvName] = {}
        lefts = (node.child_by_field_name("left") for node in self._all("binary_expression"))
        defaulted = {left.id for left in lefts if left is not None}
        for node in self._all("member_expression", "subscript_expression"):
            name = self._env_name(node)
            if name is not None:
                found.setdefault(name, EnvName(name, _line(node), node.id in defaulted))
        for item in (*self.asked_by_name, *self.configured):
            found.setdefault(item.name, item)
        return tuple(found.values())

    @cached_property
    def env_defaults(self) -> tuple[tuple[EnvDefault, int], ...]:
        """The variables with a default: `process.env.X || "y"`, each with its line."""
        found: list[tuple[EnvDefault, int]] = []
        asked = (
            [node for node in self._all("call_expression") if self.asked(node) is not None] if self.configured else []
        )
        for node in (*self._all("binary_expression"), *asked):
            value = self._value(node)
            if isinstance(value, EnvDefault) and value.default is not None:
                found.append((value, _line(node)))
        return tuple(found)

    def settings(self, name: str) -> Any:
        """The object that a name of the module stands for, or that its function returns; else UNKNOWN."""
        node = self.exports.get(name) or self._constants.get(name)
        return UNKNOWN if node is None else self._config(node)

    def _assigned(self, node: "Node") -> tuple["Node", "Node"] | None:
        if node.type != "expression_statement" or not node.named_children:
            return None
        expression = node.named_children[0]
        if expression.type != "assignment_expression":
            return None
        left, right = expression.child_by_field_name("left"), expression.child_by_field_name("right")
        return (left, right) if left is not None and right is not None else None

    def _config(self, node: "Node", depth: int = 0) -> Any:
        """A configuration object behind casts, names, wrapping calls, and functions that return it."""
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
            result = returned(body) if body is not None else None
            return UNKNOWN if result is None else self._config(result, depth + 1)
        value = self._value(node)
        return value if isinstance(value, dict) else UNKNOWN


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1
