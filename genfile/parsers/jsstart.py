"""The code of a JavaScript module that runs at startup: its top level, and the functions that this calls."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.jsvalues import FUNCTION_KINDS

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

FUNCTIONS = frozenset(FUNCTION_KINDS)
_FIELDS = frozenset({"field_definition", "public_field_definition"})
# Methods that call their callback at once, or when a promise resolves.
_CALLED_AT_ONCE = frozenset("forEach map filter every some reduce find flatMap then".split())
# What a dependency injection container calls on the classes that it instantiates at startup.
_OF_CONTAINERS = ("constructor", "onModuleInit", "onApplicationBootstrap")
# The call of all of them, as if it were a method of the class.
_PROVIDED = "@provided"
EXITS = frozenset({"process.exit", "process.abort", "exit"})
MAX_CALLS = 4000


class Called(Struct, frozen=True):
    """A call to another module's export: `member` is a method, "constructor" for `new`, "" for the export itself."""

    module: str
    export: str
    member: str
    node: "Node"
    thrown_on: bool


class _Edge(Struct, frozen=True):
    """A call inside a function (None: at the top level), and its target in this module or another one."""

    origin: str | None
    target: str
    outside: tuple[str, str, str] | None
    node: "Node"
    caught: bool


class _Frame(Struct, frozen=True):
    """A span of source that is a function, or whose errors are caught; ``around``: the index of the enclosing frame, or
    -1."""

    start: int
    end: int
    function: str | None
    catches: bool
    around: int


class ModuleFlow:
    """The functions of one module and its call graph, shared by all programs that include the module."""

    def __init__(self, module: "JsModule") -> None:
        self.module = module

    @cached_property
    def functions(self) -> dict[str, "Node"]:
        """Functions by name: methods as `Class.method`, an anonymous export as `default`."""
        found: dict[str, Node] = {}
        for node in self.module._all(*FUNCTION_KINDS):
            key = self._key(node)
            if key is not None:
                found.setdefault(key, node)
        return found

    @cached_property
    def edges(self) -> dict[str | None, list[_Edge]]:
        """Calls by the name of the function that makes them; None for the top level."""
        found: dict[str | None, list[_Edge]] = defaultdict(list)
        for node in self.module._all("call_expression", "new_expression")[:MAX_CALLS]:
            origin, caught = self.place(node)
            if origin == "":
                continue
            for target, outside in self._targets(node):
                found[origin].append(_Edge(origin, target, outside, node, caught))
        for node, name in self._provided():
            origin, caught = self.place(node)
            if origin != "":
                found[origin].append(_Edge(origin, *self._named(name, _PROVIDED), node, caught))
        for key, function in self.functions.items():
            owner, _, method = key.rpartition(".")
            if owner and method in _OF_CONTAINERS and owner not in self._waiting:
                found[f"{owner}.{_PROVIDED}"].append(_Edge(f"{owner}.{_PROVIDED}", key, None, function, False))
        return found

    def _provided(self) -> Iterator[tuple["Node", str]]:
        """The classes that Nest instantiates at startup without a decorator of their own, since a module names them:
        `providers: [Mailer]`, `useClass: Mailer`; each after the node that names it."""
        if not any(item.module.startswith("@nestjs/") for item in self.module.imports):
            return
        for pair in self.module._all("pair"):
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            name = self.module._text(key) if key is not None and value is not None else ""
            listed = value.named_children if value is not None and value.type == "array" else []
            given = listed if name == "providers" else [value] if name == "useClass" else []
            for item in given if not self._waits(pair.parent) else ():
                if item is not None and item.type == "identifier":
                    yield item, self.module._text(item)

    def _waits(self, options: "Node | None") -> bool:
        """Whether options make an instance for each request: `{ scope: Scope.REQUEST }`."""
        for pair in options.named_children if options is not None and options.type == "object" else ():
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None and self.module._text(key) == "scope":
                return self.module._text(value) == "Scope.REQUEST"
        return False

    def calls(self) -> Iterator[tuple["Node", str, tuple[str, str, str] | None]]:
        """Every call in the module, with its target in this module or another one."""
        for node in self.module._all("call_expression", "new_expression")[:MAX_CALLS]:
            for target, outside in self._targets(node):
                yield node, target, outside

    def name_of(self, function: "Node") -> str | None:
        """The name of a function in `functions`."""
        return self._key(function)

    def place(self, node: "Node") -> tuple[str | None, bool]:
        """The function that a node runs in (None at the top level, "" if it has no known caller), and whether that
        function catches what the node throws."""
        at = bisect_right(self._starts, node.start_byte) - 1
        caught = False
        while at >= 0:
            frame = self._frames[at]
            if frame.start <= node.start_byte and node.end_byte <= frame.end:
                if frame.function is not None:
                    return frame.function, caught
                caught = caught or frame.catches
            at = frame.around
        return None, caught

    @cached_property
    def _starts(self) -> list[int]:
        return [frame.start for frame in self._frames]

    @cached_property
    def _frames(self) -> list[_Frame]:
        """The spans that decide how a node runs, in source order: functions, and code whose errors are caught."""
        found: list[tuple[Node, str | None, bool]] = []
        for node in self.module._all(*FUNCTION_KINDS):
            key = self._key(node)
            if key is not None or not self._is_called_at_once(node):
                found.append((node, key or "", False))
        for node in self.module._all("try_statement"):
            body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
            if body is not None and self._swallows(handler) and not self._listens(body):
                found.append((body, None, True))
        for node in self.module._all("member_expression"):
            owner = node.child_by_field_name("object")
            if owner is not None and self._is_caught(node):
                found.append((owner, None, True))
        found.sort(key=lambda item: (item[0].start_byte, -item[0].end_byte))
        frames: list[_Frame] = []
        for node, function, catches in found:
            around = len(frames) - 1
            while around >= 0 and frames[around].end < node.end_byte:
                around = frames[around].around
            frames.append(_Frame(node.start_byte, node.end_byte, function, catches, around))
        return frames

    def _is_caught(self, member: "Node") -> bool:
        """`main().catch(…)`, if the handler does not end the program and main is not what listens."""
        prop, call = member.child_by_field_name("property"), member.parent
        if prop is None or self.module._text(prop) != "catch" or call is None or call.type != "call_expression":
            return False
        owner = member.child_by_field_name("object")
        named = owner.child_by_field_name("function") if owner is not None else None
        plain = named is not None and named.type == "identifier"
        main = self.module._constants.get(self.module._text(named)) if named is not None and plain else None
        return self._swallows(call.child_by_field_name("arguments")) and not (main is not None and self._listens(main))

    def _listens(self, node: "Node") -> bool:
        return "listen(" in self.module._text(node)

    def _swallows(self, handler: "Node | None") -> bool:
        """Whether a handler neither throws nor exits."""
        if handler is None:
            return False
        text = self.module._text(handler)
        return "throw " not in text and not any(f"{name}(" in text for name in EXITS) and text != "(process.exit)"

    def _is_called_at_once(self, function: "Node") -> bool:
        """Whether a callback runs right away: `(() => { … })()`, `names.forEach(…)`, `connect().then(…)`, `useFactory:
        () => …`."""
        above, own = function.parent, function.child_by_field_name("name")
        if function.type == "method_definition":
            return own is not None and self.module._text(own) == "useFactory"
        while above is not None and above.type == "parenthesized_expression":
            above = above.parent
        if above is None:
            return False
        if above.type == "call_expression":
            return True
        if above.type == "pair":
            key = above.child_by_field_name("key")
            return key is not None and self.module._text(key) == "useFactory"
        call = above.parent if above.type == "arguments" else None
        callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
        name = callee.child_by_field_name("property") if callee is not None else None
        return name is not None and self.module._text(name) in _CALLED_AT_ONCE

    def _key(self, function: "Node") -> str | None:
        above, name = function.parent, function.child_by_field_name("name")
        if function.type == "method_definition" or (above is not None and above.type in _FIELDS):
            holder = above if function.type == "method_definition" else above.parent if above is not None else None
            if above is not None and above.type in _FIELDS:
                name = above.child_by_field_name("property") or above.child_by_field_name("name")
            owner = self._class(holder)
            return f"{owner}.{self.module._text(name)}" if owner is not None and name is not None else None
        if above is None or function.type.endswith("_declaration"):
            return self.module._text(name) if name is not None else "default"
        if above.type == "variable_declarator":
            name = above.child_by_field_name("name")
            return self.module._text(name) if name is not None and name.type == "identifier" else None
        if above.type == "assignment_expression":
            owner, _, prop = self.module._dotted(above.child_by_field_name("left") or above).rpartition(".")
            return "default" if (owner, prop) == ("module", "exports") else prop if owner.endswith("exports") else None
        return "default" if above.type == "export_statement" else None

    def _class(self, body: "Node | None") -> str | None:
        """The name of the class that a body belongs to."""
        node = body.parent if body is not None and body.type == "class_body" else None
        if node is None:
            return None
        name, above = node.child_by_field_name("name"), node.parent
        if name is None and above is not None and above.type == "variable_declarator":
            name = above.child_by_field_name("name")
        return self.module._text(name) if name is not None else "default"

    def _targets(self, node: "Node") -> Iterator[tuple[str, tuple[str, str, str] | None]]:
        """The targets of a call: a name in this module, and if it is imported, its module, export and member."""
        made = node.child_by_field_name("constructor")
        callee = made or node.child_by_field_name("function")
        if callee is None:
            return
        if callee.type == "identifier":
            yield self._named(self.module._text(callee), "constructor" if made is not None else "")
            return
        owner, prop = callee.child_by_field_name("object"), callee.child_by_field_name("property")
        if callee.type != "member_expression" or owner is None or prop is None:
            return
        while owner.type in ("parenthesized_expression", "await_expression", "non_null_expression"):
            owner = owner.named_children[0] if owner.named_children else owner.children[0]
        member = self.module._text(prop)
        if owner.type == "this":
            body = self._body_around(node)
            yield f"{self._class(body)}.{member}", None
        elif owner.type == "identifier":
            yield self._named(self.module._text(owner), member)
        elif owner.type == "new_expression":
            name = owner.child_by_field_name("constructor")
            yield self._named(self.module._text(name) if name is not None else "", member)

    @staticmethod
    def _body_around(node: "Node") -> "Node | None":
        above = node.parent
        while above is not None and above.type != "class_body":
            above = above.parent
        return above

    def _named(self, name: str, member: str) -> tuple[str, tuple[str, str, str] | None]:
        """Resolve a name, or a member of it; an instance resolves to its class."""
        value = self.module._constants.get(name) if member and name not in self.module.bindings else None
        if value is not None and value.type == "new_expression":
            made = value.child_by_field_name("constructor")
            name = self.module._text(made) if made is not None and made.type == "identifier" else name
        key = f"{name}.{member}" if member else name
        if name not in self.module.bindings:
            return key, None
        source, export = self.module.bindings[name]
        if export == "*" and member and member != "constructor":
            # `import * as env from "./env"`, and `require`, whose result may be one object or a namespace.
            return key, (source, "*", member)
        return key, (source, export, member)

    def exported(self, export: str, member: str) -> Iterator[str]:
        """The local names that an export may have; `*` with a member: that export, or a member of the default
        export."""
        if export == "*":
            yield from self.exported("default", member)
            if member and member != "constructor":
                yield from self.exported(member, "")
            return
        whole = self.module._whole_export()
        if export == "default" and whole is not None:
            made = whole.child_by_field_name("constructor") if whole.type == "new_expression" else None
            named = made or whole.child_by_field_name("name") or whole
            name = self.module._text(named) if named.type.endswith("identifier") else "default"
            yield self._named(name, member)[0]
            return
        if whole is not None and whole.type == "object":
            for pair in whole.named_children:
                key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if key is not None and value is not None and self.module._text(key) == export:
                    export = self.module._text(value) if value.type == "identifier" else export
        target = self.module.exports.get(export)
        name_of = target.child_by_field_name("name") if target is not None else None
        yield self._named(self.module._text(name_of) if name_of is not None else export, member)[0]

    @cached_property
    def made_by_containers(self) -> tuple[str, ...]:
        """Decorated classes, whose constructors and hooks a dependency injection container calls at startup."""
        return tuple(f"{name}.{_PROVIDED}" for name, waits in self._decorated if not waits)

    @cached_property
    def _waiting(self) -> frozenset[str]:
        return frozenset(name for name, waits in self._decorated if waits)

    @cached_property
    def _decorated(self) -> tuple[tuple[str, bool], ...]:
        """The classes with a decorator, each with whether there is an instance for each request."""
        if self.module._language != "typescript":
            return ()
        found: dict[str, bool] = {}
        for node in self.module._all("decorator"):
            above = node.parent
            held = above.child_by_field_name("declaration") if above is not None else None
            owner = held if above is not None and above.type == "export_statement" else above
            name = owner.child_by_field_name("name") if owner is not None and "class" in owner.type else None
            if name is None or owner is None or "declaration" not in owner.type:
                continue
            call = node.named_children[0] if node.named_children else None
            arguments = call.child_by_field_name("arguments") if call is not None else None
            waits = any(self._waits(item) for item in (arguments.named_children if arguments is not None else ()))
            found[self.module._text(name)] = found.get(self.module._text(name), False) or waits
        return tuple(found.items())


class ModuleStart:
    """The part of one module that one program runs; it grows as other modules of the program turn out to call it."""

    def __init__(self, module: "JsModule") -> None:
        self.module = module
        self._flow = module.flow
        self._reached: dict[str | None, bool] = {}
        self.enter({})

    def enter(self, called: Mapping[tuple[str, str], bool]) -> None:
        """Follow the calls from the top level and from other modules. ``called``: by export and member, whether an
        exception there ends the program."""
        queue: list[tuple[str | None, bool]] = [(None, True), *((key, True) for key in self._flow.made_by_containers)]
        for (export, member), thrown_on in called.items():
            queue += [(target, thrown_on) for target in self._flow.exported(export, member)]
        for key, thrown_on in queue:
            if self._reached.get(key, False) or (key in self._reached and not thrown_on):
                continue
            self._reached[key] = thrown_on
            queue += [
                (edge.target, thrown_on and not edge.caught) for edge in self._flow.edges[key] if edge.outside is None
            ]

    def throws(self, node: "Node") -> bool:
        """Whether the program ends if a node throws at startup."""
        key, caught = self._flow.place(node)
        return self._reached.get(key, False) and not caught

    def throws_at(self, line: int) -> bool:
        """Whether the program ends if a call on a line throws at startup."""
        nodes = self.module._all("call_expression", "new_expression")
        return any(self.throws(node) for node in nodes if node.start_point[0] + 1 == line)

    def calls_out(self) -> Iterator[Called]:
        """The calls to exports of other modules."""
        for key, thrown_on in list(self._reached.items()):
            for edge in self._flow.edges[key]:
                if edge.outside is not None:
                    yield Called(*edge.outside, edge.node, thrown_on and not edge.caught)

    def calls_in(self) -> Iterator[tuple[str, "Node"]]:
        """The calls to the module's own functions, by their names in `functions`, whose exceptions end the program."""
        for key, thrown_on in list(self._reached.items()):
            for edge in self._flow.edges[key] if thrown_on else ():
                if edge.outside is None and not edge.caught:
                    yield edge.target, edge.node

    def names_of(self, export: str, member: str) -> tuple[str, ...]:
        """The functions that an export, or a member of it, may be."""
        return tuple(self._flow.exported(export, member))

    @property
    def functions(self) -> dict[str, "Node"]:
        """The module's functions by name."""
        return self._flow.functions
