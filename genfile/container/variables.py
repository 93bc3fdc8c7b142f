"""Variables of Dockerfiles and compose files, resolved the way their own tools do it."""

import re
from collections.abc import Mapping

from genfile.dockerfile.lexer import LexError, lex

_NAME = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:[^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_COMPOSE = re.compile(
    r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])((?:[^{}]|\{[^}]*\})*))?\})"
)
_MAX_TEXT = 16_384
# What a text may grow to: a variable that is made of itself twice, thirty times, would not end.
_MAX_RESULT = 262_144


def _grows(text: str, variables: Mapping[str, str]) -> bool:
    """Whether a text is too long for its variables to be put in."""
    references = text.count("$")
    longest = max(map(len, variables.values()), default=0) if references else 0
    return len(text) > _MAX_TEXT or references * longest > _MAX_RESULT


def expand(text: str, variables: Mapping[str, str], escape: str = "\\") -> str:
    """An operand with quotes, escapes and variables processed; one that is not set is empty. What the lexer refuses
    stays as it is."""
    if _grows(text, variables):
        return text
    try:
        return lex(text, variables=variables, escape=escape).text
    except LexError:
        return text


def expand_words(text: str, variables: Mapping[str, str], escape: str = "\\") -> tuple[str, ...]:
    """As `expand`, parted at blanks outside quotes, those that a variable brings too."""
    if _grows(text, variables):
        return ()
    try:
        return lex(text, variables=variables, escape=escape).words
    except LexError:
        return tuple(text.split())


def known(text: str, variables: Mapping[str, str]) -> bool:
    """Whether every variable of a text is set, or has a value in its place."""
    return all(
        (match[1] or match[2]) in variables or (match[1] is not None and re.search(r":?[-+]", match[0]) is not None)
        for match in _NAME.finditer(text)
    )


def shell_text(text: str, variables: Mapping[str, str]) -> str:
    """A command with the variables that are set put in; all else, quotes too, stays for the shell to read."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        body = match[0][2 + len(name) : -1] if match[1] else ""
        if body and body[:2] != ":-" and body[:1] != "-":
            return match[0]
        given = variables.get(name, "")
        if given and re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", given):
            return given
        return match[0]

    return text if _grows(text, variables) else _NAME.sub(value, text)


def interpolate(text: str, variables: Mapping[str, str], depth: int = 4) -> str:
    """A value of a compose file: `$X`, `${X}`, `${X:-y}`, `${X-y}`, `${X:+y}`, `${X:?why}`, `$$`."""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        name, modifier, word = match[2] or match[3], match[4] or "", match[5] or ""
        given = variables.get(name)
        there = bool(given) if modifier.startswith(":") else given is not None
        if modifier.endswith("+"):
            return interpolate(word, variables, depth - 1) if there else ""
        if modifier.endswith("-") and not there:
            return interpolate(word, variables, depth - 1)
        return given or ""

    return _COMPOSE.sub(value, text) if depth > 0 and "$" in text and not _grows(text, variables) else text
