"""The meaning of an engine's output after a failed build."""

import re
from dataclasses import dataclass
from functools import cache

from genfile.data.entries import read_list


@dataclass(frozen=True)
class Meaning:
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


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry of engine_errors.toml."""

    pattern: str
    text: str
    hint: str


@cache
def _errors() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    entries = read_list(_Known, "engine_errors", "errors")
    return tuple((re.compile(item.pattern), item.text, item.hint) for item in entries)
