"""How a text for a field of a spec is read, for `--set` and the prompt.

The field's type decides. A list is a JSON array, or else one whole command for a list of commands, and the words of a
shell command for every other list. Text is never split at newlines. Any other field takes the text as it is, or as
JSON.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel

from genfile.spec.base import Command


class Place(Struct, frozen=True):
    """A place in a file that a person wrote: 1-based line and column, as far as they are known."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


class Setting(Struct, frozen=True):
    """A value from a file, as text, and its place. ``mild``: a name that fits nothing is ignored."""

    text: str
    place: Place
    mild: bool = False


def text_of(setting: str | Setting) -> str:
    return setting.text if isinstance(setting, Setting) else setting


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a table and its sub-tables, each with its path of keys."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, str(key)))
        else:
            yield (*path, str(key)), value


def as_text(value: Any) -> str:
    """A plain value as the text that `--set` takes for it. Raises ValueError for a value that no field can hold."""
    if isinstance(value, str):
        return value
    _check_plain(value)
    return json.dumps(value, ensure_ascii=False)


def _check_plain(value: Any) -> None:
    if isinstance(value, float):
        # 3.10 has become 3.1 by now.
        raise ValueError("write a decimal number in quotes")
    if isinstance(value, list | tuple):
        for item in value:
            _check_plain(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            _check_plain(item)
    elif not isinstance(value, str | int | None):
        raise ValueError("write a date in quotes")


def readings(model: type[BaseModel], key: str, text: str) -> list[Any]:
    """The values that a text can mean for a field (dotted), the likeliest first.

    Raises ValueError: a control character, words with an open quote, JSON that is not valid.
    """
    items = _items(model, key.split("."))
    if items is None:
        values = _json(text)
        return values if values and isinstance(values[0], dict) else [_plain(text), *values]
    found = [value for value in _json(text) if value is None or isinstance(value, list)]
    if found:
        return found
    _plain(text)
    if Command in items:
        return [[text]]
    try:
        return [shlex.split(text)]
    except ValueError:
        raise ValueError("has an unclosed quote") from None


def _plain(text: str) -> str:
    from genfile.dockerfile.quoting import check

    return check(text)


def _json(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return []


def _items(model: Any, keys: list[str]) -> tuple[Any, ...] | None:
    """The item types of the list at a field; None for a field that is not a list or does not exist."""
    if not keys:
        kinds = list(_kinds(model))
        # What can be a text as well is one.
        listed = all(get_origin(kind) in (tuple, list) for kind in kinds)
        return get_args(kinds[0]) if listed and kinds else None
    for kind in _kinds(model):
        if isinstance(kind, type) and issubclass(kind, BaseModel) and keys[0] in kind.model_fields:
            # The annotation with its constraints, which tells a command from a word.
            return _items(_annotation(kind, keys[0]), keys[1:])
        if get_origin(kind) is dict:
            return _items(get_args(kind)[1], keys[1:])
    return None


def _annotation(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name].annotation


def _kinds(annotation: Any) -> Iterator[Any]:
    """The members of a union, or the annotation itself."""
    if get_origin(annotation) in (Union, UnionType):
        yield from (kind for member in get_args(annotation) if member is not NoneType for kind in _kinds(member))
    else:
        yield annotation
