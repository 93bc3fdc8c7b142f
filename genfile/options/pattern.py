"""Regular expressions of manifests, matched in time that grows with the text alone.

A manifest is somebody else's, and Python's own matcher can be made to run for years: so the pattern is parsed by
Python and simulated as an automaton. Groups that capture, look around or refer back are refused, but for plain ones.
"""

import importlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

MAX_STATES = 1_000
MAX_PATTERN = 500

_parser: Any = importlib.import_module("re._parser")
_Test = Callable[[str], bool]
_CATEGORIES = {"DIGIT": r"\d", "NOT_DIGIT": r"\D", "SPACE": r"\s", "NOT_SPACE": r"\S", "WORD": r"\w", "NOT_WORD": r"\W"}


class Pattern(Struct):
    """States by number: `eats` one char that passes a test, `goes` without one, `at` only at the start or end."""

    text: str
    eats: dict[int, tuple[_Test, int]] = field(default_factory=dict)
    goes: dict[int, list[int]] = field(default_factory=dict)
    at: dict[int, tuple[str, int]] = field(default_factory=dict)
    size: int = 0
    last: int = 0

    def fullmatch(self, text: str) -> bool:
        """Whether the whole text matches."""
        states = self._closure({0}, first=True, end=not text)
        for position, char in enumerate(text):
            moved = {self.eats[s][1] for s in states if s in self.eats and self.eats[s][0](char)}
            if not moved:
                return False
            states = self._closure(moved, first=False, end=position == len(text) - 1)
        return self.last in states

    def _closure(self, states: set[int], *, first: bool, end: bool) -> set[int]:
        waiting, seen = list(states), set(states)
        while waiting:
            state = waiting.pop()
            following = list(self.goes.get(state, ()))
            if state in self.at:
                where, target = self.at[state]
                following += [target] if (first if where == "start" else end) else []
            for target in following:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen

    def new(self) -> int:
        self.size += 1
        if self.size > MAX_STATES:
            raise ValueError("the pattern is too large")
        return self.size - 1


@lru_cache(maxsize=1_000)
def compile_pattern(text: str) -> Pattern:
    """A pattern to match with. Raises ValueError in one clause for one that is wrong, or that can't be bounded."""
    if len(text) > MAX_PATTERN:
        raise ValueError("the pattern is too long")
    try:
        tree = _parser.parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"invalid pattern: {error}") from None
    if tree.state.flags & ~re.UNICODE:
        raise ValueError("a pattern can't have flags")
    pattern = Pattern(text)
    pattern.last = _sequence(pattern, tree, pattern.new())
    return pattern


def _sequence(pattern: Pattern, items: Any, start: int) -> int:
    for operation, argument in items:
        start = _item(pattern, str(operation), argument, start)
    return start


def _item(pattern: Pattern, operation: str, argument: Any, start: int) -> int:
    if operation in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
        end = pattern.new()
        pattern.eats[start] = (_test(operation, argument), end)
        return end
    if operation == "SUBPATTERN" and not argument[1] and not argument[2]:
        return _sequence(pattern, argument[3], start)
    if operation == "BRANCH":
        end = pattern.new()
        for branch in argument[1]:
            begin = pattern.new()
            pattern.goes.setdefault(start, []).append(begin)
            pattern.goes.setdefault(_sequence(pattern, branch, begin), []).append(end)
        return end
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeat(pattern, argument, start)
    if operation == "AT" and str(argument) in ("AT_BEGINNING", "AT_BEGINNING_STRING", "AT_END", "AT_END_STRING"):
        end = pattern.new()
        pattern.at[start] = ("start" if "BEGINNING" in str(argument) else "end", end)
        return end
    raise ValueError(f"a pattern can't use {operation.lower().replace('_', ' ')} here")


def _repeat(pattern: Pattern, argument: Any, start: int) -> int:
    least, most, items = argument
    for _ in range(least):
        start = _sequence(pattern, items, _after(pattern, start))
    end = pattern.new()
    if str(most) == "MAXREPEAT":
        begin = _after(pattern, start)
        pattern.goes.setdefault(_sequence(pattern, items, begin), []).append(begin)
        pattern.goes.setdefault(begin, []).append(end)
        return end
    for _ in range(most - least):
        pattern.goes.setdefault(start, []).append(end)
        start = _sequence(pattern, items, _after(pattern, start))
    pattern.goes.setdefault(start, []).append(end)
    return end


def _after(pattern: Pattern, start: int) -> int:
    """A state of its own, so that what comes after one does not meet what was added to it."""
    begin = pattern.new()
    pattern.goes.setdefault(start, []).append(begin)
    return begin


def _test(operation: str, argument: Any) -> _Test:
    if operation == "ANY":
        return lambda char: char != "\n"
    if operation == "LITERAL":
        return lambda char: ord(char) == argument
    if operation == "NOT_LITERAL":
        return lambda char: ord(char) != argument
    negated = bool(argument) and str(argument[0][0]) == "NEGATE"
    members = [_member(str(kind), value) for kind, value in argument[negated:]]
    return lambda char: any(member(char) for member in members) != negated


def _member(kind: str, value: Any) -> _Test:
    if kind == "LITERAL":
        return lambda char: ord(char) == value
    if kind == "RANGE":
        low, high = value
        return lambda char: low <= ord(char) <= high
    name = str(value).removeprefix("CATEGORY_")
    if kind == "CATEGORY" and name in _CATEGORIES:
        expression = re.compile(_CATEGORIES[name])
        return lambda char: expression.match(char) is not None
    raise ValueError(f"a pattern can't use {kind.lower()} here")
