"""What the address of a listener comes to: followed through variables, parameters, functions, constants and fields of
the whole program. Nothing is computed: of all that an address is made of, the port and the variable are taken."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from genfile.detect.go.address import MAX_READS, STORES, configured_text, owners_of, resolve, variable_of
from genfile.detect.go.envkeys import keyed_variable
from genfile.detect.go.lookup import NameLookup
from genfile.detect.go.module import GoModule
from genfile.detect.go.settings import keyed_port
from genfile.detect.hosting import OTHER_PORTS, HostedPort
from genfile.evidence import Fact
from genfile.parsers.go import GoFile
from genfile.parsers.goindex import GoFunction, GoIndex
from genfile.parsers.values import FieldRead, port_of

if TYPE_CHECKING:
    from tree_sitter import Node

Sources = list[tuple[str, GoFile]]
MAX_DEPTH = 24
# What one expression may take, and all those of a program.
MAX_STEPS = 1_500
MAX_SPENT = 15_000
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
# `%s:8080`, `:8080`, `0.0.0.0:8080`.
_IN_FORMAT = re.compile(r":(\d{2,5})/?$")
# What gives back what it is given, in another shape.
_SHAPES = frozenset({"strconv.Itoa", "strconv.Atoi", "strconv.ParseInt", "strconv.FormatInt", "string", "int",
                     "fmt.Sprint", "netip.MustParseAddrPort", "strings.TrimSpace",
                     "strings.TrimPrefix", "strings.Trim"})  # fmt: skip
# What a structure is called where it is filled.
_RECEIVERS = ("c", "cfg", "conf", "config", "s", "srv", "server", "o", "opts", "options")
_FLAGS = frozenset({"String", "Int", "StringP", "IntP", "Uint", "UintP"})
_FLAG_PACKAGES = frozenset({"flag", "github.com/spf13/pflag", "github.com/spf13/cobra"})
_KEYED = frozenset({"GetString", "GetInt", "Get", "GetUint", "String", "Int", "MustInt", "MustString"})


class Got(Struct, frozen=True):
    """What was found: the port with where it is written, and the variable that gives another one; or a path."""

    number: int | None = None
    variable: str | None = None
    path: str = ""
    line: int = 0
    text: str = ""

    def __or__(self, other: "Got") -> "Got":
        variable = self.variable or other.variable
        taken = self if self.number is not None else other
        return Got(taken.number, variable, taken.path, taken.line, self.text or other.text)


NOTHING = Got()


class GoScope(Struct, frozen=True):
    """Where an expression stands: the file, the function around it, and what that one's parameters are given."""

    path: str
    file: GoFile
    function: GoFunction | None = None
    given: dict[str, Got] = field(default_factory=dict)


class Values:
    """The expressions of a program's files, followed as far as they can be seen."""

    def __init__(self, module: GoModule, sources: Sources) -> None:
        self._module, self._sources = module, sources
        self._names = NameLookup(sources)
        self._files = self._names.files
        self._folders: dict[str, dict[str, str]] = {}
        self._reads: dict[tuple[str, str], Fact[HostedPort] | None] = {}
        self._known: dict[tuple[bool, str, int, int], Got] = {}
        self._spent = 0
        self._steps, self._paths = 0, False

    def of(self, path: str, node: "Node") -> Got:
        """What an expression of a file comes to."""
        self._steps, self._paths = 0, False
        return self._value(node, self._scope(path, node), 0)

    def path_of(self, path: str, node: "Node") -> str:
        """The path that an expression comes to, with `*` for what of it is not known; empty if nothing is."""
        self._steps, self._paths = 0, True
        return self._value(node, self._scope(path, node), 0).text

    def index(self, path: str) -> GoIndex:
        """The names of a file, found when they are first asked for."""
        return self._files[path].index

    def _scope(self, path: str, node: "Node") -> GoScope:
        return GoScope(path, self._files[path], self.index(path).around(node))

    def _value(self, node: "Node", scope: GoScope, depth: int) -> Got:
        key = (self._paths, scope.path, node.start_byte, node.end_byte)
        if not scope.given and key in self._known:
            return self._known[key]
        self._steps += 1
        self._spent += 1
        if depth > MAX_DEPTH or self._steps > MAX_STEPS or self._spent > MAX_SPENT:
            return NOTHING
        if scope.given:
            return self._worked_out(node, scope, depth)
        # What asks for itself on the way has nothing to say.
        self._known[key] = NOTHING
        self._known[key] = self._worked_out(node, scope, depth)
        return self._known[key]

    def _worked_out(self, node: "Node", scope: GoScope, depth: int) -> Got:
        index = self.index(scope.path)
        kind = node.type
        if kind in ("interpreted_string_literal", "raw_string_literal"):
            return self._literal(index.text(node)[1:-1], node, scope)
        if kind == "int_literal":
            return self._literal(index.text(node), node, scope)
        if kind == "identifier":
            return self._named(node, scope, depth)
        if kind == "selector_expression":
            return self._selected(node, scope, depth)
        if kind == "call_expression":
            return self._called(node, scope, depth)
        if kind == "binary_expression":
            return self._joined(node, scope, depth)
        wraps = ("unary_expression", "parenthesized_expression", "expression_list", "literal_element",
                 "type_conversion_expression")  # fmt: skip
        return self._all(node.named_children, scope, depth) if kind in wraps else NOTHING

    def _joined(self, node: "Node", scope: GoScope, depth: int) -> Got:
        """`host + ":" + port`: the last part that says something; what is counted is not known."""
        parts = [node.child_by_field_name("left"), node.child_by_field_name("right")]
        if any(part is None or part.type == "int_literal" for part in parts):
            return NOTHING
        got = [self._value(part, scope, depth + 1) for part in parts if part is not None]
        if self._paths:
            return Got(text=got[0].text + (got[1].text or "*")) if got[0].text else NOTHING
        # What stands before a port that is not known is a host.
        return got[1] if got[1] != NOTHING or got[0].number is None else got[0]

    def _literal(self, text: str, node: "Node", scope: GoScope) -> Got:
        if self._paths:
            return Got(text=text)
        match = _IN_FORMAT.search(text)
        number = port_of(match[1] if match is not None else text)[0]
        return Got(number, None, scope.path, int(node.start_point[0]) + 1) if number is not None else NOTHING

    def _named(self, node: "Node", scope: GoScope, depth: int) -> Got:
        """A variable: what its function gives it, what the function itself is given, what its package declares."""
        index = self.index(scope.path)
        name = index.text(node)
        if name in scope.given:
            return scope.given[name]
        found = NOTHING
        if scope.function is not None:
            for value in index.assigned(scope.function, name, node.start_byte):
                if value.start_byte != node.start_byte:
                    found |= self._value(value, scope, depth + 2)
            if found.number is None and not found.text and name in scope.function.parameters:
                found |= self._from_callers(scope, scope.function, name, depth)
        if found == NOTHING:
            found = self._declared(posixpath.dirname(scope.path), name, depth)
        return found

    def _from_callers(self, scope: GoScope, function: GoFunction, name: str, depth: int) -> Got:
        place = function.parameters.index(name)
        found = NOTHING
        for path, call in self._names.calls.get(function.name, ()) if function.name else ():
            arguments = self.index(path).arguments(call)
            if len(arguments) == len(function.parameters) and self._calls(path, call, scope.path):
                found |= self._value(arguments[place], self._scope(path, call), depth + 2)
                if found.number is not None or found.text:
                    return found
        return found

    def _calls(self, path: str, call: "Node", target: str) -> bool:
        """Whether a call can be of a function in a file: of the same package, of one that is imported, or a method."""
        first, _, rest = self.index(path).callee(call).partition(".")
        folder = self._imported(path).get(first) if rest else posixpath.dirname(path)
        return folder is None or folder == posixpath.dirname(target)

    def _imported(self, path: str) -> dict[str, str]:
        """The folders of the module's own packages that a file imports, by the name for each."""
        if path not in self._folders:
            self._folders[path] = self._find_imported(path)
        return self._folders[path]

    def _find_imported(self, path: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, alias in self._files[path].aliases.items():
            inside = self._module.inside(name)
            files = self._module.package(inside) if inside is not None else ()
            if inside is not None and files:
                found[alias or files[0][1].package or ""] = "" if inside == "." else inside
        return found

    def _declared(self, folder: str, name: str, depth: int) -> Got:
        """A constant or a variable of a package, what is assigned to it anywhere in the package included."""
        found = NOTHING
        for path in self._names.folders.get(folder, ()):
            for value in self.index(path).declared(name):
                found |= self._value(value, self._scope(path, value), depth + 2)
        return found

    def _selected(self, node: "Node", scope: GoScope, depth: int) -> Got:
        """`config.Port` of a package, `s.cfg.Port` of a structure."""
        index = self.index(scope.path)
        chain = index.callee(node)
        first, _, rest = chain.partition(".")
        folder = self._imported(scope.path).get(first)
        if folder is not None and rest and "." not in rest:
            found = self._declared(folder, rest, depth)
            if found != NOTHING:
                return found
        if not rest or len(chain) > 120:
            return NOTHING
        given = self._field(scope.path, chain, depth)
        if self._paths and given == NOTHING:
            return Got(text=configured_text(self._module, self._sources, scope.path, FieldRead(chain)) or "")
        fact = self._resolved(scope.path, chain) if not self._paths else None
        if fact is None or fact.value.number is None:
            return given if given != NOTHING or self._paths else self._tagged(scope.path, chain)
        says = fact.evidence[0]
        path = posixpath.relpath(says.path, self._module.folder.path or ".")
        return Got(fact.value.number, fact.value.variable, path, says.line or 0) | given

    def _tagged(self, path: str, chain: str) -> Got:
        """The variable of a field that has no default."""
        owners = owners_of(self._sources, path, FieldRead(chain))
        names = (variable_of(self._sources, item) for item in owners)
        return Got(variable=next((name for name in names if name is not None), None))

    def _resolved(self, path: str, chain: str) -> Fact[HostedPort] | None:
        if (path, chain) not in self._reads:
            if len(self._reads) >= MAX_READS:
                return None
            self._reads[path, chain] = resolve(self._module, self._sources, path, FieldRead(chain))
        return self._reads[path, chain]

    def _field(self, place: str, chain: str, depth: int) -> Got:
        """What literals of its structure, and assignments beside these, give to a field."""
        read = FieldRead(chain)
        owners = owners_of(self._sources, place, read)
        names, folders = {item.name for item in owners}, {item.folder for item in owners}
        above = chain.split(".")[-2]
        found = NOTHING
        for path, (kind, value) in self._names.fields.get(read.name, ()) if owners else ():
            if kind.endswith("."):
                fits = posixpath.dirname(path) in folders and kind.split(".")[-2] in (above, *_RECEIVERS)
            else:
                fits = kind.lstrip("&").rpartition(".")[2] in names
            got = self._value(value, self._scope(path, value), depth + 3) if fits else NOTHING
            found |= got if got.number not in OTHER_PORTS | STORES else NOTHING
        return found

    def _called(self, node: "Node", scope: GoScope, depth: int) -> Got:
        index = self.index(scope.path)
        name, given = index.callee(node), index.arguments(node)
        last = name.rpartition(".")[2]
        first = self._text(given[0], scope) if given else None
        if name in ("os.Getenv", "os.LookupEnv", "syscall.Getenv"):
            # `mustHave("HTTP_PORT")`: the name is what the function around it is given.
            read = first if first is not None or not given else scope.given.get(index.text(given[0]), NOTHING).text
            return Got(variable=read) if read is not None and _VARIABLE.fullmatch(read) else NOTHING
        if self._paths and name in ("filepath.Join", "path.Join"):
            parts = [self._value(item, scope, depth + 1).text or "*" for item in given]
            return Got(text="/".join(parts)) if parts and parts[0] != "*" else NOTHING
        if self._paths and name in ("filepath.Dir", "path.Dir"):
            return Got(text=posixpath.dirname(self._all(given[:1], scope, depth).text))
        if self._paths and name == "fmt.Sprintf":
            return Got(text=(self._value(given[0], scope, depth + 1).text if given else "").replace("%", "*"))
        if name == "fmt.Sprintf":
            whole = self._value(given[0], scope, depth + 1) if given else NOTHING
            return whole if whole.number is not None else self._all(given[1:][-1:], scope, depth)
        if name == "net.JoinHostPort":
            return self._all(given[-1:], scope, depth)
        if name in _SHAPES:
            return self._all(given[:1], scope, depth)
        if name == "netip.AddrPortFrom":
            return self._all(given[1:], scope, depth)
        function = node.child_by_field_name("function")
        if last == "String" and not given and function is not None and function.type == "selector_expression":
            # An address with a method that writes it out.
            return self._all(function.named_children[:1], scope, depth)
        if name.startswith(("flag.", "pflag.")) or self._is_flag(scope, last, given):
            return self._all(given[1:3], scope, depth)
        if first is not None and len(given) == 2 and _VARIABLE.fullmatch(first):
            return Got(variable=first) | self._value(given[1], scope, depth + 1)
        found = self._returned(name, given, scope, depth)
        if found == NOTHING and first is not None and last in _KEYED and not self._paths:
            fact = keyed_port(self._module, self._sources, tuple(first.split(".")))
            if fact is not None:
                return Got(fact.value.number, fact.value.variable, fact.evidence[0].path, fact.evidence[0].line or 0)
            # A key that no file has a value for: viper asks the environment.
            return Got(variable=keyed_variable(self._sources, first) if last.startswith("Get") else None)
        return found if found != NOTHING else (self._all(given, scope, depth) if name == "cmp.Or" else NOTHING)

    @staticmethod
    def _is_flag(scope: GoScope, last: str, given: "list[Node]") -> bool:
        """`fs.String("listen", address, "where to listen")`: a flag of a set of them."""
        named = bool(given) and given[0].type.endswith("string_literal") and given[-1].type.endswith("string_literal")
        return last in _FLAGS and len(given) in (3, 4) and named and not _FLAG_PACKAGES.isdisjoint(scope.file.imports)

    def _text(self, node: "Node", scope: GoScope) -> str | None:
        """A text as it stands in the code, or under the name of a constant of its package."""
        index = self.index(scope.path)
        if node.type.endswith("string_literal"):
            return index.text(node)[1:-1]
        if node.type != "identifier" or index.text(node) in scope.given:
            return None
        name, files = index.text(node), self._names.folders.get(posixpath.dirname(scope.path), ())
        found = [(path, value) for path in files for value in self.index(path).declared(name)]
        if len(found) != 1:
            return None
        path, value = found[0]
        while value.type == "expression_list" and value.named_children:
            value = value.named_children[0]
        return self.index(path).text(value)[1:-1] if value.type.endswith("string_literal") else None

    def _all(self, nodes: "Iterator[Node] | list[Node]", scope: GoScope, depth: int) -> Got:
        found = NOTHING
        for node in nodes:
            found |= self._value(node, scope, depth + 1)
        return found

    def _returned(self, name: str, given: "list[Node]", scope: GoScope, depth: int) -> Got:
        """What a function or a method of the program gives back, with what it is given here."""
        first, _, rest = name.partition(".")
        folder = self._imported(scope.path).get(first) if rest else posixpath.dirname(scope.path)
        # `config.Load().Addr()` is a method of what the call before it gives.
        folder = None if "(" in name else folder
        found = NOTHING
        for path, function in self._names.functions.get(name.rpartition(".")[2], ()):
            if function.method != (folder is None) or (folder is not None and posixpath.dirname(path) != folder):
                continue
            values = [self._argument(item, scope, depth) for item in given]
            bound = dict(zip(function.parameters, values, strict=False))
            within = GoScope(path, self._files[path], function, bound)
            for value in self.index(path).returned(function):
                found |= self._value(value, within, depth + 2)
        return found

    def _argument(self, node: "Node", scope: GoScope, depth: int) -> Got:
        """What a function is given; of a text that may name a variable the text itself too."""
        got = self._value(node, scope, depth + 2)
        text = self.index(scope.path).text(node)[1:-1] if node.type.endswith("string_literal") else ""
        return got | Got(text=text) if _VARIABLE.fullmatch(text) else got


def values_of(module: GoModule, sources: Sources) -> Values:
    """The values of a program, followed once for all who ask."""
    key = ("values", sources[0][0] if sources else "", len(sources))
    if key not in module.reaches:
        module.reaches[key] = Values(module, sources)
    found: Values = module.reaches[key]
    return found


def followed(module: GoModule, values: Values, path: str, node: "Node", says: str) -> Fact[HostedPort] | None:
    """The port that an address comes to, with where the number is written; the variable alone where there is none."""
    got = values.of(path, node)
    if got.number is None and got.variable is not None:
        return module.folder.fact(HostedPort(None, got.variable), path, None, f"{says} reads {got.variable}")
    if got.number is None or got.number < 80:
        return None
    place = got.path or path
    return module.folder.fact(
        HostedPort(got.number, got.variable), place, got.line or None, f"{says} evaluates to {got.number}"
    )
