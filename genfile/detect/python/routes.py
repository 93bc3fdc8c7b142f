"""The routes of a Python service: decorators, routers, blueprints and lists of routes, with their prefixes."""

import ast
from collections.abc import Hashable, Iterable
from typing import Any

from msgspec import Struct

from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import Evaluator, evaluator_of
from genfile.detect.python.reach.program import statements
from genfile.detect.python.reach.settings import field_of, foreign_base, lineage
from genfile.detect.python.reach.values import BuiltObject, ClassRef, External, Frame, FunctionRef, Instance, settled
from genfile.detect.python.routers import (
    RouteOwner,
    answers_get,
    argument,
    handles_get,
    is_guarded,
    last_parts,
    plain_pattern,
    registers,
    route_owner,
)
from genfile.detect.routes import Routes, join_url
from genfile.evidence import Evidence

# Usual names of an application that is a parameter, or an object of one of the project's own classes.
_CALLED = frozenset({"app", "application", "api", "server"})
_ROUTE = frozenset("get route add_api_route add_url_rule add_route api_route add_get add_resource".split())
# Methods that mount a router, with the keyword of its prefix; then those with the prefix first.
_MOUNT = {
    "include_router": "prefix",
    "register_blueprint": "url_prefix",
    "blueprint": "url_prefix",
    "add_namespace": "path",
    "mount": "path",
    "add_subapp": "prefix",
}
_PREFIX_FIRST = frozenset({"mount", "add_subapp"})
# What an entry of a list of routes is made by, and what a handler in it is decorated with.
_ENTRIES = frozenset("Route APIRoute get route view url URLSpec".split())
_ROOT = "application"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def python_routes(project: PythonProject) -> Routes:
    """The routes of all modules, found once."""
    return project.folder.tree.once(
        ("python-routes", project.folder.path), lambda: _Reader(project, evaluator_of(project)).read()
    )


class _Made(Struct, frozen=True):
    """An application or a router: its class, what identifies it, and the call that makes it."""

    kind: RouteOwner
    key: Hashable
    call: ast.Call | None
    frame: Frame
    own: BuiltObject | None = None


class _Reader:
    def __init__(self, project: PythonProject, evaluator: Evaluator) -> None:
        self._project = project
        self._evaluator = evaluator
        self._routes = Routes({_ROOT})

    def read(self) -> Routes:
        for module in self._evaluator.program.modules.values():
            frames = [Frame(module)]
            frames += [Frame(module, node) for node in module.parsed.of(*_FUNCTIONS) if isinstance(node, _FUNCTIONS)]
            for frame in frames:
                for node in statements(frame.function.body if frame.function is not None else module.body):
                    for call in self._evaluator.program.calls_of(node):
                        self._call(frame, call)
        return self._routes

    def _call(self, frame: Frame, call: ast.Call) -> None:
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        own = called[:1].isupper() and isinstance(self._evaluator.value(frame, call.func), ClassRef)
        if own or called in last_parts():
            self._key(self._evaluator.value(frame, call))
        if called in _ROUTE:
            self._registered(frame, call, called)
        elif isinstance(call.func, ast.Attribute) and called in _MOUNT:
            self._mount(frame, call.func.value, called, call)
        elif isinstance(call.func, ast.Attribute) and called in ("add_routes", "init_app") and call.args:
            owner, given = self._owner(frame, call.func.value), self._evaluator.value(frame, call.args[0])
            if owner is not None and called == "add_routes":
                self._members(owner, given if isinstance(given, list) else [given])
            elif owner is not None and (parent := self._key(given)) is not None:
                self._routes.mount(parent, owner, "")

    # --- calls that register a route, or mount a router ----------------------------------------------------------

    def _registered(self, frame: Frame, call: ast.Call, method: str) -> None:
        if isinstance(call.func, ast.Attribute):
            owner = self._owner(frame, call.func.value)
        else:
            callee = self._evaluator.value(frame, call.func)
            owner = _ROOT if isinstance(callee, External) and registers(callee.name) else None
        path, handler = self._path(frame, call, method)
        able = owner is not None and answers_get(call) and not is_guarded(call) and self._handles_get(frame, handler)
        if able and path is not None and not any(item.arg == "version" for item in call.keywords):
            self._routes.route(owner, path, self._says(frame, call, f"{ast.unparse(call.func)}({path!r})"))

    def _path(self, frame: Frame, call: ast.Call, method: str) -> tuple[str | None, ast.expr | None]:
        """The path that a call registers, and the handler after it: after a method or a name in `add_route`, after the
        handler in `add_resource`."""
        given = call.args[1:2] if method == "add_resource" else call.args[: 2 if method == "add_route" else 1]
        texts = [self._text(frame, node) for node in given]
        if not call.args and (named := argument(call, "path", None)) is not None:
            texts = [self._text(frame, named)]
        if len(texts) == 2 and texts[0] in ("POST", "PUT", "PATCH", "DELETE"):
            return None, None
        at = next((at for at, text in enumerate(texts) if text is not None and text[:1] in ("", "/")), None)
        after = call.args[:1] if method == "add_resource" else call.args[(at or 0) + 1 :][:1]
        return texts[at] if at is not None else None, after[0] if after else None

    def _handles_get(self, frame: Frame, handler: ast.expr | None) -> bool:
        value = self._evaluator.value(frame, handler) if handler is not None else None
        made = value.made_by if isinstance(value, BuiltObject) else value
        return not isinstance(made, ClassRef) or self._has_get(made)

    def _has_get(self, handler: ClassRef) -> bool:
        found = [self._evaluator.program.members_of(item.node).methods for item in lineage(self._evaluator, handler)]
        return handles_get({name for methods in found for name in methods})

    def _mount(self, frame: Frame, owner: ast.expr, method: str, call: ast.Call) -> None:
        given = [item for item in call.args if not isinstance(item, ast.Starred)]
        at = 1 if method in _PREFIX_FIRST else 0
        if len(given) <= at:
            return
        parent = self._owner(frame, owner)
        child = self._key(self._evaluator.value(frame, given[at]))
        if parent is None or child is None:
            return
        named = argument(call, _MOUNT[method], None)
        node = given[0] if at else named
        prefix = "" if node is None else self._text(frame, node)
        if named is not None and method != "include_router" and prefix is not None:
            # The prefix that a blueprint is registered with replaces its own.
            self._routes.own[child] = ""
        self._routes.mount(parent, child, None if is_guarded(call) else prefix)

    def _owner(self, frame: Frame, node: ast.expr) -> Hashable | None:
        # aiohttp's routes are those of the application's router.
        node = node.value if isinstance(node, ast.Attribute) and node.attr == "router" else node
        key = self._key(self._evaluator.value(frame, node))
        called = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
        return key if key is not None else _ROOT if called in _CALLED else None

    # --- applications and routers --------------------------------------------------------------------------------

    def _key(self, value: Any) -> Hashable | None:
        """What identifies an application or a router: the call that created it, or a class of the project's own. The
        first time, what it is made with counts."""
        made = self._made(value)
        if made is None:
            return None
        if made.key not in self._routes.own:
            prefix = self._prefix(made)
            self._routes.own[made.key] = None if made.call is not None and is_guarded(made.call) else prefix
            if made.kind.application:
                self._routes.roots.add(made.key)
            self._members(made.key, self._listed(made), patterns=made.kind.patterns)
            above = argument(made.call, None, made.kind.parent_at) if made.call is not None else None
            parent = self._owner(made.frame, above) if above is not None else None
            if parent is not None:
                self._routes.mount(parent, made.key, "")
        return made.key

    def _made(self, value: Any) -> _Made | None:
        if isinstance(value, Instance):
            kind = route_owner(value.callee)
            return _Made(kind, value.call, value.call, value.frame) if kind is not None else None
        if isinstance(value, BuiltObject):
            base = foreign_base(self._evaluator, value.made_by)
            kind = route_owner(base) if base is not None else None
            frame = value.frame or value.made_by.frame
            return _Made(kind, value.made_by.node, value.call, frame, value) if kind is not None else None
        return None

    def _prefix(self, made: _Made) -> str | None:
        node = argument(made.call, made.kind.prefix, made.kind.prefix_at) if made.call is not None else None
        prefix = "" if node is None else self._text(made.frame, node)
        version = argument(made.call, made.kind.version, None) if made.call is not None and made.kind.version else None
        if version is None or prefix is None:
            return prefix
        number = settled(self._evaluator.value(made.frame, version))
        return join_url(f"/v{number}", prefix) if isinstance(number, int) else None

    def _listed(self, made: _Made) -> list[Any]:
        """The routes that a constructor gets: `Starlette(routes=[Route(…), Mount(…)])`."""
        kind, call, frame = made.kind, made.call, made.frame
        if made.own is not None and (made.own.call is None or argument(made.own.call, kind.routes, None) is None):
            call, frame = self._by_super(made.own) or (call, frame)
        if call is None:
            return []
        if kind.spread and kind.routes_at is not None:
            given = [self._evaluator.value(frame, node) for node in call.args[kind.routes_at :]]
            return [item for value in given for item in (value if isinstance(value, list) else [value])]
        node = argument(call, kind.routes, kind.routes_at)
        found = self._evaluator.value(frame, node) if node is not None else None
        # A `Mount` may have another application instead of a list.
        inside = argument(call, "app", 1) if kind.prefix_at == 0 and node is None else None
        if inside is not None:
            return [self._evaluator.value(frame, inside)]
        return found if isinstance(found, list) else []

    def _by_super(self, own: BuiltObject) -> tuple[ast.Call, Frame] | None:
        """The call of the base class's constructor in that of a project class."""
        init = self._evaluator.program.members_of(own.made_by.node).methods.get("__init__")
        for node in ast.walk(init) if init is not None else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__":
                first = node.args[:1] if isinstance(node.func.value, ast.Call) else node.args[1:2]
                bare = ast.Call(node.func, [*first], node.keywords)
                function = FunctionRef(own.made_by.frame, init, own)  # type: ignore[arg-type]
                return bare, self._evaluator.called(function, own.call, own.frame or own.made_by.frame)
        return None

    # --- lists of routes -----------------------------------------------------------------------------------------

    def _members(self, parent: Hashable, listed: Iterable[Any], *, patterns: bool = False) -> None:
        for item in listed:
            if isinstance(item, list) and patterns and len(item) > 1 and isinstance(item[0], str):
                self._pattern(parent, item[0], item[1])
            elif isinstance(item, FunctionRef):
                self._decorated(parent, item.frame, item.node)
            elif isinstance(item, ClassRef):
                self._controller(parent, item)
            elif isinstance(item, Instance) and item.callee.rpartition(".")[2] in _ENTRIES:
                self._entry(parent, item)
            elif (child := self._key(item)) is not None:
                self._routes.mount(parent, child, "")

    def _entry(self, parent: Hashable, item: Instance) -> None:
        node = argument(item.call, "path", 0)
        path = self._text(item.frame, node) if node is not None else None
        handler = item.call.args[1] if len(item.call.args) > 1 else None
        if path is not None and answers_get(item.call) and self._handles_get(item.frame, handler):
            name = item.callee.rpartition(".")[2]
            says = self._says(item.frame, item.call, f"{name}({path!r})")
            self._routes.route(parent, plain_pattern(path), says)

    def _pattern(self, parent: Hashable, pattern: str, handler: Any) -> None:
        """A pair of a path's pattern and a class of handlers, in Tornado."""
        if isinstance(handler, ClassRef) and self._has_get(handler):
            says = self._says(handler.frame, handler.node, f"class {handler.node.name}")
            self._routes.route(parent, plain_pattern(pattern), says)

    def _decorated(self, parent: Hashable, frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A handler that its decorator gives a path."""
        for item in node.decorator_list:
            if not isinstance(item, ast.Call) or is_guarded(item) or not answers_get(item):
                continue
            called = self._evaluator.value(frame, item.func)
            if isinstance(called, External) and called.name.rpartition(".")[2] in _ENTRIES:
                given = argument(item, "path", 0)
                value = self._evaluator.value(frame, given) if given is not None else ""
                for path in value if isinstance(value, list) else [value]:
                    if isinstance(path, str):
                        self._routes.route(parent, path, self._says(frame, item, f"{called.name}({path!r})"))

    def _controller(self, parent: Hashable, item: ClassRef) -> None:
        """A class whose decorated methods are handlers, below the class's own path."""
        base = foreign_base(self._evaluator, item)
        kind = route_owner(base) if base is not None else None
        if kind is None or not kind.controller or kind.prefix is None:
            return
        members = self._evaluator.program.members_of(item.node)
        prefix = settled(field_of(self._evaluator, item, kind.prefix)) if kind.prefix in members.fields else ""
        guards = members.fields.get("guards")
        known = isinstance(prefix, str) and (guards is None or guards.value is None)
        self._routes.own.setdefault(item.node, prefix if known else None)
        self._routes.mount(parent, item.node, "")
        for node in members.methods.values():
            self._decorated(item.node, item.frame, node)

    def _text(self, frame: Frame, node: ast.expr) -> str | None:
        value = settled(self._evaluator.value(frame, node))
        return value if isinstance(value, str) and value.isprintable() and len(value) < 200 else None

    def _says(self, frame: Frame, node: ast.AST, text: str) -> Evidence:
        return self._project.folder.says(frame.module.path, getattr(node, "lineno", 1), text)
