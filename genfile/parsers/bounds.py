"""Limits on the length, depth and size of a text before it is parsed: one linear scan, one table.

A parser takes time and memory for what a text holds, not for its length alone, and most recurse: what is over a limit
ends as a ParseError that says which. Code that tree-sitter reads has its own bounds in ``grammar``.
"""

import re
from dataclasses import dataclass
from itertools import accumulate

from genfile.parsers import ParseError

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FormatBounds:
    """The limits of a format: ``length`` in characters, ``depth`` of brackets, ``signs`` of those in ``counted``."""

    length: int | None = None
    depth: int | None = None
    signs: int | None = None
    counted: str = ""
    blanks: int | None = None


# Lockfiles are read up to 64 MiB, all else up to 4 MiB: what is not given here is bounded by that alone.
BOUNDS = {
    "json": FormatBounds(depth=100, signs=1_000_000, counted=",[{"),
    "jsonc": FormatBounds(depth=100, signs=1_000_000, counted=",[{"),
    "toml": FormatBounds(length=8 * MIB, depth=100, signs=300_000, counted=",[{\n"),
    "yaml": FormatBounds(length=4 * MIB),
    "xml": FormatBounds(signs=400_000, counted="<="),
    "requirements": FormatBounds(signs=20_000, counted="\n"),
    # configparser goes back over each run of blanks, and keeps a message for each line that it does not understand.
    "ini": FormatBounds(length=MIB, signs=20_000, counted="\n", blanks=100),
}

_STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"?' + r"|'(?:[^'\\\n]|\\.)*'?")
_STEPS = {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}
_NO_BRACKETS = re.compile(r"[^\[\](){}]+")
_BLANKS = re.compile(r"(?<![^\S\n])[^\S\n]+")


def check(text: str, kind: str) -> None:
    """Raise ParseError for a text that is over a limit of its format."""
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
    """How deep brackets are nested outside strings, each taken to end with its line."""
    if text.count("[") + text.count("{") <= limit:
        return 0
    brackets = _NO_BRACKETS.sub("", _STRINGS.sub("", text))
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)
