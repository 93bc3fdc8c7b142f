"""Text to values, one pure module for each format.

Each parser takes text and returns plain values (or a small Struct) that know their lines; malformed text raises
:class:`ParseError` with the line. No parser opens a file.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct


class ParseError(ValueError):
    """Malformed text. ``reason`` is one short clause in lower case without a full stop; ``line`` and ``column`` are
    1-based, or None if unknown."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column


# From the first quote or bracket to the last, since quoted source may contain such characters itself.
_QUOTED = re.compile(r"""['"`<(\[{].*['"`>)\]}]""", re.DOTALL)


def reason_of(error: BaseException) -> str:
    """Another parser's reason, without what it quotes: the text may be confidential."""
    said = str(getattr(error, "problem", None) or getattr(error, "msg", None) or error)
    plain = " ".join(_QUOTED.sub("…", said).split()).rstrip(" :,;…'\"")[:120]
    return plain[:1].lower() + plain[1:] if plain else "can't be read"


Key = str | int


class Document(Struct, frozen=True):
    """A parsed data file: its plain value, and the line of each part.

    ``locate`` maps a path of keys to a 1-based line. It is only called when evidence is needed, so that a document
    without facts costs no second pass.
    """

    value: Any
    locate: Callable[[tuple[Key, ...]], int | None] = lambda path: None

    def get(self, *path: Key, default: Any = None) -> Any:
        """The value at a path of keys, or ``default`` if a step is missing or has another type."""
        value = self.value
        for key in path:
            if isinstance(value, dict):
                if key not in value:
                    return default
                value = value[key]
            elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
                value = value[key]
            else:
                return default
        return value

    def text(self, *path: Key) -> str | None:
        """The string at a path, stripped; None if there is none."""
        value = self.get(*path)
        return value.strip() if isinstance(value, str) else None

    def table(self, *path: Key) -> dict[str, Any]:
        """The mapping at a path, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, dict) else {}

    def items(self, *path: Key) -> list[Any]:
        """The list at a path, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, list) else []

    def line(self, *path: Key) -> int | None:
        """The 1-based line of the key at a path, or None."""
        return self.locate(path)
