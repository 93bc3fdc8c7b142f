"""The meaning of an engine's output after a failed build."""

import re
from functools import cache

from msgspec import Struct

from genfile.data.entries import read_list


class Meaning(Struct, frozen=True):
    """The problem in one line, and what to do about it."""

    text: str
    hint: str


def meaning_of(output: str) -> Meaning | None:
    """The first known error in an engine's output; None if there is none that genfile knows."""
    for pattern, text, hint in _errors():
        match = pattern.search(output)
        if match is not None:
            names = {key: value or "" for key, value in match.groupdict().items()}
            return Meaning(text.format(**names), hint.format(**names))
    return None


class _Known(Struct, frozen=True):
    """An entry of engine_errors.toml."""

    pattern: str
    text: str
    hint: str


@cache
def _errors() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    entries = read_list(_Known, "engine_errors", "errors")
    return tuple((re.compile(item.pattern), item.text, item.hint) for item in entries)
