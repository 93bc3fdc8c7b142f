"""Operands of instructions: words, key=value pairs, mounts."""

import csv


def split_words(text: str) -> tuple[str, ...]:
    """Words as BuildKit's shell lexer parts them, quotes and escapes removed, variables left as they are."""
    words: list[str] = []
    word: list[str] = []
    quote = ""
    started = False
    at = 0
    while at < len(text):
        char = text[at]
        if quote:
            if char == quote:
                quote = ""
            elif char == "\\" and quote == '"' and at + 1 < len(text) and text[at + 1] in '"\\$':
                at += 1
                word.append(text[at])
            else:
                word.append(char)
        elif char in "\"'":
            quote, started = char, True
        elif char == "\\" and at + 1 < len(text):
            at += 1
            word.append(text[at])
            started = True
        elif char.isspace():
            if started or word:
                words.append("".join(word))
            word, started = [], False
        else:
            word.append(char)
            started = True
        at += 1
    if started or word:
        words.append("".join(word))
    return tuple(words)


def key_values(text: str) -> tuple[tuple[str, str], ...]:
    """`A=1 B="x y"` as pairs; the old `A 1` form gives one pair; a bare name has the value ``""``."""
    words = split_words(text)
    if words and "=" not in words[0] and len(words) > 1:
        return ((words[0], text.split(None, 1)[1].strip()),)
    return tuple((key, value) for key, _, value in (word.partition("=") for word in words))


def split_mount(text: str) -> dict[str, str]:
    """The keys of a --mount value, which is one record of CSV."""
    fields = next(csv.reader([text]), [])
    return {key.strip().lower(): value for key, _, value in (field.partition("=") for field in fields)}
