"""Edits of a text by lines."""

from collections.abc import Iterable

from msgspec import Struct


class Edit(Struct, frozen=True):
    """The lines from ``line`` to ``end`` (1-based, both of them) become ``text``; an empty text deletes them."""

    line: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made, from the last line to the first; of two that touch the same line the first one counts.

    Lines keep the line ending that the first line of the text has.
    """
    lines = text.split("\n")
    ending = "\r" if lines[0].endswith("\r") else ""
    taken: set[int] = set()
    chosen: list[Edit] = []
    for edit in edits:
        touched = set(range(edit.line, edit.end + 1))
        if touched and edit.end <= len(lines) and taken.isdisjoint(touched):
            taken |= touched
            chosen.append(edit)
    for edit in sorted(chosen, key=lambda item: -item.line):
        new = [line + ending for line in edit.text.split("\n")] if edit.text else []
        lines[edit.line - 1 : edit.end] = new
    return "\n".join(lines)
