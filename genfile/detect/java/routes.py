"""The health route in the code of Javalin, Ktor, Spark and Vert.x: blocks, functions and the prefixes around it."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from genfile.detect.java.build import Build
from genfile.detect.java.codepaths import code_of
from genfile.detect.java.port import sources
from genfile.detect.java.settings import find_setting
from genfile.detect.routes import GUARD, Routes
from genfile.evidence import Fact
from genfile.parsers.jvmpaths import JvmPaths

if TYPE_CHECKING:
    from tree_sitter import Node

FRAMEWORKS = frozenset({"javalin", "ktor", "spark", "vertx"})
PATHS = frozenset({"/health", "/healthz", "/api/health", "/ping", "/livez", "/readyz"})
_CALLS = ("method_invocation", "call_expression")
_FUNCTIONS = ("method_declaration", "function_declaration")
# Blocks whose first argument stands before the paths inside them.
_PREFIXES = frozenset({"route", "path"})
# What moves routes, or guards them, in ways that are not followed.
_ELSEWHERE = frozenset({"subRouter", "mountSubRouter", "accessManager"})
_BEFORE = frozenset({"before", "beforeMatched", "intercept"})
_BASES = ("contextPath", "rootPath")
_ROOT = "application"


def code_health(build: Build, framework: str) -> Fact[str] | None:
    """The path of the health route; None where a part of it is not known."""
    reader = _Reader(build) if framework in FRAMEWORKS else None
    return reader.routes.health(PATHS) if reader is not None and reader.read() else None


class _Reader:
    def __init__(self, build: Build) -> None:
        self.routes = Routes({_ROOT})
        self._build = build
        self._functions: set[str] = set()
        base = find_setting(build.folder, "ktor.deployment.rootPath")
        self.routes.own[_ROOT] = "" if base is None else base.value.value

    def read(self) -> bool:
        """Read all sources; whether all of what they do with routes is followed."""
        code = code_of(self._build)
        found = [(path, paths) for path, _ in sources(self._build.folder) if (paths := code.paths(path)) is not None]
        texts = [self._build.folder.text(path) or "" for path, _ in found]
        if any(base in text for base in _BASES for text in texts):
            return False
        for path, paths in found:
            for node in paths.all(*_CALLS):
                name = paths.callee(node)
                if name in _ELSEWHERE or (name in _BEFORE and GUARD.search(paths.text(node))):
                    return False
                if name == "get":
                    self._route(path, paths, node)
        for path, paths in found:
            for node in paths.all(*_CALLS):
                if paths.callee(node) in self._functions:
                    self.routes.mount(self._scope(path, paths, node), ("function", paths.callee(node)), "")
        return True

    def _route(self, path: str, paths: JvmPaths, node: "Node") -> None:
        arguments = paths.arguments(node)
        found = paths.path(arguments[0]) if arguments else None
        if found is not None and not found.open and found.text.strip("/"):
            says = self._build.folder.says(path, int(node.start_point[0]) + 1, f"get({found.text})")
            text = found.text if found.text.startswith("/") else f"/{found.text}"
            self.routes.route(self._scope(path, paths, node), text, says)

    def _scope(self, path: str, paths: JvmPaths, node: "Node") -> Hashable:
        """What a call's path is below: the nearest block with a prefix, else the function, else the application."""
        free, inner = paths.called_on(node) is None, node
        above = node.parent
        while above is not None:
            # What a method is called on is not inside the call.
            holds = above.type in _CALLS and inner.type not in (*_CALLS, "navigation_expression")
            if holds or above.type in _FUNCTIONS:
                found = self._around(path, paths, above, free)
                if found is not None:
                    return found
            inner, above = above, above.parent
        return _ROOT

    def _around(self, path: str, paths: JvmPaths, above: "Node", free: bool) -> Hashable | None:
        if above.type in _FUNCTIONS:
            name = above.child_by_field_name("name")
            if name is None or not free or not _is_mounted(paths.text(above).partition("{")[0]):
                return _ROOT
            self._functions.add(paths.text(name))
            return ("function", paths.text(name))
        first = above.named_children[0] if above.named_children else None
        # Kotlin's `route("/api") { … }` is a call with a block after it.
        call = first if first is not None and first.type in _CALLS and not paths.arguments(above) else above
        called, arguments = paths.callee(call), paths.arguments(call)
        guarded = GUARD.search(called) is not None
        if called not in _PREFIXES and not guarded:
            return None
        key = (path, above.start_byte, called)
        if not self.routes.is_mounted(key):
            prefix = paths.path(arguments[0]) if arguments else None
            known = prefix is not None and not prefix.open and not guarded
            text = f"/{prefix.text.strip('/')}" if known and prefix is not None else None
            self.routes.mount(self._scope(path, paths, above), key, text)
        return key


def _is_mounted(head: str) -> bool:
    """Whether a function's head says that its routes are where it is called: not those of a whole application."""
    return "main(" not in head and "Application." not in head
