"""The `datasource` of a schema of Prisma: https://www.prisma.io/docs/orm/reference/prisma-schema-reference."""

import re
from dataclasses import dataclass

_VARIABLE = re.compile(r'env\("([A-Za-z_][A-Za-z0-9_]*)"\)')
MAX_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """``provider`` and its line; ``variables``: those that the addresses are read from, each with its line."""

    provider: str
    line: int
    variables: tuple[tuple[str, int], ...]


def prisma_source(text: str) -> Source | None:
    """The first datasource; None for a schema without one that names its provider. Never raises."""
    inside = False
    provider, line = "", 0
    variables: list[tuple[str, int]] = []
    for number, row in enumerate(text.splitlines()[:MAX_LINES], 1):
        words = row.split("//")[0].split() if "://" not in row else row.split()
        if words[:1] == ["datasource"]:
            inside = True
        elif inside and words[:1] == ["}"]:
            break
        elif inside and words[:2] == ["provider", "="]:
            provider, line = words[-1].strip('"'), number
        elif inside and words[:1] in (["url"], ["directUrl"]) and (match := _VARIABLE.search(row)) is not None:
            variables.append((match[1], number))
    return Source(provider, line, tuple(variables)) if provider else None
