"""Limits on a text's length, depth and size, checked before parsing: one linear scan, one table.

A parser's time and memory depend on a text's content, not just its length, and most parsers recurse. A text over a
limit ends as a ParseError that names the limit. Code for tree-sitter has its own bounds in ``grammar``.
"""

import re
from itertools import accumulate

from msgspec import Struct

from genfile.parsers import ParseError

MIB = 1024 * 1024


class FormatBounds(Struct, frozen=True):
    """A format's limits: ``length`` in characters, ``depth`` of brackets, ``signs``: occurrences of ``counted``."""

    length: int | None = None
    depth: int | None = None
    signs: int | None = None
    counted: str = ""
    blanks: int | None = None


# Lockfiles are read up to 64 MiB, everything else up to 4 MiB: formats without an entry have no other limit.
BOUNDS = {
    "json": FormatBounds(depth=100, signs=1_000_000, counted=",[{"),
    "jsonc": FormatBounds(depth=100, signs=1_000_000, counted=",[{"),
    "toml": FormatBounds(length=8 * MIB, depth=100, signs=300_000, counted=",[{\n"),
    "yaml": FormatBounds(length=4 * MIB),
    "xml": FormatBounds(signs=400_000, counted="<="),
    "requirements": FormatBounds(signs=20_000, counted="\n"),
    # configparser backtracks over runs of blanks, and keeps a message for each line it does not understand.
    "ini": FormatBounds(length=MIB, signs=20_000, counted="\n", blanks=100),
}

_STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"?' + r"|'(?:[^'\\\n]|\\.)*'?")
_STEPS = {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}
_NO_BRACKETS = re.compile(r"[^\[\](){}]+")
_BLANKS = re.compile(r"(?<![^\S\n])[^\S\n]+")


def check(text: str, kind: str) -> None:
    """Raise ParseError for a text over one of its format's limits."""
    bounds = BOUNDS[kind]
    if bounds.length is not None and len(text) > bounds.length:
        raise ParseError(f"is larger than {bounds.length // MIB} MiB")
    if bounds.signs is not None and len(text) > bounds.signs and sum(map(text.count, bounds.counted)) > bounds.signs:
        raise ParseError(f"contains more than {bounds.signs} values")
    if bounds.depth is not None and _depth(text, bounds.depth) > bounds.depth:
        raise ParseError(f"nested more than {bounds.depth} deep")
    if bounds.blanks is not None and any(len(run[0]) > bounds.blanks for run in _BLANKS.finditer(text)):
        raise ParseError(f"has more than {bounds.blanks} spaces in a row")


def _depth(text: str, limit: int) -> int:
    """How deeply brackets are nested outside strings, which are assumed to end with their line."""
    if text.count("[") + text.count("{") <= limit:
        return 0
    brackets = _NO_BRACKETS.sub("", _STRINGS.sub("", text))
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)
