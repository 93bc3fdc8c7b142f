"""How much an output file says of itself: nothing, what is not obvious, or the reason of every rule."""

from dataclasses import replace
from typing import Literal

from genfile.preset.rules import rule
from genfile.preset.trace import Line

Comments = Literal["none", "brief", "teach"]


def comment_lines(lines: list[Line], comments: Comments) -> list[Line]:
    """Apply a level of comments, then tidy: no two blank lines, none at either end.

    A parser directive (`# syntax=`) is no comment. Reasons stand above the first instruction that follows a rule.
    """
    if comments == "none":
        lines = [line for line in lines if not _is_comment(line.text) or _is_directive(line.text)]
    elif comments == "teach":
        lines = _teach(lines)
    return _tidy(lines)


def _is_comment(text: str) -> bool:
    return text.lstrip().startswith("#")


def _is_directive(text: str) -> bool:
    return text.startswith(("# syntax=", "# check=", "# escape="))


def _teach(lines: list[Line]) -> list[Line]:
    result: list[Line] = []
    taught: set[str] = set()
    start = 0
    for number, line in enumerate(lines):
        if not _continues(lines, number):
            start = len(result)
        new = [name for name in line.rules if name not in taught]
        taught.update(new)
        if new:
            reasons = [Line(f"# {rule(name).why}", (name,)) for name in new if not _is_directive(line.text)]
            at = _before_comments(result, start)
            # A comment right above FROM or ARG would be read as its description.
            instruction = result[start].text if start < len(result) else line.text
            if reasons and instruction.startswith(("FROM ", "ARG ")):
                reasons.append(Line(""))
            result[at:at] = reasons
            start += len(reasons)
        result.append(line)
    return result


def _continues(lines: list[Line], number: int) -> bool:
    """Whether a line belongs to the instruction that began above it."""
    return number > 0 and (lines[number - 1].text.endswith("\\") or lines[number].text.startswith((" ", "\t", "}")))


def _before_comments(lines: list[Line], at: int) -> int:
    while at > 0 and _is_comment(lines[at - 1].text) and not _is_directive(lines[at - 1].text):
        at -= 1
    return at


def _tidy(lines: list[Line]) -> list[Line]:
    result: list[Line] = []
    for line in lines:
        if line.text or (result and result[-1].text):
            result.append(replace(line, text=line.text.rstrip()))
    while result and not result[-1].text:
        result.pop()
    return result
