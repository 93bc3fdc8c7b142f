"""What a .dockerignore leaves out of the build context, by the rules of Docker's own matcher.

Source of the rules: docs.docker.com/build/concepts/context/#dockerignore-files and moby/patternmatcher, which makes
a regular expression of each pattern. It forgets to escape `|`, `{`, `}` and `^` there, and hands letters behind a
backslash on to it; here they stand for themselves.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct


class IgnoreRule(Struct, frozen=True):
    """One pattern: as it is matched (cleaned, without `!`), its 1-based line, whether it takes paths back in."""

    pattern: str
    line: int
    negated: bool

    def matches(self, path: str) -> bool:
        """Whether the pattern covers a path itself, or a folder that it lies in."""
        tokens = _tokens(self.pattern)
        if tokens is None:
            return False
        quick = _compiled(self.pattern)
        if quick is not None:
            return quick.fullmatch(path) is not None
        parts = path.split("/")
        return any(_match(tokens, "/".join(parts[:count])) for count in range(1, len(parts) + 1))


class IgnoreRules(Struct, frozen=True):
    """The patterns of a .dockerignore, in order."""

    rules: tuple[IgnoreRule, ...]

    def rule_for(self, path: str) -> IgnoreRule | None:
        """The last rule that covers a path, or None."""
        return next((rule for rule in reversed(self.rules) if rule.matches(path)), None)

    def excludes(self, path: str) -> bool:
        """Whether a file (relative path, forward slashes) is left out of the context."""
        rule = self.rule_for(path)
        return rule is not None and not rule.negated


def read_ignore(text: str) -> IgnoreRules:
    """Read a .dockerignore. Never raises: a pattern that can't match anything matches nothing."""
    rules: list[IgnoreRule] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if raw.startswith("#"):
            continue
        pattern = raw.strip()
        negated = pattern.startswith("!")
        pattern = pattern[1:].strip() if negated else pattern
        if not pattern:
            continue
        pattern = posixpath.normpath(pattern.replace("//", "/"))
        pattern = (pattern.lstrip("/") if len(pattern) > 1 else pattern).strip()
        if pattern and pattern != ".":
            rules.append(IgnoreRule(pattern, number, negated))
    return IgnoreRules(tuple(rules))


# A part of a pattern: a test of one character, or how far it reaches: within a segment, over all, over folders.
_Token = tuple[str, str]
_ONE = ("literal", "one", "class")


@lru_cache(maxsize=1_000)
def _tokens(pattern: str) -> tuple[_Token, ...] | None:
    """The parts of a pattern; None for one that is malformed and matches nothing."""
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**", at):
            end = at + 2 + pattern.startswith("/", at + 2)
            # A suffix or a prefix without another special character is compared as it is.
            whole = end == len(pattern) or (at == 0 and end == 2 and not any(c in "*?[]\\" for c in pattern[2:]))
            tokens += [("everything", "")] if whole else [("folders", ""), ("folder", "")]
            at = end
            continue
        if char == "*":
            tokens.append(("segment", ""))
        elif char == "?":
            tokens.append(("one", ""))
        elif char == "\\" and at + 1 < len(pattern):
            at += 1
            tokens.append(("literal", pattern[at]))
        elif char == "[":
            end = _class_end(pattern, at)
            if end < 0:
                return None
            tokens.append(("class", pattern[at + 1 : end]))
            at = end
        else:
            tokens.append(("literal", char))
        at += 1
    return tuple(tokens)


# How many parts of a pattern may each stand for text of any length, for an expression that backtracks over them.
_QUICK = 3


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern, with what lies below what it covers, as an expression; None if that could take long."""
    tokens = _tokens(pattern) or ()
    if sum(kind in ("segment", "everything", "folders") for kind, _ in tokens) > _QUICK:
        return None
    return re.compile("".join(_expression(*token) for token in tokens) + "(?:/.*)?", re.DOTALL)


def _expression(kind: str, text: str) -> str:
    if kind == "class":
        inner = text.removeprefix("^")
        ranges = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in _ranges(inner) if low <= high)
        if not ranges:
            return "[^/]" if inner != text else "(?!)"
        return f"(?!/)[{'^' if inner != text else ''}{ranges}]"
    plain = {"segment": "[^/]*", "everything": ".*", "folders": "(?:.*/)?", "folder": "", "one": "[^/]"}
    return plain.get(kind, re.escape(text))


def _match(tokens: tuple[_Token, ...], path: str) -> bool:
    """All ways at once, as a set of places in the pattern: the time is the product of both lengths, for any text."""
    states = _closure(tokens, {0})
    for char in path:
        after: set[int] = set()
        for state in states:
            if state < len(tokens):
                kind, text = tokens[state]
                if kind in ("everything", "folder") or (kind == "segment" and char != "/"):
                    after.add(state)
                if (kind == "folder" and char == "/") or (kind in _ONE and _takes(kind, text, char)):
                    after.add(state + 1)
        states = _closure(tokens, after)
        if not states:
            return False
    return len(tokens) in states


def _takes(kind: str, text: str, char: str) -> bool:
    """Whether a part that stands for one character stands for this one."""
    if kind == "literal":
        return char == text
    if char == "/":
        return False
    return kind == "one" or (kind == "class" and _in_class(text, char))


def _closure(tokens: tuple[_Token, ...], states: set[int]) -> set[int]:
    """The places that are reached without a character: past a `*`, and past any number of folders, none included."""
    found = set(states)
    queue = list(states)
    while queue:
        state = queue.pop()
        kind = tokens[state][0] if state < len(tokens) else ""
        steps = {"segment": (1,), "everything": (1,), "folders": (1, 2)}.get(kind, ())
        new = {state + step for step in steps} - found
        found |= new
        queue += new
    return found


def _class_end(pattern: str, start: int) -> int:
    at = start + 1
    if pattern.startswith("^", at):
        at += 1
    first = at
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 1
        elif pattern[at] == "]" and at > first:
            return at
        at += 1
    return -1


def _in_class(body: str, char: str) -> bool:
    """Whether a character is in `a-z_` or in the negated `^a-z_`."""
    inner = body.removeprefix("^")
    return any(low <= char <= high for low, high in _ranges(inner)) is (inner == body)


def _ranges(inner: str) -> Iterator[tuple[str, str]]:
    """The ranges of a class, each as its first and its last character."""
    at = 0
    while at < len(inner):
        low = inner[at]
        if low == "\\" and at + 1 < len(inner):
            at += 1
            low = inner[at]
        high = low
        if inner[at + 1 : at + 2] == "-" and at + 2 < len(inner):
            high = inner[at + 2]
            at += 2
        yield low, high
        at += 1
