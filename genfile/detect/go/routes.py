"""The routes of a Go service, with the prefixes of their groups and routers: Gin, Echo, chi, Fiber, mux and the
standard library."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from genfile.detect.go.answers import answered
from genfile.detect.go.lookup import NameLookup
from genfile.detect.go.module import GoModule
from genfile.detect.go.port import Sources
from genfile.detect.routes import GUARD, Routes, join_url
from genfile.evidence import Fact
from genfile.parsers.goindex import GoFunction, GoIndex

if TYPE_CHECKING:
    from tree_sitter import Node

_ROUTES = frozenset({"Get", "GET", "HandleFunc", "Handle", "Any", "Method", "Route"})
# Calls that return a router below a path, and calls that return the same router.
_GROUPS = frozenset({"Group", "PathPrefix", "Party", "Route"})
_SAME = frozenset({"Subrouter", "With", "Methods", "Use"})
_MOUNTS = frozenset({"Mount", "Handle"})
_TEXTS = ("interpreted_string_literal", "raw_string_literal")
_MAX_DEPTH = 12
_MAX_CALLS = 40


def health_route(module: GoModule, sources: Sources, paths: Collection[str]) -> Fact[str] | None:
    """The route of a health check, as the whole path that a request uses."""
    prefixes = _Prefixes(NameLookup(sources))
    routes = Routes({""})
    for path, file in sources:
        for node in file.index.calls():
            last = file.index.callee(node).rpartition(".")[2]
            given = file.index.arguments(node)
            route = _text(file.index, given[0]) if last in _ROUTES and given else None
            if route is None:
                continue
            # Since Go 1.22, net/http takes "GET /health".
            route = route.rsplit(" ", 1)[-1]
            # `Route` of chi and Fiber is a group: the routes in its function are found on their own.
            behind = any(GUARD.search(file.index.text(item)) for item in given[1:-1])
            if (not route.startswith("/") and route) or behind or (last == "Route" and _is_function(given[-1])):
                continue
            prefix = prefixes.of(path, file.index, _operand(node), 0)
            if prefix is not None and not _is_file_server(file.index, given):
                says = module.folder.says(path, int(node.start_point[0]) + 1, f"{file.index.callee(node)}({route!r})")
                routes.route("", join_url(prefix, route), says)
    for path, file in sources:
        for text, line in answered(file):
            routes.route("", text, module.folder.says(path, line, f"it answers {text!r}"))
    return routes.health(paths)


class _Prefixes:
    """The path prefix of a router, followed through variables, parameters, closures and mounts."""

    def __init__(self, lookup: NameLookup) -> None:
        self._lookup = lookup

    def of(self, path: str, index: GoIndex, node: "Node | None", depth: int) -> str | None:
        """The prefix of a router; "" if there is no sign of one, None if it is computed or behind a login."""
        if node is None or depth > _MAX_DEPTH:
            return ""
        if node.type == "call_expression":
            return self._made(path, index, node, depth)
        if node.type == "selector_expression":
            name = index.text(node).rpartition(".")[2]
            values = [item for at, (_, item) in self._lookup.fields.get(name, ()) if at == path]
            return self.of(path, index, values[0], depth + 1) if len(values) == 1 else ""
        if node.type != "identifier":
            return ""
        closure = _closure(index, node)
        if closure is not None:
            return self._given(path, index, closure, depth)
        function, name = index.around(node), index.text(node)
        if function is None:
            return ""
        if _is_guarded(index, function, name, node.start_byte):
            return None
        if name in function.parameters and not index.assigned(function, name, node.start_byte):
            return self._by_callers(function, name, depth)
        values = index.assigned(function, name, node.start_byte)
        own = self.of(path, index, values[-1], depth + 1) if values else ""
        return self._mounted(path, index, function, name, own, depth)

    def _made(self, path: str, index: GoIndex, node: "Node", depth: int) -> str | None:
        """The prefix of a router that a call returns: `r.Group("/api")`, `r.PathPrefix("/api").Subrouter()`; "" for
        other calls."""
        last = index.callee(node).rpartition(".")[2] or _last(index, node)
        given, operand = index.arguments(node), _operand(node)
        if last in _GROUPS and operand is not None and given:
            return self._below(path, index, operand, given, depth)
        if last in _SAME and operand is not None:
            behind = any(GUARD.search(index.text(item)) for item in given)
            return None if behind else self.of(path, index, operand, depth + 1)
        return ""

    def _below(self, path: str, index: GoIndex, operand: "Node", given: list["Node"], depth: int) -> str | None:
        text = _text(index, given[0])
        above = self.of(path, index, operand, depth + 1)
        behind = any(GUARD.search(index.text(item)) for item in given[1:] if not _is_function(item))
        return None if text is None or above is None or behind else join_url(above, text)

    def _given(self, path: str, index: GoIndex, closure: "Node", depth: int) -> str | None:
        """The prefix of the router that a function literal receives: `r.Route("/api", func(r chi.Router) { … })`."""
        call = closure.parent.parent if closure.parent is not None else None
        if call is None or call.type != "call_expression":
            return ""
        operand, given = _operand(call), index.arguments(call)
        if _is_guarded_in(index, closure):
            return None
        if operand is None or given == [closure]:
            return self.of(path, index, operand, depth + 1)
        return self._below(path, index, operand, given, depth)

    def _by_callers(self, function: GoFunction, name: str, depth: int) -> str | None:
        """The prefix of the router that a function is called with: the first known one of several calls."""
        at, found = function.parameters.index(name), []
        for path, call in self._lookup.calls.get(function.name, ())[:_MAX_CALLS]:
            index = self._lookup.files[path].index
            given = index.arguments(call)
            if at < len(given):
                found.append(self.of(path, index, given[at], depth + 1))
        return next((prefix for prefix in found if prefix is not None), None if found else "")

    def _mounted(
        self, path: str, index: GoIndex, function: GoFunction, name: str, own: str | None, depth: int
    ) -> str | None:
        """The prefix of a router that is mounted where it is created, or where the function returning it is called."""
        if own:
            return own
        for at, call, mounted in self._mounts():
            there = self._lookup.files[at].index
            same = at == path and there.text(mounted) == name and there.around(call) == function
            made = mounted.type == "call_expression" and there.callee(mounted).rpartition(".")[2] == function.name
            returns = any(index.text(item) == name for item in index.returned(function)) if made else False
            if same or returns:
                text = _text(there, there.arguments(call)[0])
                above = self.of(at, there, _operand(call), depth + 1)
                return None if text is None or above is None else join_url(above, text.rstrip("/"))
        return own

    def _mounts(self) -> Iterator[tuple[str, "Node", "Node"]]:
        """The calls that mount, `r.Mount("/api", sub)` or `mux.Handle("/api/", http.StripPrefix("/api", sub))`, each
        with what it mounts."""
        for name in _MOUNTS:
            for path, call in self._lookup.calls.get(name, ())[:_MAX_CALLS]:
                index = self._lookup.files[path].index
                given = index.arguments(call)
                if len(given) != 2 or (name == "Handle" and not index.callee(given[1]).endswith("StripPrefix")):
                    continue
                inner = index.arguments(given[1]) if name == "Handle" else given
                if len(inner) == 2:
                    yield path, call, inner[1]


def _operand(call: "Node") -> "Node | None":
    """The receiver of a method call."""
    function = call.child_by_field_name("function")
    return function.child_by_field_name("operand") if function is not None else None


def _last(index: GoIndex, call: "Node") -> str:
    function = call.child_by_field_name("function")
    field = function.child_by_field_name("field") if function is not None else None
    return index.text(field) if field is not None else ""


def _text(index: GoIndex, node: "Node") -> str | None:
    return index.text(node)[1:-1] if node.type in _TEXTS else None


def _is_function(node: "Node") -> bool:
    return node.type == "func_literal"


def _is_file_server(index: GoIndex, given: list["Node"]) -> bool:
    return len(given) > 1 and "FileServer" in index.text(given[1])


def _closure(index: GoIndex, node: "Node") -> "Node | None":
    """The function literal that has a name as its parameter."""
    name, around = index.text(node), node.parent
    while around is not None and around.type not in ("function_declaration", "method_declaration"):
        if around.type == "func_literal":
            given = around.child_by_field_name("parameters")
            names = [
                index.text(item)
                for part in (given.named_children if given is not None else ())
                for item in part.children_by_field_name("name")
            ]
            if name in names:
                return around
        around = around.parent
    return None


def _is_guarded(index: GoIndex, function: GoFunction, name: str, before: int) -> bool:
    """Whether a group's router requires a login before a position: `api.Use(auth)`. The application's own doesn't
    count."""
    return any(
        index.callee(call) == f"{name}.Use"
        and function.start <= call.start_byte < before
        and any(GUARD.search(index.text(item)) for item in index.arguments(call))
        and any(value.type == "call_expression" and _last(index, value) in _GROUPS
                for value in index.assigned(function, name, before))
        for call in index.calls_by_name.get("Use", ())
    )  # fmt: skip


def _is_guarded_in(index: GoIndex, closure: "Node") -> bool:
    return any(
        closure.start_byte <= call.start_byte < closure.end_byte
        and any(GUARD.search(index.text(item)) for item in index.arguments(call))
        for call in index.calls_by_name.get("Use", ())
    )
