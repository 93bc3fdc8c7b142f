"""Operands of instructions: words, flags, key=value pairs, mounts, each split as BuildKit splits them."""

import csv
import re

from genfile.dockerfile.lexer import SPACE, LexError, lex

_BLANKS = re.compile(r"[\t\v\f\r ]+")


def split_blanks(text: str) -> tuple[str, ...]:
    """Words between blanks; quotes hold nothing together here."""
    return tuple(part for part in _BLANKS.split(text) if part)


def processed(text: str, escape: str = "\\") -> str:
    """One operand with quotes and escapes removed and variables left; as it is where the lexer refuses it."""
    try:
        return lex(text, escape=escape).text
    except LexError:
        return text


def split_words(text: str, escape: str = "\\") -> tuple[str, ...]:
    """Words as a shell parts them, quotes and escapes removed, variables left as they are."""
    try:
        return lex(text, escape=escape).words
    except LexError:
        return split_blanks(text)


def key_values(text: str, escape: str = "\\") -> tuple[tuple[str, str], ...]:
    """`A=1 B="x y"` as pairs; the old `A 1` form gives one pair; a bare name has the value ``""``."""
    words: list[str] = []
    at = 0
    while at < len(text):
        raw, _, at = _scan_word(text, at, escape)
        words += [raw] if raw else []
        at = _skip(text, at)
    if words and "=" not in words[0] and len(words) > 1:
        return ((words[0], processed(_BLANKS.split(text, maxsplit=1)[1], escape)),)
    pairs = (word.partition("=") for word in words)
    return tuple((processed(key, escape), processed(value, escape)) for key, _, value in pairs)


def split_flags(text: str, escape: str = "\\") -> tuple[tuple[tuple[str, str], ...], str]:
    """The flags that a text begins with, as (name, value), and the rest of it."""
    flags: list[tuple[str, str]] = []
    at = _skip(text, 0)
    while text.startswith("--", at):
        _, plain, at = _scan_word(text, at, escape, flag=True)
        if plain == "--":
            break
        name, _, value = plain[2:].partition("=")
        flags.append((name, value))
        at = _skip(text, at)
    return tuple(flags), text[at:].strip(SPACE)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _scan_word(text: str, at: int, escape: str, *, flag: bool = False) -> tuple[str, str, int]:
    """One word as it is written, the same without its quotes and escapes, and where it ends.

    In a flag an escape counts between single quotes, too.
    """
    raw: list[str] = []
    plain: list[str] = []
    quote = ""
    while at < len(text) and (quote or text[at] not in SPACE):
        char = text[at]
        at += 1
        if char == escape and (quote != "'" or flag):
            following = text[at : at + 1]
            raw += [char, following] if following else []
            plain.append(following)
            at += 1
            continue
        raw.append(char)
        if char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        else:
            plain.append(char)
    return "".join(raw), "".join(plain), at


def split_mount(text: str) -> dict[str, str]:
    """The keys of a --mount value, which is one record of CSV."""
    fields = next(csv.reader([text]), [])
    return {key.strip().lower(): value for key, _, value in (field.partition("=") for field in fields)}
