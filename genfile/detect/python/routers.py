"""What has routes in Python's web frameworks, and how a route is written."""

import ast
from functools import cache

from msgspec import Struct

from genfile.data.entries import load_table, read_list
from genfile.detect.routes import GUARD

_VERBS = frozenset("get post put patch delete head options".split())


class RouteOwner(Struct, frozen=True):
    """A class whose objects have routes; see the head of routes.toml."""

    names: tuple[str, ...]
    application: bool = False
    prefix: str | None = None
    prefix_at: int | None = None
    routes: str | None = None
    routes_at: int | None = None
    spread: bool = False
    parent_at: int | None = None
    patterns: bool = False
    version: str | None = None
    controller: bool = False


@cache
def _owners() -> dict[str, RouteOwner]:
    return {name: item for item in read_list(RouteOwner, "routes", "class") for name in item.names}


def route_owner(callee: str) -> RouteOwner | None:
    """The class with a dotted name, if its objects have routes."""
    known, last = _owners(), callee.rpartition(".")[2]
    return known.get(f"{callee.partition('.')[0]}:{last}") or known.get(last)


@cache
def last_parts() -> frozenset[str]:
    """The last parts of all such names."""
    return frozenset(name.rpartition(":")[2] for name in _owners())


def registers(callee: str) -> bool:
    """Whether a function registers a route on the application of the process."""
    return callee in load_table("routes")["functions"]


def argument(call: ast.Call, name: str | None, at: int | None) -> ast.expr | None:
    """An argument of a call by its keyword or its place."""
    named = next((item.value for item in call.keywords if item.arg == name), None) if name is not None else None
    given = call.args[at] if named is None and at is not None and at < len(call.args) else None
    return named if named is not None else given


def is_guarded(call: ast.Call) -> bool:
    """Whether a route or a router first requires something that may be a login."""
    given = [item for item in call.keywords if item.arg in ("dependencies", "middleware", "guards")]
    return any(item.arg == "guards" or GUARD.search(ast.unparse(item.value)) for item in given)


def answers_get(call: ast.Call) -> bool:
    """Whether the registration of a route names GET, or no methods at all."""
    methods = next((item.value for item in call.keywords if item.arg in ("methods", "http_method")), None)
    return methods is None or "GET" in ast.unparse(methods)


def handles_get(methods: set[str]) -> bool:
    """Whether a class with these methods answers GET, by their names: `get`, or `on_get` in Falcon."""
    own = {name.removeprefix("on_") for name in methods} & _VERBS
    return not own or "get" in own


def plain_pattern(pattern: str) -> str:
    """A regular expression of a path as the path that it matches, where it is one: `/health/?$`."""
    return pattern.removeprefix("^").removesuffix("$").removesuffix("/?")
