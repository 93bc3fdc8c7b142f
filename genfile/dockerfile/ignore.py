"""What a .dockerignore leaves out of the build context, by the rules of Docker's own matcher.

Source of the rules: docs.docker.com/build/concepts/context/#dockerignore-files and moby/patternmatcher.
"""

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class IgnoreRule:
    """One pattern: as it is matched (cleaned, without `!`), its 1-based line, whether it takes paths back in."""

    pattern: str
    line: int
    negated: bool

    @cached_property
    def _regex(self) -> re.Pattern[str] | None:
        return _compile(self.pattern)

    def matches(self, path: str) -> bool:
        """Whether the pattern covers a path itself, or a folder that it lies in."""
        regex = self._regex
        if regex is None:
            return False
        parts = path.split("/")
        return any(regex.fullmatch("/".join(parts[:count])) for count in range(1, len(parts) + 1))


@dataclass(frozen=True)
class IgnoreRules:
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
        pattern = pattern.lstrip("/") if len(pattern) > 1 else pattern
        if pattern and pattern != ".":
            rules.append(IgnoreRule(pattern, number, negated))
    return IgnoreRules(tuple(rules))


def _compile(pattern: str) -> re.Pattern[str] | None:
    """A pattern of Go's filepath.Match with `**`, as a regular expression that never backtracks across segments."""
    result: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**", at):
            while pattern.startswith("*", at):
                at += 1
            if pattern.startswith("/", at):
                at += 1
                result.append("(?:[^/]+/)*+")
            else:
                result.append(".*+" if at == len(pattern) else ".*")
            continue
        if char == "*":
            result.append("[^/]*")
        elif char == "?":
            result.append("[^/]")
        elif char == "\\" and at + 1 < len(pattern):
            at += 1
            result.append(re.escape(pattern[at]))
        elif char == "[":
            end = _class_end(pattern, at)
            if end < 0:
                return None
            result.append(_class(pattern[at + 1 : end]))
            at = end
        else:
            result.append(re.escape(char))
        at += 1
    try:
        return re.compile("".join(result), re.DOTALL)
    except re.error:
        return None


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


def _class(body: str) -> str:
    negated = body.startswith("^")
    inner = body[1:] if negated else body
    escaped = "".join("\\" + char if char in "[]&~|^" else char for char in inner)
    return f"[{'^' if negated else ''}{escaped}]"
