"""The edge between genfile and a terminal: text for a person is made visible, data for a program stays as it is.

Text of a tree can hold what a terminal obeys: escape sequences, carriage returns, characters that turn the
direction of writing. All text for a person passes `visible`, whatever it is made of.
"""

import os
import shutil
import textwrap
import unicodedata
from typing import NamedTuple, TextIO

# U+200C and U+200D join and part letters in Persian, Indian scripts and emoji: they change no order, hide no text.
_HARMLESS = frozenset("\t\u200c\u200d")
_CODES = {
    "bold": "1",
    "dim": "2",
    "green": "32",
    "yellow": "33",
    "red": "31",
    "cyan": "36",
    "error": "1;31",
    "warning": "1;33",
    "hint": "1;36",
    "note": "1",
}
# How the first character of a line of a unified diff is shown.
_DIFF = {"+": "green", "-": "red", "@": "cyan"}
# Where a terminal doesn't say how wide it is.
_WIDTH = 80


class Styled(NamedTuple):
    """Text in a style, for where colours are wanted."""

    text: str
    style: str

    def __str__(self) -> str:
        return self.text


def is_unsafe(char: str) -> bool:
    """Whether a terminal could do something else than show it.

    Controls (C0, DEL, C1), format characters such as the bidirectional ones, separators of lines and paragraphs, and
    lone surrogates, which stand for bytes of a file name that are not text.
    """
    return char not in _HARMLESS and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def escaped(char: str) -> str:
    r"""A character as JSON and Python write it: `\x1b` as `\u001b`, by its UTF-16 units beyond U+FFFF."""
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def visible(text: str, *, lines: bool = False) -> str:
    """Text with everything unsafe in it written out; ``lines``: newlines are meant, as in a diff."""
    if text.isascii() and text.isprintable():
        return text
    kept = "\n" if lines else ""
    return "".join(escaped(char) if is_unsafe(char) and char not in kept else char for char in text)


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream gets colours: NO_COLOR (no-color.org) beats FORCE_COLOR, which beats what the stream is."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def width_of(stream: TextIO) -> int | None:
    """How many columns a terminal has; None for what is no terminal, whose lines are never broken."""
    if not stream.isatty():
        return None
    return max(20, shutil.get_terminal_size((_WIDTH, 24)).columns)


def fold(text: str, width: int | None, indent: str = "") -> list[str]:
    """Text in lines of at most a width, each but the first indented; words, paths and commands stay whole.

    Everything unsafe in it is written out before, so that what is measured is what is shown.
    """
    shown = visible(text)
    if width is None or len(shown) <= width:
        return [shown]
    return textwrap.wrap(shown, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]


def write(stream: TextIO, *parts: str | Styled, colour: bool = False) -> None:
    """Write one line of parts for a person; what the stream's encoding has no place for is written out."""
    shown: list[str] = []
    for part in parts:
        text = _encodable(stream, visible(str(part)))
        code = _CODES.get(part.style) if colour and isinstance(part, Styled) and text else None
        shown.append(f"\x1b[{code}m{text}\x1b[0m" if code else text)
    stream.write("".join(shown).rstrip(" ") + "\n")


def write_lines(stream: TextIO, text: str) -> None:
    """Write text of several lines for a person."""
    stream.write(_encodable(stream, visible(text, lines=True)))


def write_diff(stream: TextIO, text: str) -> None:
    """Write a unified diff: for a program as it is, for a person in colours where they are wanted."""
    if not (stream.isatty() and wants_colour(stream)):
        write_data(stream, text)
        return
    for line in text.splitlines():
        style = "bold" if line.startswith(("--- ", "+++ ")) else _DIFF.get(line[:1])
        write(stream, Styled(line, style) if style else line, colour=True)


def write_data(stream: TextIO, text: str) -> None:
    """Write text that is the product itself: as UTF-8, whatever the locale; for a person where a terminal is there."""
    if stream.isatty():
        write_lines(stream, text)
        return
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
        return
    stream.flush()
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "backslashreplace")
    buffer.write(raw)
    buffer.flush()


def prompt_text(stream: TextIO, text: str) -> str:
    """A question as it may be shown, on one line."""
    return _encodable(stream, visible(text))


def _encodable(stream: TextIO, text: str) -> str:
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.encode("ascii", "backslashreplace").decode("ascii")
    return text
