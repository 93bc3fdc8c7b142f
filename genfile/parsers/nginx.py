"""Configurations of nginx: directives with their words, and the blocks behind them."""

import re
from collections.abc import Iterator

from msgspec import Struct

_TOKEN = re.compile(r"""\s+|\#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\$\{\w+\}|[^\s{};"'])+|.""", re.S)
MAX_TEXT = 100_000
MAX_DEPTH = 20


class Directive(Struct, frozen=True):
    """A directive: its name and arguments, its line, what is in its block, and the file, if it is included."""

    words: tuple[str, ...]
    line: int
    block: tuple["Directive", ...] = ()
    path: str = ""

    @property
    def name(self) -> str:
        """What the directive sets."""
        return self.words[0]

    def inner(self, name: str) -> Iterator["Directive"]:
        """The directives of a name directly in the block."""
        return (item for item in self.block if item.name == name)


def read_nginx(text: str) -> tuple[Directive, ...] | None:
    """The directives of a configuration; None if it isn't one."""
    open_blocks: list[tuple[tuple[str, ...], int, list[Directive]]] = [((), 1, [])]
    words: list[str] = []
    line = start = 1
    for match in _TOKEN.finditer(text[:MAX_TEXT]):
        token, at = match[0], line
        line += token.count("\n")
        if token.isspace() or token.startswith("#"):
            continue
        if token == ";" and words:
            open_blocks[-1][2].append(Directive(tuple(words), start))
            words = []
        elif token == "{" and words and len(open_blocks) < MAX_DEPTH:
            open_blocks.append((tuple(words), start, []))
            words = []
        elif token == "}" and not words and len(open_blocks) > 1:
            head, opened, inside = open_blocks.pop()
            open_blocks[-1][2].append(Directive(head, opened, tuple(inside)))
        elif token in ("{", "}", ";"):
            return None
        else:
            start = start if words else at
            words.append(token[1:-1] if len(token) > 1 and token[0] in "\"'" else token)
    return tuple(open_blocks[0][2]) if len(open_blocks) == 1 and not words else None
