"""How much an output file explains: nothing, what is not obvious, or the reason for every rule."""

from contextlib import suppress
from typing import Literal

from msgspec.structs import replace

from genfile.dockerfile.heredoc import Heredoc, heredocs
from genfile.dockerfile.lexer import LexError
from genfile.preset.rules import rule
from genfile.preset.trace import Line

Comments = Literal["none", "brief", "teach"]


def comment_lines(lines: list[Line], comments: Comments, *, dockerfile: bool) -> list[Line]:
    """Apply a level of comments, then normalise blank lines: one before each stage, never two in a row.

    A parser directive (`# syntax=`) is not a comment. A reason goes above the first instruction that follows its rule.
    """
    if comments == "none":
        lines = [line for line in lines if not _is_comment(line.text) or _is_directive(line.text)]
    if dockerfile:
        lines = _space_stages(lines)
    if comments == "teach":
        lines = _teach(lines, dockerfile=dockerfile)
    return _tidy(lines)


def _is_comment(text: str) -> bool:
    return text.lstrip().startswith("#")


def _is_directive(text: str) -> bool:
    return text.startswith(("# syntax=", "# check=", "# escape="))


def _space_stages(lines: list[Line]) -> list[Line]:
    """One blank line before each FROM with its comment, one after each heredoc (hadolint needs it), no others."""
    result: list[Line] = []
    opened: list[Heredoc] = []
    for line in lines:
        if opened:
            result.append(line)
            if opened[0].ends_at(line.text):
                opened.pop(0)
                result += [] if opened else [Line("")]
            continue
        if not line.text:
            continue
        if line.text.startswith(("COPY ", "RUN ", "ADD ")):
            with suppress(LexError):
                opened = list(heredocs(line.text))
        if line.text.startswith("FROM "):
            at = len(result)
            while at > 0 and _is_comment(result[at - 1].text) and not _is_directive(result[at - 1].text):
                at -= 1
            result.insert(at, Line(""))
        result.append(line)
    return result


def _teach(lines: list[Line], *, dockerfile: bool) -> list[Line]:
    """Put the reason of each rule above the first instruction that follows it, its heredoc included; below a FROM or
    ARG. In an ignore file it takes the place of the heading that says the same in fewer words."""
    result: list[Line] = []
    taught: set[str] = set()
    waiting: list[Line] = []
    inside = _in_heredocs(lines) if dockerfile else frozenset()
    start = 0
    for number, line in enumerate(lines):
        if number not in inside and not _continues(lines, number):
            start = len(result)
        new = [name for name in line.rules if name not in taught and not _is_directive(line.text)]
        taught.update(new)
        reasons = [Line(f"# {rule(name).why}", (name,)) for name in new]
        instruction = result[start].text if start < len(result) else line.text
        heading = number not in inside and _is_comment(line.text)
        if instruction.startswith(("FROM ", "ARG ")):
            # A comment right above these would be read as their description.
            waiting += reasons
        elif heading or (not line.text and number not in inside):
            result += reasons
        else:
            result[start:start] = waiting + reasons
            start += len(waiting) + len(reasons)
            waiting = []
        if not (heading and reasons and not dockerfile):
            result.append(line)
    return result


def _in_heredocs(lines: list[Line]) -> frozenset[int]:
    """The numbers of the lines that are the content of a heredoc, or end it."""
    found: set[int] = set()
    opened: list[Heredoc] = []
    for number, line in enumerate(lines):
        if opened:
            found.add(number)
            if opened[0].ends_at(line.text):
                opened.pop(0)
        elif line.text.startswith(("COPY ", "RUN ", "ADD ")):
            with suppress(LexError):
                opened = list(heredocs(line.text))
    return frozenset(found)


def _continues(lines: list[Line], number: int) -> bool:
    """Whether a line belongs to the instruction that began above it."""
    if number == 0:
        return False
    before = lines[number - 1].text
    return (before.endswith("\\") and not _is_comment(before)) or lines[number].text.startswith((" ", "}"))


def _tidy(lines: list[Line]) -> list[Line]:
    result: list[Line] = []
    for line in lines:
        if line.text or (result and result[-1].text):
            result.append(replace(line, text=line.text.rstrip()))
    while result and not result[-1].text:
        result.pop()
    return result
