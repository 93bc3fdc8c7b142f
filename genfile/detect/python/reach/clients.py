"""Calls that create clients which fail without a value, and the variables that provide it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from genfile.data import Client, clients
from genfile.parsers.python import PyModule
from genfile.parsers.values import EnvDefault


@cache
def _known() -> dict[str, list[tuple[re.Pattern[str], Client]]]:
    """The known clients and the patterns of their calls, by the first part of the dotted names."""
    found: dict[str, list[tuple[re.Pattern[str], Client]]] = {}
    for client in clients("pypi").values():
        for call in client.calls if not client.signs else ():
            pattern = re.compile(re.escape(call).replace(r"\*", ".+"))
            found.setdefault(call.partition(".")[0], []).append((pattern, client))
    return found


@cache
def _ends() -> frozenset[str]:
    """The last parts of the names of their calls."""
    return frozenset(call.rpartition(".")[2] for client in clients("pypi").values() for call in client.calls)


def makes_clients(module: PyModule) -> bool:
    """Whether a module may make such a client: by its imports, and the names of what it calls."""
    if module.imports.isdisjoint(_known()):
        return False
    return any(call.callee.rpartition(".")[2] in _ends() for call in module.calls)


def is_sure(module: PyModule, call: ast.Call) -> bool:
    """Whether a call is made whenever its statement runs: not in a part of an expression that may be skipped."""
    skipped: frozenset[int] | None = getattr(module, "_skipped_calls", None)
    if skipped is None:
        parts = [part for node in module.of(ast.IfExp) for part in (node.body, node.orelse)]
        parts += [part for node in module.of(ast.BoolOp) for part in node.values[1:]]
        parts += [node.body for node in module.of(ast.Lambda)]
        skipped = frozenset(id(item) for part in parts for item in ast.walk(part) if isinstance(item, ast.Call))
        module._skipped_calls = skipped  # type: ignore[attr-defined]
    return id(call) not in skipped


def client_of(callee: str) -> Client | None:
    """The client that a call makes or starts, by the callee's dotted name."""
    known = _known().get(callee.partition(".")[0], ())
    return next((client for name, client in known if name.fullmatch(callee)), None)


def wanted(client: Client, values: list[Any], keywords: dict[str, Any]) -> Iterator[str]:
    """The variables without which a client fails: those that its arguments come from, or the one that it reads itself
    if it gets none."""
    given = [values[at] for at in client.at if at < len(values)]
    if not given and client.key is not None and client.key in keywords:
        given = [keywords[client.key]]
    for value in given:
        if isinstance(value, EnvDefault) and value.open:
            yield value.name
    if not given and not values and client.variable is not None:
        yield client.variable
