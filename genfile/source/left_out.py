"""A tree without the paths that its user takes out of it, by patterns of a .gitignore."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby

from genfile.source.base import Index, Source, Unreadable, make_index


class Patterns:
    """Patterns of a .gitignore (git-scm.com/docs/gitignore): the last one that matches decides, and nothing of a folder
    that is left out comes back.

    Every pattern is matched in time that is linear in it and in the path, whatever it holds. Raises ValueError, with
    the pattern, for one that can't be read.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        rules = [rule for pattern in patterns if (rule := _rule(pattern)) is not None]
        # Of neighbours that say the same, one expression; for what is not a folder, without those for folders alone.
        self._rules = [
            (negated, _union(text for _, _, text in group), _union(text for _, only, text in group if not only))
            for negated, items in groupby(rules, key=lambda rule: rule[0])
            for group in [list(items)]
        ][::-1]
        self._folders: dict[str, bool] = {"": False}

    def leave_out(self, path: str) -> bool:
        """Whether a file (relative path, forward slashes) is left out."""
        return self.leave_out_folder(posixpath.dirname(path)) or self._matches(path, folder=False)

    def leave_out_folder(self, path: str) -> bool:
        """Whether a folder is left out, with all that is in it."""
        known = self._folders.get(path)
        if known is None:
            known = self.leave_out_folder(posixpath.dirname(path)) or self._matches(path, folder=True)
            self._folders[path] = known
        return known

    def _matches(self, path: str, *, folder: bool) -> bool:
        for negated, all_, files in self._rules:
            expression = all_ if folder else files
            if expression is not None and expression.fullmatch(path):
                return not negated
        return False


class LeftOutSource:
    """A source without some of its paths."""

    def __init__(self, below: Source, patterns: Patterns) -> None:
        self.below = below
        self.patterns = patterns

    @property
    def name(self) -> str:
        return self.below.name

    def index(self) -> Index:
        return self._index

    @cached_property
    def _index(self) -> Index:
        index = self.below.index()
        kept = {
            folder: [name for name in names if not self.patterns.leave_out(f"{folder}/{name}" if folder else name)]
            for folder, names in index.folders.items()
            if not self.patterns.leave_out_folder(folder)
        }
        # As of a folder on the disk: where no files are left, none is known, but for the root.
        folders = {folder: names for folder, names in kept.items() if names or not folder}
        return make_index(folders, list(index.notes))

    def read(self, path: str, limit: int) -> bytes:
        if self.patterns.leave_out(path):
            raise Unreadable(path, "is excluded by `ignore`")
        return self.below.read(path, limit)


def _union(texts: Iterable[str]) -> re.Pattern[str] | None:
    found = list(texts)
    return re.compile("|".join(f"(?:{text})" for text in found), re.DOTALL) if found else None


def _rule(pattern: str) -> tuple[bool, bool, str] | None:
    """Whether a pattern takes back, whether it is for folders alone, and its expression; None for an empty one."""
    text = pattern.rstrip(" ") if not pattern.endswith("\\ ") else pattern
    negated = text.startswith("!")
    text = text[1:] if negated else text
    only = text.endswith("/")
    text = text.rstrip("/")
    if not text or text.startswith("#"):
        return None
    anchored = "/" in text
    segments = [part for part in text.split("/") if part]
    try:
        return negated, only, _expression(segments if anchored else ["**", *segments])
    except (re.error, ValueError):
        raise ValueError(f"{pattern!r} is not a valid pattern") from None


def _expression(segments: list[str]) -> str:
    """Of whole paths. Each run of segments between two `**` is taken where it first fits, and never elsewhere: what
    follows can begin anywhere after it, so that nothing is lost, and no path takes long."""
    runs = [
        "" if is_stars else "/".join(_segment(part) for part in group)
        for is_stars, group in groupby(segments, key=lambda part: part == "**")
    ]
    text = ""
    for at, run in enumerate(runs):
        lead, is_last = "(?:[^/]+/)*?" if at else "", at == len(runs) - 1
        if run:
            text += f"{lead}{run}" if is_last else f"(?>{lead}{run}/)"
        elif is_last:
            text += ".+"
    return text


def _segment(pattern: str) -> str:
    """Of one name: each piece after a `*` is taken where it first fits."""
    pieces = list(_pieces(pattern))
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + f"[^/]*{last}"


def _pieces(pattern: str) -> Iterator[str]:
    """The expressions between the stars of a name."""
    piece, at = "", 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            yield piece
            piece = ""
        elif char == "?":
            piece += "[^/]"
        elif char == "\\":
            if at == len(pattern):
                raise ValueError
            piece += re.escape(pattern[at])
            at += 1
        elif char == "[":
            end = pattern.find("]", at + 1 + (pattern[at : at + 1] in ("!", "^")))
            if end < 0:
                raise ValueError
            piece += _class(pattern[at:end])
            at = end + 1
        else:
            piece += re.escape(char)
    yield piece


def _class(text: str) -> str:
    negated = text[:1] in ("!", "^")
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", text[1:] if negated else text)
    return f"(?!/)[^{body}]" if negated else f"(?!/)[{body}]"
