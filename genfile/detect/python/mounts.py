"""The object, among those that a module offers to a server, that contains all the others."""

import ast
from collections.abc import Iterator

from genfile.detect.python.reach.roles import is_of
from genfile.parsers.python import Assignment, PyModule

# Calls that combine several applications, by the interface of the result (lives.toml).
_KINDS = {"asgi": "whole_asgi", "wsgi": "whole_wsgi"}
# Adapters that put a server of one interface inside one of the other.
_ADAPTERS = ("WSGIMiddleware", "WsgiToAsgi", "ASGIMiddleware")


def wholes(module: PyModule, interface: str) -> Iterator[Assignment]:
    """The objects in a module that combine several applications and are part of no other, in order."""
    kind, parts = _KINDS[interface], mounted(module)
    makers = {item.name for item in module.functions if item.returns is not None and is_of(kind, item.returns)}
    for item in module.assignments:
        made = item.callee is not None and (item.callee in makers or is_of(kind, item.callee))
        if made and not item.guarded and item.name not in parts:
            yield item


def whole(module: PyModule, interface: str) -> str | None:
    """The name of the last of them, for the server to run; None if there is none."""
    found = [item.name for item in wholes(module, interface)]
    return found[-1] if found else None


def mounted(module: PyModule) -> frozenset[str]:
    """What becomes part of another application in the module: `app.mount("/api", api)`; dotted names, imports
    followed."""
    found: set[str] = set()
    for call in module.of(ast.Call):
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        for item in given if isinstance(call.func, ast.Attribute) and call.func.attr == "mount" else ():
            inner = item.args[0] if _is_adapter(module, item) else item
            if isinstance(inner, ast.Name | ast.Attribute):
                found.add(module.dotted(inner))
    return frozenset(found)


def _is_adapter(module: PyModule, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and bool(node.args) and module.dotted(node.func).endswith(_ADAPTERS)
