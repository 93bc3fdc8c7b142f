"""Values in source code, as far as they are known without running it."""

import itertools
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct


class _Unknown:
    """A value that only a run of the program would tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


class Anchored(str):
    """A path relative to its own module's folder, like `path.resolve(__dirname, "dist")`, whatever settings say."""

    __slots__ = ()


class BesideModule(Anchored):
    """A path from the folder of the module that says it, wherever that runs: `join(__dirname, "entities")`."""

    __slots__ = ()


class EnvDefault(Struct, frozen=True):
    """An environment variable with its fallback: a literal or another variable; None if there is none."""

    name: str
    default: Any = None

    @property
    def open(self) -> bool:
        """Whether there is no final fallback."""
        return self.last is None

    @property
    def last(self) -> Any:
        """The final fallback, for when none of the variables is set."""
        return self.default.last if isinstance(self.default, EnvDefault) else self.default

    def otherwise(self, value: Any) -> "EnvDefault":
        """The same variables with a final fallback: `A || B || value`."""
        inner = self.default
        return EnvDefault(self.name, inner.otherwise(value) if isinstance(inner, EnvDefault) else value)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables, in the order in which the code tries them."""
        return (self.name, *(self.default.names if isinstance(self.default, EnvDefault) else ()))


class NamedRead(Struct, frozen=True):
    """How a function reads a variable by name: the parameter with the name, and the one with the environment, if the
    function is handed that too."""

    at: int
    environment: int | None = None

    @staticmethod
    def name_in(values: list[Any]) -> str | None:
        """The name in the value of the argument."""
        return next((value for value in values if isinstance(value, str) and value.isidentifier()), None)


class Beginning(Struct, frozen=True):
    """A text of which only the beginning is known; the program computes the rest."""

    text: str


class Replacing(Struct, frozen=True):
    """A function that replaces a part of its text: the part, as the source of a regular expression, and what by."""

    pattern: str
    by: str


class FieldRead(Struct, frozen=True):
    """A read of a struct field, as dotted text: `s.cfg.Port`."""

    path: str

    @property
    def name(self) -> str:
        return self.path.rsplit(".", 1)[-1]


class Begins(Struct, frozen=True):
    """A path of which only the beginning is known: `"uploads/" + name`."""

    text: str


class Call(Struct, frozen=True):
    """A call in source code: the callee as dotted text, and the arguments as far as they are known."""

    callee: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    line: int


class EnvName(Struct, frozen=True):
    """A variable that the code reads; ``has_default``: the code can do without it."""

    name: str
    line: int
    has_default: bool


class EnvRead(Struct, frozen=True):
    """One read of a variable.

    ``condition``: it only decides something; ``compared``: the text it is compared with; ``start``: its position.
    """

    name: str
    line: int
    start: int
    condition: bool
    compared: str | None


def is_known(value: Any) -> bool:
    return value is not UNKNOWN


# How many steps the expressions of one file may take, and how long a text joined from them may get.
MAX_STEPS = 300_000
MAX_TEXT = 20_000


class Steps:
    """A budget of evaluation steps for one file, since names may stand for names endlessly."""

    def __init__(self, allowed: int = MAX_STEPS) -> None:
        self._left = allowed

    def spent(self) -> bool:
        """Use up one step; True if none was left, and the value is UNKNOWN."""
        self._left -= 1
        return self._left < 0


def value_at(value: Any, keys: tuple[str, ...]) -> Any:
    """What nested tables hold at a path of keys; None if one of them is missing or no table."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def joined(parts: Iterable[Any]) -> Any:
    """Parts joined into one text; UNKNOWN if it would be longer than any value in a container file."""
    texts = [part if isinstance(part, str) else str(part) for part in parts]
    return "".join(texts) if sum(map(len, texts)) <= MAX_TEXT else UNKNOWN


def joined_path(values: list[Any]) -> Any:
    """Path parts joined, up to the first unknown one."""
    known = list(itertools.takewhile(lambda value: isinstance(value, str), values))
    if len(known) < len(values):
        return Begins("/".join([*known, ""])) if known else UNKNOWN
    return joined("/".join(known)) if known else UNKNOWN


def first_set(values: list[Any]) -> Any:
    """The first non-empty value: `cmp.Or(os.Getenv("ADDR"), ":8080")`."""
    first = values[0] if values else UNKNOWN
    if isinstance(first, EnvDefault) and first.default is None:
        rest = first_set(values[1:])
        return EnvDefault(first.name, rest if isinstance(rest, str | int) else None)
    return first_set(values[1:]) if first in ("", 0) and len(values) > 1 else first


def port_of(value: Any) -> tuple[int | None, str | None]:
    """The port that a value stands for, and its variable: 3000, "3000", ":8080", PORT with a default."""
    if isinstance(value, EnvDefault):
        # Of several variables, prefer the one that platforms set.
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
    """The port in a text or number; None for anything else. Long text stays text: Python refuses to convert it."""
    text = str(value).strip() if not isinstance(value, int) or abs(value) < 65536 else ""
    number = int(text) if text.isdecimal() and text.isascii() and len(text) <= 5 else 0
    return number if 0 < number < 65536 else None


def whole_number(text: str) -> Any:
    """A decimal number small enough for a port, a count or a version; UNKNOWN otherwise."""
    return int(text) if text.isdecimal() and len(text) <= 18 else UNKNOWN


def literal_text(value: object) -> str | None:
    """A literal as the text that a variable has in its place; None for what is no text or number."""
    return str(value) if isinstance(value, str | int | float) else None
