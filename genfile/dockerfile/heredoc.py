"""Heredocs: the one place that says where a line opens one, for the reader and for the writer.

Source of the rules: moby/buildkit, frontend/dockerfile/parser. Only RUN, COPY and ADD can open one, alone or in
ONBUILD, and not in their JSON form.
"""

import re

from msgspec import Struct

from genfile.dockerfile.lexer import LexError, lex

_WORD = re.compile(r"[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)")
_EARLY_WORD = re.compile(r"[0-9]*<<(-?)([^<]*)")
# In lines like these a command ends up: alone, in front of another one, in a subshell.
_PLACES = ("RUN {}", "RUN {} && x", "RUN (x; {})")


class Heredoc(Struct, frozen=True):
    """The line that ends it, and whether tabs may stand in front of that."""

    name: str
    chomp: bool

    def ends_at(self, line: str) -> bool:
        """Whether a line, given without its newline, is the one that ends it."""
        return (line.lstrip("\t") if self.chomp else line) == self.name


def heredocs(line: str, *, early: bool = False) -> tuple[Heredoc, ...]:
    """The heredocs that a line of RUN, COPY or ADD opens, in order.

    Raises LexError for a word that begins one and can't be read, which makes the whole file unreadable. ``early``:
    as frontends read it that took no blank between `<<` and its word.
    """
    if "<<" not in line:
        return ()
    try:
        words = lex(line, raw=True, early=early).words
    except LexError:
        # BuildKit finds none in a line that its lexer refuses.
        return ()
    found: list[Heredoc] = []
    for word in words:
        match = (_EARLY_WORD if early else _WORD).fullmatch(word)
        if match is None or not match[2]:
            continue
        names = lex(match[2], early=early).words
        if len(names) == 1:
            found.append(Heredoc(names[0], match[1] == "-"))
    return tuple(found)


def opens_heredoc(command: str) -> bool:
    """Whether a shell command would open a heredoc in RUN, wherever it stands there, by any frontend."""
    if "<<" not in command:
        return False
    try:
        return any(heredocs(place.format(command), early=early) for place in _PLACES for early in (False, True))
    except LexError:
        return True
