"""What a text given for a field of a spec can mean, as `--set` and the prompt take it.

The field's type decides. A list is a JSON array; else one whole command for a list of commands, and the words of a
shell command for every other list. No text is ever split at a newline. Any other field takes the text as it is, or
as JSON.
"""

import json
import shlex
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from genfile.spec.base import Command


def readings(model: type[BaseModel], key: str, text: str) -> list[Any]:
    """The values that a text can stand for in a field (dotted), the likeliest first.

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
        raise ValueError("has a quote that is not closed") from None


def _plain(text: str) -> str:
    from genfile.dockerfile.quoting import check

    return check(text)


def _json(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return []


def _items(model: Any, keys: list[str]) -> tuple[Any, ...] | None:
    """What the list at a field holds; None for a field that is not a list, or that there is not."""
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
    """The members of a union; of any other annotation itself."""
    if get_origin(annotation) in (Union, UnionType):
        yield from (kind for member in get_args(annotation) if member is not NoneType for kind in _kinds(member))
    else:
        yield annotation
