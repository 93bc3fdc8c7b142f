"""Text to values, one pure module per format.

Each parser takes text and gives plain values (or a small dataclass) that know on which line they stand;
text that is not of the format raises :class:`ParseError` with the line. No parser opens a file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class ParseError(ValueError):
    """Text that is not of its format.

    ``reason`` is one short clause in lower case without a full stop; ``line`` and ``column`` are 1-based, or None
    if unknown.
    """

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column


# From the first quote or bracket to the last: a part of the source may hold such characters itself.
_QUOTED = re.compile(r"""['"`<(\[{].*['"`>)\]}]""", re.DOTALL)


def reason_of(error: BaseException) -> str:
    """What another's parser says is wrong, without what it quotes: the text may be a file that nobody may see."""
    said = str(getattr(error, "problem", None) or getattr(error, "msg", None) or error)
    plain = " ".join(_QUOTED.sub("…", said).split()).rstrip(" :,;…'\"")[:120]
    return plain[:1].lower() + plain[1:] if plain else "can't be read"


Key = str | int


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed data file: its plain value, and the line of each part of it.

    ``locate`` maps a path of keys to a 1-based line; it is called only when evidence is needed, so that
    a document that gives no fact costs no second pass.
    """

    value: Any
    locate: Callable[[tuple[Key, ...]], int | None] = lambda path: None

    def get(self, *path: Key, default: Any = None) -> Any:
        """Give the value at a path of keys, or ``default`` where a step is missing or of another shape."""
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
        """Give the string at a path, stripped; None if there is none, or something that is not a string."""
        value = self.get(*path)
        return value.strip() if isinstance(value, str) else None

    def table(self, *path: Key) -> dict[str, Any]:
        """Give the mapping at a path, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, dict) else {}

    def items(self, *path: Key) -> list[Any]:
        """Give the list at a path, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, list) else []

    def line(self, *path: Key) -> int | None:
        """Give the 1-based line on which the key at a path stands, or None."""
        return self.locate(path)
