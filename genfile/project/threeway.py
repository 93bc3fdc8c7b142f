"""Merge one file from the last written, the user's and the new version: by line, then by its format."""

import posixpath
from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

from genfile.project.merge import Conflict, Items, Part, merge, merge_two, merge_units

Mode = Literal["markers", "keep", "theirs"]
YOURS, BASE, MIDDLE, THEIRS = "<<<<<<< yours", "||||||| last written by genfile", "=======", ">>>>>>> genfile"
_BOM = "\ufeff"


class Merged(Struct, frozen=True):
    """The merged content, and how many conflicts a person has to look at."""

    content: bytes
    conflicts: int


def is_text(content: bytes) -> bool:
    """Whether content is UTF-8 text."""
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def has_markers(content: bytes) -> bool:
    """Whether a conflict of an earlier update is left."""
    lines = content.decode("utf-8", "replace").splitlines()
    return any(line == YOURS or line.startswith(THEIRS + " ") for line in lines)


def merge_texts(
    path: str, base: bytes | None, yours: bytes, theirs: bytes, *, mode: Mode, label: str, by_line: bool = False
) -> Merged:
    """Merge three UTF-8 texts. The user's newlines and byte order mark are kept.

    Without a ``base``, all in which the others differ is a conflict. ``label``: the version and the template that
    bring the new text, for the last marker. ``by_line``: changes of lines that only touch do not conflict.
    """
    mine = yours.decode("utf-8")
    texts = [_unified(text) for text in ((base or b"").decode("utf-8"), mine, theirs.decode("utf-8"))]
    sides = [lines_of(text) for text in texts]
    parts = merge(*sides) if base is not None else merge_two(*sides[1:])
    retry = _by_lines if by_line else _retry(path)
    if base is None and retry is not _by_sets:
        retry = None
    if retry is not None and any(isinstance(part, Conflict) for part in parts):
        parts = retry(texts, parts)
    text, conflicts = _written(parts, mode, label)
    if mine.startswith(_BOM):
        text = _BOM + text
    if "\r\n" in mine:
        text = text.replace("\n", "\r\n")
    return Merged(text.encode("utf-8"), conflicts)


def same_text(one: bytes, other: bytes) -> bool:
    """Whether two contents differ in newlines and byte order mark at most."""
    if one == other:
        return True
    return is_text(one) and is_text(other) and _unified(one.decode("utf-8")) == _unified(other.decode("utf-8"))


def _unified(text: str) -> str:
    return text.removeprefix(_BOM).replace("\r\n", "\n")


def lines_of(text: str) -> list[str]:
    """Lines with their newlines; only a line feed ends one."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _written(parts: Iterable[Part], mode: Mode, label: str) -> tuple[str, int]:
    text: list[str] = []
    conflicts = 0
    for part in parts:
        if not isinstance(part, Conflict):
            text += part
        elif mode == "markers":
            conflicts += 1
            for marker, lines in ((YOURS, part.yours), (BASE, part.base), (MIDDLE, part.theirs)):
                text += [*_started(text), marker + "\n", *lines]
            text += [*_started(text), f"{THEIRS} {label}\n"]
        else:
            text += part.yours if mode == "keep" else part.theirs
    return "".join(text), conflicts


def _started(text: list[str]) -> list[str]:
    """A newline if the text before does not end with one, so that a marker starts its own line."""
    return ["\n"] if text and not text[-1].endswith("\n") else []


_Retry = Callable[[list[str], list[Part]], list[Part]]


def _retry(path: str) -> _Retry | None:
    name = posixpath.basename(path)
    if name.endswith(".dockerignore"):
        return _by_sets
    if name == "Dockerfile" or name.startswith("Dockerfile.") or name.endswith(".Dockerfile"):
        return _by_instructions
    return None


def _by_sets(texts: list[str], parts: list[Part]) -> list[Part]:
    """Ignore files are sets of lines: a line that one side added is in, a line that one side removed is out."""
    return [_union(part) if isinstance(part, Conflict) else part for part in parts]


def _union(part: Conflict) -> Items:
    base, yours, theirs = ([_ended(line) for line in side] for side in (part.base, part.yours, part.theirs))
    kept = [line for line in yours if line in theirs or line not in base]
    return (*kept, *(line for line in theirs if line not in base and line not in yours))


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"


def _by_lines(texts: list[str], parts: list[Part]) -> list[Part]:
    return merge_units(*(lines_of(text) for text in texts))


def _by_instructions(texts: list[str], parts: list[Part]) -> list[Part]:
    """Edits of different instructions do not conflict; those of one are tried by lines again."""
    from genfile.dockerfile.reader import DockerfileError, read_dockerfile

    try:
        merged = merge_units(*(_instructions(text) for text in texts))
        smaller: list[Part] = []
        for part in merged:
            if isinstance(part, Conflict):
                smaller += merge(*(lines_of("".join(side)) for side in (part.base, part.yours, part.theirs)))
            else:
                smaller.append(part)
        for mode in ("keep", "theirs"):
            # The result must still be a Dockerfile, whichever side is taken.
            read_dockerfile(_written(smaller, mode, "")[0])
    except DockerfileError:
        return parts
    return smaller


def _instructions(text: str) -> list[str]:
    """The text of each instruction, with the comments and blank lines before it; at the end what is left."""
    from genfile.dockerfile.reader import read_dockerfile

    read = read_dockerfile(text)
    lines = lines_of(text)
    ends = [item.end_line for item in read.head]
    for stage in read.stages:
        ends += [_end_of_from(stage.line, lines), *(item.end_line for item in stage.instructions)]
    units, at = [], 0
    for end in sorted({*ends, len(lines)}):
        units.append("".join(lines[at:end]))
        at = end
    return [unit for unit in units if unit]


def _end_of_from(line: int, lines: list[str]) -> int:
    end = line
    while end < len(lines) and lines[end - 1].rstrip().endswith("\\"):
        end += 1
    return end
