"""Calls that create clients which fail without a value, and the variables that provide it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from genfile.data import Client, clients
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


def makes_clients(imports: frozenset[str]) -> bool:
    """Whether a module with these imports may make such a client."""
    return not imports.isdisjoint(_known())


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
