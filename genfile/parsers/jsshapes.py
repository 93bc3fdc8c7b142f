"""JavaScript constructs that hold values: a module's export as a whole, fields of `this`, return values, data files
that are read and parsed, and arguments that set a port."""

from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.jsvalues import WRAPPERS, JsValues

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS = ("arrow_function", "function_expression", "function_declaration")
# Calls that parse text, calls that read and parse a file in one go, and calls that only read it.
_PARSES = frozenset(
    "JSON.parse JSON5.parse YAML.parse yaml.parse yaml.load yaml.safeLoad jsyaml.load load parse".split()
)
_READS_VALUES = frozenset("readJsonSync readJSONSync readJson readJSON loadJsonFile loadJsonFileSync".split())
_READS = frozenset("readFileSync readFile readTextFile file".split())

_MAX_BRANCHES = 20
_LISTENING = frozenset("listen serve startStandaloneServer".split())
# Calls that take an object of options with the port.
_TAKING = frozenset("createServer Server WebSocketServer server".split())
# Express stores the port as a setting, for `listen(app.get("port"))`.
_SETTING = "set"


class JsShapes(JsValues):
    def _whole_export(self) -> "Node | None":
        for node in self._root.named_children:
            if node.type == "export_statement" and any(child.type == "default" for child in node.children):
                return node.child_by_field_name("value") or node.child_by_field_name("declaration")
            inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else None
            if inner is not None and inner.type == "assignment_expression":
                left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
                if left is not None and right is not None and self._text(left) in ("module.exports", "exports.default"):
                    return right
        return None

    @cached_property
    def _of_this(self) -> dict[str, "Node"]:
        """The value of each `this.x` in the module's classes."""
        found: dict[str, Node] = {}
        for node in self._all("assignment_expression", "field_definition", "public_field_definition"):
            if node.type == "assignment_expression":
                left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
                name = self._text(left).removeprefix("this.") if left is not None else ""
                known = left is not None and self._text(left).startswith("this.")
            else:
                prop = node.child_by_field_name("property") or node.child_by_field_name("name")
                value, name = node.child_by_field_name("value"), self._text(prop) if prop is not None else ""
                known = bool(name)
            if known and value is not None:
                found.setdefault(name, value)
        return found

    def _given_back(self, node: "Node") -> "Node | None":
        """What a function returns at its end: its last `return`, or that of the last `else`."""
        body = node.child_by_field_name("body")
        if body is None or body.type != "statement_block":
            return body
        for _ in range(_MAX_BRANCHES):
            given = [
                child for child in body.named_children if child.type == "return_statement" and child.named_children
            ]
            if given:
                return given[-1].named_children[0]
            last = next((child for child in reversed(body.named_children) if child.type != "comment"), None)
            otherwise = last.child_by_field_name("alternative") if last is not None else None
            if last is None or last.type != "if_statement" or otherwise is None or not otherwise.named_children:
                return None
            inner = otherwise.named_children[-1]
            # `else return 3000` and `else if` have no block: the branch is the only statement.
            body = inner if inner.type == "statement_block" else otherwise
        return None

    def _read_by(self, dotted: str, items: list["Node"]) -> "Node | None":
        """The path of the file that a call reads and parses: `JSON.parse(fs.readFileSync(path))`,
        `readJsonSync(path)`."""
        if dotted.rsplit(".", 1)[-1] in _READS_VALUES and items:
            return items[0]
        inner = items[0] if dotted in _PARSES and items else None
        for _ in range(6):
            # `fs.readFileSync(path).toString()`, `await readFile(path)`, a constant that holds the text.
            if inner is None:
                return None
            if inner.type in WRAPPERS and inner.named_children:
                inner = inner.named_children[0]
            elif inner.type == "identifier":
                inner = self._constants.get(self._text(inner))
            elif inner.type == "call_expression":
                callee, arguments = inner.child_by_field_name("function"), inner.child_by_field_name("arguments")
                name = self._dotted(callee).rsplit(".", 1)[-1] if callee is not None else ""
                if name in _READS and arguments is not None and arguments.named_children:
                    return arguments.named_children[0]
                inner = callee.child_by_field_name("object") if callee is not None else None
            else:
                return None
        return None

    @cached_property
    def ports_given(self) -> tuple[tuple[str, int, "Node"], ...]:
        """Calls of `listen` and the like: the callee, the line, and the port expression."""
        found: list[tuple[str, int, Node]] = []
        for node in self._all("call_expression", "new_expression"):
            callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            arguments = node.child_by_field_name("arguments")
            if callee is None or arguments is None:
                continue
            inner = self._port_given(self._dotted(callee).rsplit(".", 1)[-1], arguments)
            if inner is not None:
                found.append((self._dotted(callee), node.start_point[0] + 1, inner))
        return tuple(found)

    def _port_given(self, name: str, arguments: "Node") -> "Node | None":
        """The port expression in the arguments of a call: `listen(port)`, `createServer({ port })`, `app.set("port",
        port)`; None if there is none."""
        if name != _SETTING and name not in _LISTENING | _TAKING:
            return None
        items = [item for item in arguments.named_children if item.type != "comment"]
        if name == _SETTING:
            named = len(items) > 1 and items[0].type == "string" and self._string(items[0]) == "port"
            return items[1] if named else None
        inner = self._port_in(items[0]) if items else None
        return inner if name in _LISTENING or (items and inner is not items[0]) else None

    def _port_in(self, node: "Node") -> "Node":
        """The value of `port` or `listen` in an object literal; any other node is returned as is."""
        for child in node.named_children if node.type == "object" else ():
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None and self._text(key) in ("port", "listen"):
                return self._port_in(value)
            if child.type == "shorthand_property_identifier" and self._text(child) == "port":
                return child
        return node
