"""The routes of a Python service: decorators, routers, blueprints and Starlette's lists, with their prefixes."""

import ast
from collections.abc import Hashable, Iterator
from typing import Any

from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import Evaluator, Module, evaluator_of
from genfile.detect.python.reach.program import statements
from genfile.detect.python.reach.values import Frame, Instance, settled
from genfile.detect.routes import GUARD, Routes
from genfile.evidence import Evidence

# Classes whose objects have routes, by the last part of their names; for routers, the keyword of their own prefix.
_APPLICATIONS = frozenset("FastAPI Flask Quart Starlette Sanic APIFlask OpenAPI".split())
_ROUTERS = {
    "APIRouter": "prefix",
    "Blueprint": "url_prefix",
    "APIBlueprint": "url_prefix",
    "Router": "prefix",
    "Mount": "prefix",
}
# Usual names of an application that is a parameter, or an object of one of the project's own classes.
_CALLED = frozenset({"app", "application", "api", "server"})
_ROUTE = frozenset("get route add_api_route add_url_rule add_route api_route".split())
_MOUNT = {"include_router": "prefix", "register_blueprint": "url_prefix", "blueprint": "url_prefix", "mount": "path"}
_ROOT = "application"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def python_routes(project: PythonProject) -> Routes:
    """The routes of all modules, found once."""
    return project.folder.tree.once(
        ("python-routes", project.folder.path), lambda: _Reader(project, evaluator_of(project)).read()
    )


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
                        self._call(module, frame, call)
        return self._routes

    def _call(self, module: Module, frame: Frame, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Attribute):
            if isinstance(call.func, ast.Name) and call.func.id in (*_APPLICATIONS, "Router"):
                self._key(self._evaluator.value(frame, call), call)
            return
        method = call.func.attr
        if method in _ROUTE and call.args:
            path = self._text(frame, call.args[0])
            owner = self._owner(frame, call.func.value) if path is not None and path[:1] in ("", "/") else None
            if owner is not None and path is not None and not _is_guarded(call) and _answers_get(call):
                says = f"{ast.unparse(call.func)}({path!r})"
                self._routes.route(owner, path, self._says(module, call, says))
        elif method in _MOUNT:
            self._mount(frame, call.func.value, method, call)

    def _mount(self, frame: Frame, owner: ast.expr, method: str, call: ast.Call) -> None:
        given = [item for item in call.args if not isinstance(item, ast.Starred)]
        at = 1 if method == "mount" else 0
        if len(given) <= at or (method == "mount" and self._text(frame, given[0]) is None):
            return
        parent = self._owner(frame, owner)
        child = self._key(self._evaluator.value(frame, given[at]), given[at])
        if parent is None or child is None:
            return
        named = next((item.value for item in call.keywords if item.arg == _MOUNT[method]), None)
        node = given[0] if method == "mount" else named
        prefix = "" if node is None else self._text(frame, node)
        if named is not None and method != "include_router" and prefix is not None:
            # The prefix that a blueprint is registered with replaces its own.
            self._routes.own[child] = ""
        self._routes.mount(parent, child, None if _is_guarded(call) else prefix)

    def _owner(self, frame: Frame, node: ast.expr) -> Hashable | None:
        key = self._key(self._evaluator.value(frame, node), node)
        called = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
        return key if key is not None else _ROOT if called in _CALLED else None

    def _key(self, value: Any, node: ast.expr) -> Hashable | None:
        """What identifies an application or a router: the call that created it."""
        if not isinstance(value, Instance):
            return None
        kind, key = value.callee.rpartition(".")[2], value.call
        if kind in _APPLICATIONS:
            known = key in self._routes.roots
            self._routes.roots.add(key)
        elif kind in _ROUTERS:
            known = key in self._routes.own
        else:
            return None
        if not known:
            node_ = next((item.value for item in key.keywords if item.arg == _ROUTERS.get(kind)), None)
            prefix = "" if node_ is None else self._text(value.frame, node_)
            self._routes.own.setdefault(key, None if _is_guarded(key) else prefix)
            for item in self._listed(value):
                self._in_list(key, item)
        return key

    def _listed(self, value: Instance) -> Iterator[Instance]:
        """The routes that a constructor gets: `Starlette(routes=[Route(…), Mount(…)])`."""
        node = next((item.value for item in value.call.keywords if item.arg == "routes"), None)
        found = self._evaluator.value(value.frame, node) if node is not None else None
        yield from (item for item in found if isinstance(item, Instance)) if isinstance(found, list) else ()

    def _in_list(self, parent: Hashable, item: Instance) -> None:
        kind, call = item.callee.rpartition(".")[2], item.call
        keywords = {word.arg: word.value for word in call.keywords}
        node = call.args[0] if call.args else keywords.get("path")
        path = self._text(item.frame, node) if node is not None else None
        if kind == "Route" and path is not None:
            says = self._says(item.frame.module, call, f"Route({path!r})")
            self._routes.route(parent, path, says)
        elif kind == "Mount":
            app = call.args[1] if len(call.args) > 1 else keywords.get("app")
            value = self._evaluator.value(item.frame, app) if app is not None else item
            child = self._key(value, call)
            if child is not None:
                self._routes.mount(parent, child, path)

    def _text(self, frame: Frame, node: ast.expr) -> str | None:
        value = settled(self._evaluator.value(frame, node))
        return value if isinstance(value, str) and value.isprintable() and len(value) < 200 else None

    def _says(self, module: Module, node: ast.expr, text: str) -> Evidence:
        return self._project.folder.says(module.path, node.lineno, text)


def _is_guarded(call: ast.Call) -> bool:
    """Whether a route or a router first requires something that may be a login."""
    given = [item.value for item in call.keywords if item.arg in ("dependencies", "middleware")]
    return any(GUARD.search(ast.unparse(node)) for node in given)


def _answers_get(call: ast.Call) -> bool:
    methods = next((item.value for item in call.keywords if item.arg == "methods"), None)
    return methods is None or "GET" in ast.unparse(methods)
