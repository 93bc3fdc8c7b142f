"""The purpose of each line of a Dockerfile, an ignore file or a compose file, by its kind."""

import re
from functools import cache

from genfile.data import load_table
from genfile.dockerfile.heredoc import Heredoc, heredocs
from genfile.dockerfile.lexer import LexError

_KEY = re.compile(r'^(\s*)(?:- )?"?([A-Za-z_][\w.-]*)"?:')


@cache
def _data() -> dict[str, dict[str, str]]:
    return load_table("lines")


def purposes(path: str, lines: list[str]) -> list[str]:
    """The purpose of each line; empty for a blank line."""
    if path.endswith(".dockerignore"):
        return [_ignored(line) for line in lines]
    if path.endswith((".yaml", ".yml")):
        return _composed(lines)
    return _instructed(lines)


def composed_from(lines: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The entry in a compose file's `services` that each line belongs to, and the spec fields behind it; comments and
    lines outside of services have none."""
    data = load_table("lines")["compose-fields"]
    told: list[tuple[str, tuple[str, ...]]] = []
    section = name = key = ""
    for line in lines:
        match = None if line.lstrip().startswith(("#", "-")) else _KEY.match(line)
        depth = len(match[1]) if match is not None else -1
        if match is not None and depth == 0:
            section, name = match[2], ""
        elif match is not None and depth == 2:
            name, key = match[2], ""
        elif match is not None and (depth == 4 or match[2] in data):
            key = match[2]
        counts = section == "services" and name and line.strip() and not line.lstrip().startswith("#")
        told.append((name, tuple(data.get(key, ()))) if counts else ("", ()))
    return told


def _ignored(line: str) -> str:
    data = _data()["dockerignore"]
    if not line.strip():
        return ""
    return data["comment" if line.startswith("#") else "exception" if line.startswith("!") else "pattern"]


def _instructed(lines: list[str]) -> list[str]:
    """By the instruction that a line starts, continues, or provides heredoc content for."""
    data = _data()["dockerfile"]
    told: list[str] = []
    word, goes_on = "", False
    opened: list[Heredoc] = []
    for line in lines:
        text = line.strip()
        if opened:
            told.append(data["heredoc"])
            if opened[0].ends_at(line):
                opened.pop(0)
            continue
        if not text:
            told.append("")
            continue
        if text.startswith("#"):
            told.append(data["comment"])
            continue
        word = word if goes_on else text.split()[0].upper()
        goes_on = text.endswith("\\")
        told.append(data.get(word, ""))
        try:
            opened = list(heredocs(line))
        except LexError:
            opened = []
    return told


def _composed(lines: list[str]) -> list[str]:
    """By the key of a line; items of a list and keys that are names go by the key above them."""
    data = _data()["compose"]
    told: list[str] = []
    above: list[tuple[int, str]] = []
    for line in lines:
        match = _KEY.match(line)
        if not line.strip():
            told.append("")
        elif line.lstrip().startswith("#"):
            told.append(data["comment"])
        elif match is None:
            told.append(data.get(above[-1][1], data["item"]) if above else data["item"])
        else:
            depth, key = len(match[1]), match[2]
            above = [item for item in above if item[0] < depth]
            around = above[-1][1] if above else ""
            named = depth == 2 and around == "services"
            told.append(data["name"] if named else data.get(key) or data.get(around, data["item"]))
            above.append((depth, "" if named else key if key in data else around))
    return told
