"""Bounds on what a template may make: text, lists, numbers, steps and time.

The sandbox keeps a template from the machine, not from making gigabytes or looping for days. What grows a value
is checked before it is computed; what repeats is counted; the clock is read at each step.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.utils import Namespace

MAX_TEXT = 8 * 1024 * 1024
MAX_ITEMS = 100_000
MAX_WIDTH = 10_000
MAX_STEPS = 1_000_000
MAX_BITS = 4096
MAX_SECONDS = 1.5
MAX_SECONDS_IN_ALL = 10.0

_WIDE_FORMAT = re.compile(r"\d{5,}|%[-+ #0-9.]*\*|\{[^{}]*:[^{}]*\{")
_SIZED = (str, bytes, list, tuple, dict, set, frozenset)
_VIEWS: tuple[type[Any], ...] = (type({}.keys()), type({}.values()), type({}.items()))
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, dict, set, frozenset, *_VIEWS)


class Budget:
    """What one text may still use, within what all the texts of a template may."""

    def __init__(self) -> None:
        self.used = 0.0
        self._depth = 0
        self.start()
        self._depth = 0

    def start(self) -> None:
        """Begin a text; one that is rendered inside another shares its budget."""
        self._depth += 1
        if self._depth == 1:
            self.steps = MAX_STEPS
            self.began = time.monotonic()

    def stop(self) -> None:
        self._depth -= 1
        if self._depth == 0:
            self.used += time.monotonic() - self.began
            if self.used > MAX_SECONDS_IN_ALL:
                raise SecurityError(f"the template takes more than {MAX_SECONDS_IN_ALL:.0f} seconds")

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise SecurityError(f"more than {MAX_STEPS:,} steps")
        if time.monotonic() - self.began > MAX_SECONDS:
            raise SecurityError(f"more than {MAX_SECONDS} seconds")

    def each(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.step()
            yield value

    def join(self, parts: Iterable[str]) -> str:
        """`"".join`, which stops where the text becomes too long."""
        total, kept = 0, []
        for part in parts:
            total += len(part)
            if total > MAX_TEXT:
                raise SecurityError(f"the text is longer than {MAX_TEXT:,} characters")
            kept.append(part)
        return "".join(kept)


def weigh(value: Any) -> Any:
    """The value itself; refused where writing it out would be too long (lists may hold one another many times)."""
    if not isinstance(value, (*_SIZED, *_VIEWS, Namespace)):
        return value
    items, characters = 0, 0
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Namespace):
            item = vars(item)["_Namespace__attrs"]
        if isinstance(item, (str, bytes)):
            characters += len(item)
        elif isinstance(item, _CONTAINERS):
            items += len(item) + 1
            if items <= MAX_ITEMS:
                waiting.extend(item)
                waiting.extend(item.values() if isinstance(item, dict) else ())
        if items > MAX_ITEMS or characters > MAX_TEXT:
            raise SecurityError("the value is too large")
    return value


def check_numbers(arguments: Iterable[Any]) -> None:
    """Widths, counts and lengths are small."""
    for argument in arguments:
        if isinstance(argument, int) and abs(argument) > MAX_WIDTH:
            raise SecurityError(f"{argument} is too large")


def check_format(text: Any) -> None:
    if isinstance(text, str) and _WIDE_FORMAT.search(text):
        raise SecurityError("the width of a format is too large")


def check_replace(text: Any, old: Any, new: Any) -> None:
    known = isinstance(text, (str, bytes)) and isinstance(old, type(text)) and isinstance(new, type(text))
    if known:
        count = text.count(old) if old else len(text) + 1
        _check_text(len(text) + count * len(new))


def check_join(separator: Any, values: Any) -> Any:
    """The values as a list that can be joined within the bounds."""
    kept = list(values) if not isinstance(values, (str, Mapping)) else values
    if len(kept) > MAX_ITEMS:
        raise SecurityError("the list is too long")
    weigh(kept)
    _check_text(len(kept) * len(str(separator)))
    return kept


def check_operator(operator: str, left: Any, right: Any) -> None:
    """Refuse a result that is too large, before it is computed."""
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() + right.bit_length()
        if operator == "**":
            bits = left.bit_length() * max(right, 0)
        if operator in ("*", "**") and bits > MAX_BITS:
            raise SecurityError("the number is too large")
    elif operator == "**":
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            raise SecurityError("** is for numbers")
    elif operator == "*":
        for values, count in ((left, right), (right, left)):
            if isinstance(values, _SIZED) and isinstance(count, int):
                limit = MAX_TEXT if isinstance(values, (str, bytes)) else MAX_ITEMS
                if len(values) * count > limit:
                    raise SecurityError("the value is too large")
    elif operator == "%":
        check_format(left)
        weigh(right)
    elif operator == "+" and isinstance(left, _SIZED) and isinstance(right, _SIZED):
        limit = MAX_TEXT if isinstance(left, (str, bytes)) else MAX_ITEMS
        if len(left) + len(right) > limit:
            raise SecurityError("the value is too large")


def check_method(owner: Any, name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> None:
    """A method of a plain value, before it is called."""
    check_numbers((*arguments, *keywords.values()))
    if isinstance(owner, (str, bytes)):
        if name == "replace" and len(arguments) > 1:
            check_replace(owner, arguments[0], arguments[1])
        elif name == "translate":
            longest = max((len(text) for text in _texts(arguments)), default=1)
            _check_text(len(owner) * longest)
        elif name == "expandtabs":
            _check_text(len(owner) + _tabs(owner) * MAX_WIDTH)
        elif name in ("format", "format_map"):
            check_format(owner)
    elif isinstance(owner, (list, dict, set)):
        for argument in (*arguments, *keywords.values()):
            weigh(argument)
        weigh(owner)


def _tabs(text: str | bytes) -> int:
    return text.count("\t") if isinstance(text, str) else text.count(b"\t")


def _texts(tables: Iterable[Any]) -> Iterator[str]:
    for table in tables:
        if isinstance(table, dict):
            yield from (text for text in table.values() if isinstance(text, str))


def _check_text(length: int) -> None:
    if length > MAX_TEXT:
        raise SecurityError(f"the text is longer than {MAX_TEXT:,} characters")
