"""Regular expressions that somebody else wrote and that are searched for in hostile text: which are allowed.

Nothing that looks around or refers back, and no repetition of a repetition: what is left takes time that a bound on
text and seconds holds.
"""

import importlib
import re
from typing import Any

MAX_LENGTH = 500
MAX_REPEATS = 1_000

# The parser that the `re` module itself uses: no second opinion on what a pattern means.
_parser: Any = importlib.import_module("re._parser")
_PLAIN = frozenset(["LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE", "NEGATE"])
_REPEATS = frozenset(["MAX_REPEAT", "MIN_REPEAT"])


def check_pattern(text: str) -> str:
    """The pattern itself. Raises ValueError in one clause for one that is wrong, or that can't be bounded."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"is a pattern of more than {MAX_LENGTH} characters")
    try:
        tree = _parser.parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is not a valid pattern: {error}") from None
    if tree.state.flags & ~re.UNICODE:
        raise ValueError("can't have flags; `^` and `$` always match at line ends")
    if tree.state.groups > 2:
        raise ValueError("can have only one group; write the others as (?:…)")
    _check(tree, inside=False)
    return text


def _check(items: Any, *, inside: bool) -> None:
    for operation, argument in items:
        name = str(operation)
        if name in _REPEATS:
            least, most, inner = argument
            endless = str(most) == "MAXREPEAT"
            if inside and (endless or most > 1):
                raise ValueError("repeats a repetition, which could take forever")
            if least > MAX_REPEATS or (not endless and most > MAX_REPEATS):
                raise ValueError(f"repeats more than {MAX_REPEATS} times")
            _check(inner, inside=inside or endless or most > 1)
        elif name == "BRANCH":
            for branch in argument[1]:
                _check(branch, inside=inside)
        elif name == "SUBPATTERN":
            if argument[1] or argument[2]:
                raise ValueError("can't have flags")
            _check(argument[3], inside=inside)
        elif name not in _PLAIN:
            raise ValueError(f"can't use {name.lower().replace('_', ' ')}")
