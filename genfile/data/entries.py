"""Entries of data files as Structs. A mistake in a file is an error with its line, not a traceback."""

from collections.abc import Hashable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from genfile.errors import GenfileError

T = TypeVar("T", bound=Struct)
Key = str | int

FOLDER = Path(__file__).parent
# The tables of files that are read by a table's name: a misspelt table would otherwise be ignored.
TABLES = {
    "frameworks": ("framework",),
    "packages": ("npm", "pypi", "brings", "go", "maven", "programs", "kept", "commands", "calls"),
    "clients": ("npm", "pypi", "go"),
    "connections": ("any", "sql", "migrating", "subjects", "others", "ends", "parts"),
    "diagnoses": ("diagnoses",),
    "engine_errors": ("errors",),
    "junk": ("kind",),
    "modules": ("python", "drivers", "engines", "alone", "apart", "inside", "elsewhere", "jdbc"),
    "pins": ("python", "removed", "node", "java", "least", "openssl3", "newest", "numpy2"),
    "removed": ("python",),
    "requires": ("as_of", "pypi"),
    "routes": ("functions", "class"),
    "systems": (
        "official",
        "roots",
        "distributions",
        "builders",
        "jdks",
        "shells",
        "masters",
        "switches",
        "prints",
        "release",
        "abandoned",
        "abandoned_tag",
    ),
    "tools": ("default", "development", "python", "telemetry", "lock", "npm", "gradle", "gradle_removed"),
    "weakening": ("yes", "no", "options"),
    "wheels": ("as_of", "python"),
}
_NAMES = {
    bool: "true or false",
    int: "a whole number",
    str: "text",
    dict: "a table",
    tuple: "a list",
    date: "a date",
    NoneType: "nothing",
}


class DataError(GenfileError):
    """A data file of genfile's own that is wrong, with the file and the line."""

    code = "data"


@cache
def load_table(name: str) -> dict[str, Any]:
    """The file `NAME.toml` beside this module as plain values. Raises DataError for bad TOML or an unknown table."""
    import tomli

    try:
        table = tomli.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    except tomli.TOMLDecodeError as error:
        raise DataError(f"{_place(name, getattr(error, 'lineno', None))}: {error}") from None
    known = TABLES.get(name.partition("/")[0], ())
    for key in table if known else ():
        if key not in known:
            raise _unknown(name, (key,), known, "table")
    return table


def read_entry(kind: type[T], name: str, path: tuple[Key, ...], entry: Mapping[str, Any], /, **given: Any) -> T:
    """One entry of a file as its Struct: lists become tuples, ``given`` adds fields that the file does not hold.

    ``path``: the entry's keys in the file NAME.toml. Raises DataError for an unknown key, a missing one, and a value
    that is not of its field's type.
    """
    hints, needed = _shape(cast(Hashable, kind))
    for key, value in entry.items():
        if key not in hints or key in given:
            raise _unknown(name, (*path, key), [hint for hint in hints if hint not in given], "key")
        if not _fits(value, hints[key]):
            wanted = _describe(hints[key])
            raise DataError(f"{_place(name, _line(name, (*path, key)))}: {key} must be {wanted}, not {value!r:.60}")
    for key in needed:
        if key not in entry and key not in given:
            raise DataError(f"{_place(name, _line(name, path))}: {_title(path, entry)} has no {key}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}, **given)


def read_list(kind: type[T], name: str, table: str, *, key: str | None = None) -> tuple[T, ...]:
    """Every `[[table]]` of a file as its Struct, in order.

    ``key``: the field that tells entries apart. Raises DataError as `read_entry` does, and for a key that stands twice.
    """
    found: dict[Any, T] = {}
    for at, entry in enumerate(load_table(name)[table]):
        item = read_entry(kind, name, (table, at), entry)
        own = getattr(item, key) if key else at
        if own in found:
            raise DataError(
                f"{_place(name, _line(name, (table, at)))}: there are two entries for {own}",
                hint="merge them, or rename one",
            )
        found[own] = item
    return tuple(found.values())


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The types of a Struct's fields, and the fields that have no default."""
    shape = fields(kind)
    return {item.name: item.type for item in shape}, tuple(item.name for item in shape if item.required)


def _fits(value: Any, hint: Any) -> bool:
    if hint is Any:
        return True
    if isinstance(hint, type):
        # A bool is an int to Python alone.
        return isinstance(value, hint) and isinstance(value, bool) == (hint is bool)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, member) for member in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, list) and all(_fits(item, arguments[0]) for item in value)
    return isinstance(value, dict) and all(_fits(item, arguments[1]) for item in value.values())


def _describe(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_describe(member) for member in arguments if member is not NoneType)
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        return f"a list of {_describe(arguments[0]).removeprefix('a ')}"
    return "a table" if origin is not None else _NAMES.get(hint, hint.__name__)


def _unknown(name: str, path: tuple[Key, ...], known: Any, what: str) -> DataError:
    key = str(path[-1])
    close = get_close_matches(key, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
    return DataError(f"{_place(name, _line(name, path))}: unknown {what} {key}", hint=hint)


def _title(path: tuple[Key, ...], entry: Mapping[str, Any]) -> str:
    return str(entry.get("name", path[-1] if isinstance(path[-1], str) else f"entry {path[-1] + 1}"))


def _place(name: str, line: int | None) -> str:
    return f"genfile/data/{name}.toml" + (f":{line}" if line is not None else "")


def _line(name: str, path: tuple[Key, ...]) -> int | None:
    from genfile.parsers.data import parse_toml

    return parse_toml((FOLDER / f"{name}.toml").read_text("utf-8")).line(*path)
