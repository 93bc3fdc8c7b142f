"""The `datasource` and `generator` blocks of a Prisma schema: https://www.prisma.io/docs/orm/reference/prisma-schema-reference."""

import re

from msgspec import Struct

_KEY = re.compile(r"\s*(\w+)\s*=\s*(.*)")
_TEXT = re.compile(r'"([^"]*)"')
_VARIABLE = re.compile(r'env\(\s*"([A-Za-z_][A-Za-z0-9_]*)"\s*\)')
MAX_LINES = 2_000


class Datasource(Struct, frozen=True):
    """A datasource: ``provider`` and its line; ``variables``: those that hold its URLs, each with its line."""

    provider: str
    line: int
    variables: tuple[tuple[str, int], ...]


def prisma_source(text: str) -> Datasource | None:
    """The first datasource; None if the schema has none that names its provider. Never raises."""
    inside = False
    provider, line = "", 0
    variables: list[tuple[str, int]] = []
    for number, row in enumerate(text.splitlines()[:MAX_LINES], 1):
        key = _KEY.match(row)
        if row.split()[:1] == ["datasource"]:
            inside = True
        elif inside and row.strip().startswith("}"):
            break
        elif not inside or key is None:
            continue
        elif key[1] == "provider" and (named := _TEXT.match(key[2])) is not None:
            provider, line = named[1], number
        elif key[1] in ("url", "directUrl") and (match := _VARIABLE.match(key[2])) is not None:
            variables.append((match[1], number))
    return Datasource(provider, line, tuple(variables)) if provider else None


def client_outputs(text: str) -> tuple[str, ...]:
    """The folders of the generated clients of JavaScript, relative to the schema's; empty for one in node_modules,
    where Prisma puts it if no generator names a folder. Never raises."""
    block: dict[str, str] | None = None
    found: list[str] = []
    for row in text.splitlines()[:MAX_LINES]:
        key = _KEY.match(row)
        if row.split()[:1] == ["generator"]:
            block = {}
        elif block is not None and row.strip().startswith("}"):
            if block.get("provider", "").startswith("prisma-client"):
                found.append(block.get("output", ""))
            block = None
        elif block is not None and key is not None and (named := _TEXT.match(key[2])) is not None:
            block[key[1]] = named[1]
    return tuple(found)
