"""What JavaScript expressions refer to if they have no value of their own: names in other modules, keys."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.parsers.jsawaited import awaited_module, unwrapped
from genfile.parsers.jsshapes import FUNCTIONS, JsShapes
from genfile.parsers.jsvalues import NUMBER_CALLS, WRAPPERS
from genfile.parsers.values import UNKNOWN, EnvDefault, is_known

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DEPTH = 30
_LOOKUPS = frozenset("get getOrThrow getNumber getInt number int has".split())


class NameReference(Struct, frozen=True):
    """A reference by name: `config.http.port` has the names config, http, port; `config.get('http.port', 80)` has one
    name, a key and a default.

    ``file``: the path expression of a data file that is read; ``module``: a module that is required in place. With
    either, the names are looked up in what it holds.
    """

    names: tuple[str, ...]
    key: str | None = None
    default: Any = UNKNOWN
    file: "Node | None" = None
    module: str | None = None


class Import(Struct, frozen=True):
    module: str
    names: tuple[str, ...]
    line: int
    required: bool = False
    handed_on: bool = False


class JsReferences(JsShapes):
    """Names that lead out of a module, and the calls that receive them."""

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
        """The names that an import takes from a module: `import { a as b } from "x"` takes a."""
        clauses = [child for child in node.named_children if child.type == "import_clause"]
        named = [child for clause in clauses for child in clause.named_children if child.type == "named_imports"]
        names = [item.child_by_field_name("name") for group in named for item in group.named_children]
        return tuple(self._text(name) for name in names if name is not None)

    @cached_property
    def bindings(self) -> dict[str, tuple[str, str]]:
        """Local names of imports: the module, and the name there; `*` for the whole module."""
        found: dict[str, tuple[str, str]] = {}
        for node in self._all("import_statement", "variable_declarator"):
            if node.type == "import_statement":
                source = node.child_by_field_name("source")
                clause = next((child for child in node.named_children if child.type == "import_clause"), None)
                if source is not None and clause is not None:
                    self._bind_clause(clause, self._string(source), found)
            else:
                name, value = node.child_by_field_name("name"), unwrapped(node.child_by_field_name("value"))
                module = self._required(value) or awaited_module(self, value, found) if value is not None else None
                prop = value.child_by_field_name("property") if value is not None else None
                if name is None or module is None:
                    continue
                if prop is not None and name.type == "identifier" and self._text(prop) != "default":
                    found[self._text(name)] = (module, self._text(prop))
                else:
                    self._bind_pattern(name, module, found)
        return found

    def _bind_clause(self, clause: "Node", module: str, found: dict[str, tuple[str, str]]) -> None:
        for child in clause.named_children:
            if child.type == "identifier":
                found[self._text(child)] = (module, "default")
            elif child.type == "namespace_import" and child.named_children:
                found[self._text(child.named_children[-1])] = (module, "*")
            for item in child.named_children if child.type == "named_imports" else ():
                name, alias = item.child_by_field_name("name"), item.child_by_field_name("alias")
                if name is not None:
                    found[self._text(alias or name)] = (module, self._text(name))

    def _bind_pattern(self, name: "Node", module: str, found: dict[str, tuple[str, str]]) -> None:
        if name.type == "identifier":
            found[self._text(name)] = (module, "*")
        for local, exported in self._pattern(name):
            found[local] = (module, exported)

    def _pattern(self, node: "Node") -> list[tuple[str, str]]:
        """`{ port, http: server }`: each local name with the property it binds."""
        found: list[tuple[str, str]] = []
        for child in node.named_children if node.type == "object_pattern" else ():
            if child.type == "shorthand_property_identifier_pattern":
                found.append((self._text(child), self._text(child)))
            elif child.type == "pair_pattern":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None and value.type == "identifier":
                    found.append((self._text(value), self._text(key)))
        return found

    def _required(self, node: "Node") -> str | None:
        """The module in `require("./x")`, also with `.default` after it."""
        if node.type == "member_expression":
            owner = node.child_by_field_name("object")
            return self._required(owner) if owner is not None and owner.type == "call_expression" else None
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if node.type != "call_expression" or callee is None or arguments is None or self._text(callee) != "require":
            return None
        first = arguments.named_children[:1]
        return self._string(first[0]) if first and first[0].type == "string" else None

    @cached_property
    def _destructured(self) -> dict[str, tuple["Node", str]]:
        """`const { port } = config.http`: for each local name, the value it is taken from and the property."""
        found: dict[str, tuple[Node, str]] = {}
        for node in self._all("variable_declarator"):
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None and value is not None:
                for local, key in self._pattern(name):
                    found.setdefault(local, (value, key))
        return found

    @cached_property
    def given(self) -> tuple[tuple[str, NameReference, int], ...]:
        """Calls of `listen` and the like whose port is only known by name, with that reference."""
        found = ((callee, self._refers(node), line) for callee, line, node in self.ports_given)
        return tuple((callee, reference, line) for callee, reference, line in found if reference is not None)

    def _refers(self, node: "Node", depth: int = 0) -> NameReference | None:
        if depth > MAX_DEPTH or self._steps.spent():
            return None
        kind = node.type
        if kind in WRAPPERS and node.named_children:
            return self._refers(node.named_children[0], depth + 1)
        if kind in ("identifier", "shorthand_property_identifier"):
            return self._refers_by_name(self._text(node), depth)
        if kind == "unary_expression":
            argument = node.child_by_field_name("argument")
            return self._refers(argument, depth + 1) if argument is not None else None
        if kind == "binary_expression":
            left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if operator is None or self._text(operator) not in ("||", "??"):
                return None
            if left is not None and right is not None and self._is_variable(left):
                return self._refers(right, depth + 1)
            found = self._refers(left, depth + 1) if left is not None else None
            return replace(found, default=self._value(right)) if found is not None and right is not None else None
        if kind in ("member_expression", "subscript_expression"):
            return self._refers_by_member(node, depth)
        return self._refers_by_call(node, depth) if kind == "call_expression" else None

    def _is_variable(self, node: "Node") -> bool:
        """Whether an expression is itself an environment variable: `Number(process.env.PORT)`, or a name for it."""
        if not isinstance(self._value(node), EnvDefault):
            return False
        for _ in range(6):
            arguments = node.child_by_field_name("arguments")
            inner = arguments.named_children if arguments is not None else node.named_children
            if node.type == "identifier":
                target = self._constants.get(self._text(node))
                if target is None:
                    return self._text(node) in self._taken
                node = target
            elif node.type in (*WRAPPERS, "call_expression", "unary_expression") and inner:
                node = inner[0]
            else:
                return self._env_name(node) is not None
        return False

    def _refers_by_name(self, name: str, depth: int) -> NameReference:
        target = self._constants.get(name)
        if name in self.bindings:
            return NameReference((name,))
        if name in self._destructured:
            value, key = self._destructured[name]
            found = self._refers(value, depth + 1)
            return _below(found, key) if found is not None else NameReference((name,))
        found = self._refers(target, depth + 1) if target is not None else None
        return found or NameReference((name,))

    def _refers_by_member(self, node: "Node", depth: int) -> NameReference | None:
        owner = node.child_by_field_name("object")
        prop, index = node.child_by_field_name("property"), node.child_by_field_name("index")
        if owner is not None and prop is not None and owner.type == "this":
            own = self._of_this.get(self._text(prop))
            return self._refers(own, depth + 1) if own is not None else None
        found = self._refers(owner, depth + 1) if owner is not None else None
        key = self._text(prop) if prop is not None else self._key_of(index) if index is not None else None
        return _below(found, key) if found is not None and key is not None else None

    def _key_of(self, node: "Node") -> str | None:
        """The text of an index; an image runs in the production environment."""
        value = self._value(node)
        if isinstance(value, EnvDefault):
            return "production" if value.name == "NODE_ENV" else None
        return value if isinstance(value, str) else None

    def _refers_by_call(self, node: "Node", depth: int) -> NameReference | None:
        """What a call refers to: a number parsed from text, a setting looked up by key, or a function's settings."""
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or arguments is None:
            return None
        items = [item for item in arguments.named_children if item.type != "comment"]
        dotted = self._dotted(callee)
        if dotted in NUMBER_CALLS and items:
            return self._refers(items[0], depth + 1)
        if dotted.rsplit(".", 1)[-1] in _LOOKUPS and "." in f".{dotted}" and items and items[0].type == "string":
            owner = callee.child_by_field_name("object")
            below = self._refers(owner, depth + 1) if owner is not None else None
            default = self._value(items[1]) if len(items) > 1 else UNKNOWN
            return NameReference(below.names if below else (), self._string(items[0]), default)
        if callee.type == "identifier" and not items and self._text(callee) in self.bindings:
            return NameReference((self._text(callee),))
        module = self._required(node)
        if module is not None:
            return NameReference((), module=module)
        read = self._read_by(dotted, items)
        if read is not None:
            return NameReference((), file=read)
        made = self._constants.get(dotted) if callee.type == "identifier" else None
        given = self._given_back(made) if made is not None and made.type in FUNCTIONS else None
        return self._refers(given, depth + 1) if given is not None else None

    def refers_to(self, names: tuple[str, ...]) -> NameReference | None:
        """What an export of this module refers to, if it leads on to a file or another module."""
        node = self.exports.get(names[0]) if names else None
        rest = names[1:]
        if node is None:
            node, rest = self._whole_export(), names[1:] if names[:1] == ("default",) else names
        if node is None and names:
            node, rest = self._constants.get(names[0]), names[1:]
        for _ in range(MAX_DEPTH):
            if node is None or node.type not in ("object", "identifier") or not rest:
                break
            if node.type == "identifier":
                target = self._constants.get(self._text(node))
                if target is None or target.type != "object":
                    break
                node = target
                continue
            pairs = ((child.child_by_field_name("key"), child) for child in node.named_children)
            named = next((child for key, child in pairs if self._text(key or child) == rest[0]), None)
            node = (named.child_by_field_name("value") or named) if named is not None else None
            rest = rest[1:]
        found = self._refers(node) if node is not None else None
        for name in rest if found is not None else ():
            found = _below(found, name) if found is not None else None
        return found

    @cached_property
    def exports(self) -> dict[str, "Node"]:
        """What is exported by name: `export const x = …`, `exports.x = …`, `module.exports.x = …`, and `settings.x = …`
        where `settings` is the whole export."""
        found: dict[str, Node] = {}
        whole = self._whole_export()
        owners = {"exports", "module.exports", *([self._text(whole)] if whole and whole.type == "identifier" else ())}
        for node in self._root.named_children:
            declaration = node.child_by_field_name("declaration") if node.type == "export_statement" else None
            for child in declaration.named_children if declaration is not None else ():
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if child.type == "variable_declarator" and name is not None and value is not None:
                    found[self._text(name)] = value
            for child in node.named_children if node.type == "export_statement" else ():
                for item in child.named_children if child.type == "export_clause" else ():
                    name, alias = item.child_by_field_name("name"), item.child_by_field_name("alias")
                    target = self._constants.get(self._text(name)) if name is not None else None
                    if name is not None and target is not None:
                        found[self._text(alias or name)] = target
        for dotted, value in self._put_on.items():
            owner, _, prop = dotted.rpartition(".")
            if owner in owners:
                found[prop] = value
        return found

    def exported(self, name: str) -> Any:
        node = self.exports.get(name)
        return UNKNOWN if node is None else self._value(node)

    def given_back(self, name: str) -> Any:
        """The value that an exported function returns, by the name of its export; else UNKNOWN."""
        node = self._whole_export() if name == "default" else self.exports.get(name) or self._constants.get(name)
        if node is not None and node.type == "identifier":
            node = self._constants.get(self._text(node))
        given = self._given_back(node) if node is not None and node.type in FUNCTIONS else None
        return UNKNOWN if given is None else self._value(given)

    @cached_property
    def tables(self) -> tuple[dict[str, Any], ...]:
        """Object literals passed as a call's first argument: convict schemas, defaults of nconf and yargs."""
        found: list[dict[str, Any]] = []
        for node in self._all("call_expression"):
            arguments = node.child_by_field_name("arguments")
            first = [item for item in arguments.named_children if item.type == "object"][:1] if arguments else []
            found += [self._object(item, 0) for item in first]
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
        """The value in `.default(x)` or `{ default: x }` within a chain of calls."""
        for _ in range(12):
            if node.type != "call_expression":
                return UNKNOWN
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if callee is None or arguments is None:
                return UNKNOWN
            items = [item for item in arguments.named_children if item.type != "comment"]
            if self._dotted(callee).rsplit(".", 1)[-1] in ("default", "prefault", "optional") and items:
                return self._value(_made(items[0]))
            if items and items[-1].type == "object":
                given = [child for child in items[-1].named_children if child.type == "pair"]
                pairs = [(child.child_by_field_name("key"), child.child_by_field_name("value")) for child in given]
                named = [value for key, value in pairs if key is not None and self._text(key) == "default" and value]
                if named:
                    return self._value(_made(named[0]))
            owner = callee.child_by_field_name("object")
            if owner is None:
                return UNKNOWN
            node = owner
        return UNKNOWN


def _made(node: "Node") -> "Node":
    """What a function without parameters returns: `() => 8000`; any other node as it is."""
    body = node.child_by_field_name("body") if node.type == "arrow_function" else None
    while body is not None and body.type in WRAPPERS and body.named_children:
        body = body.named_children[0]
    return body if body is not None and body.type != "statement_block" else node


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1


def _below(reference: NameReference, key: str) -> NameReference:
    if reference.key is not None:
        return replace(reference, key=f"{reference.key}.{key}")
    return replace(reference, names=(*reference.names, key))
