"""What source code says about a value without being run."""

import itertools
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct


class _Unknown:
    """A value that only running the program would tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


class Anchored(str):
    """A path that counts from the folder of the module it stands in, as `path.resolve(__dirname, "dist")` does, and so
    from no other folder that a setting names."""

    __slots__ = ()


class EnvDefault(Struct, frozen=True):
    """An environment variable with what is taken where it is not set: a literal, or None if nothing is."""

    name: str
    default: Any = None

    @property
    def open(self) -> bool:
        """Whether nothing is taken where none of the variables is set."""
        return self.last is None

    @property
    def last(self) -> Any:
        """What is taken where none of the variables is set."""
        return self.default.last if isinstance(self.default, EnvDefault) else self.default

    def otherwise(self, value: Any) -> "EnvDefault":
        """The same with what is taken at the end: `A || B || value`."""
        inner = self.default
        return EnvDefault(self.name, inner.otherwise(value) if isinstance(inner, EnvDefault) else value)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables in the order in which they are asked for."""
        return (self.name, *(self.default.names if isinstance(self.default, EnvDefault) else ()))


class Beginning(Struct, frozen=True):
    """A text of which only the beginning is written out: the rest is only known to the running program."""

    text: str


class FieldRead(Struct, frozen=True):
    """A value that is read of a structure's field, as dotted text: `s.cfg.Port`."""

    path: str

    @property
    def name(self) -> str:
        return self.path.rsplit(".", 1)[-1]


class Begins(Struct, frozen=True):
    """A path of which only the start is known: `"uploads/" + name`."""

    text: str


class Call(Struct, frozen=True):
    """A call in source code: the callee as dotted text, what its arguments are where that can be seen."""

    callee: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    line: int


class EnvName(Struct, frozen=True):
    """A variable that the code reads; ``has_default``: it does without."""

    name: str
    line: int
    has_default: bool


class EnvRead(Struct, frozen=True):
    """One place that reads a variable.

    ``condition``: only to decide something; ``compared``: the text that it is compared with; ``start``: where it is.
    """

    name: str
    line: int
    start: int
    condition: bool
    compared: str | None


def is_known(value: Any) -> bool:
    return value is not UNKNOWN


# What a file's expressions may take together, and how long a text that they are put together to may get.
MAX_STEPS = 300_000
MAX_TEXT = 20_000


class Steps:
    """How often the expressions of one file are looked at: names that stand for names would do so without an end."""

    def __init__(self, allowed: int = MAX_STEPS) -> None:
        self._left = allowed

    def spent(self) -> bool:
        """Count one step; True once there are not left: then a value is UNKNOWN."""
        self._left -= 1
        return self._left < 0


def joined(parts: Iterable[Any]) -> Any:
    """The text of some parts together; UNKNOWN where it would be longer than any value that a container file holds."""
    texts = [part if isinstance(part, str) else str(part) for part in parts]
    return "".join(texts) if sum(map(len, texts)) <= MAX_TEXT else UNKNOWN


def joined_path(values: list[Any]) -> Any:
    """The parts of a path together, as far as they are known."""
    known = list(itertools.takewhile(lambda value: isinstance(value, str), values))
    if len(known) < len(values):
        return Begins("/".join([*known, ""])) if known else UNKNOWN
    return joined("/".join(known)) if known else UNKNOWN


def first_set(values: list[Any]) -> Any:
    """`cmp.Or(os.Getenv("ADDR"), ":8080")`: the first value that is not empty."""
    first = values[0] if values else UNKNOWN
    if isinstance(first, EnvDefault) and first.default is None:
        rest = first_set(values[1:])
        return EnvDefault(first.name, rest if isinstance(rest, str | int) else None)
    return first_set(values[1:]) if first in ("", 0) and len(values) > 1 else first


def port_of(value: Any) -> tuple[int | None, str | None]:
    """The port and the variable that a value stands for: 3000, "3000", ":8080", PORT with a default."""
    if isinstance(value, EnvDefault):
        # Of several the one that platforms set.
        return port_of(value.default)[0], "PORT" if "PORT" in value.names else value.name
    if isinstance(value, bool):
        return None, None
    if isinstance(value, int):
        return (value, None) if 0 < value < 65536 else (None, None)
    if isinstance(value, str):
        digits = value.rsplit(":", 1)[-1]
        if digits.isdecimal() and digits.isascii() and len(digits) <= 5:
            return port_of(int(digits))
    return None, None


def port_number(value: object) -> int | None:
    """The port that a text or a number stands for. A longer text stays one: Python refuses to read it."""
    text = str(value).strip() if not isinstance(value, int) or abs(value) < 65536 else ""
    number = int(text) if text.isdecimal() and text.isascii() and len(text) <= 5 else 0
    return number if 0 < number < 65536 else None


def whole_number(text: str) -> Any:
    """A decimal number of a size that a port, a count or a version may have; else UNKNOWN."""
    return int(text) if text.isdecimal() and len(text) <= 18 else UNKNOWN
