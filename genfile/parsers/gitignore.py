"""The patterns of a .gitignore, and the same in the syntax of .dockerignore.

Source of the rules: git-scm.com/docs/gitignore and docs.docker.com/build/concepts/context/#dockerignore-files. In both
the last pattern that matches decides, and `*`, `?` and `**` stand for the same. A pattern without a slash is for any
depth in the one and for the root alone in the other.
"""

import re

from msgspec import Struct

# What stands for the same in both; a bracket, a backslash and what begins a comment do not.
PLAIN = r"[\w.+@~%=,*?-](?:[\w.+@~%=,*? -]*[\w.+@~%=,*?-])?"
_SEGMENT = re.compile(PLAIN)
MAX_TEXT = 100_000


class GitPattern(Struct, frozen=True):
    """One pattern by its segments, the first of which is `**` if it is for any depth.

    ``negated``: it takes paths back; ``folder``: it is for folders alone; ``plain``: .dockerignore can say the same.
    """

    segments: tuple[str, ...]
    line: int
    negated: bool = False
    folder: bool = False
    plain: bool = True

    @property
    def inner(self) -> tuple[str, ...]:
        """The segments of the folder whose whole content a pattern like `media/*` is for, else its own. None of them:
        it is for all that is beside the .gitignore."""
        segments = self.segments
        while segments and segments[-1] in ("*", "**"):
            segments = segments[:-1]
        return segments

    @property
    def of_content(self) -> bool:
        """Whether it is for all that a folder holds."""
        return self.inner != self.segments

    @property
    def sample(self) -> str:
        """A path that it covers."""
        return _sample(self.segments)

    @property
    def inner_sample(self) -> str:
        """The path of a folder that it covers, or whose content it covers."""
        return _sample(self.inner)

    def below(self, place: str) -> str:
        """A pattern of .dockerignore, for a .gitignore in a folder: without the `/*` of `media/*`, and without `!`."""
        return "/".join((*(place.split("/") if place else ()), *self.inner))


def parse_gitignore(text: str) -> list[GitPattern]:
    """The patterns in their order. Never raises: a line that git can't read is none."""
    found: list[GitPattern] = []
    for number, raw in enumerate(text.removeprefix("\ufeff")[:MAX_TEXT].splitlines(), 1):
        line = raw if raw.endswith("\\ ") else raw.rstrip(" ")
        negated = line.startswith("!")
        line = line[1:] if negated else line
        if not line.strip("/") or line.startswith("#"):
            continue
        segments = [part for part in line.split("/") if part]
        plain = all(part == "**" or ("**" not in part and _SEGMENT.fullmatch(part)) for part in segments)
        if "/" not in line.rstrip("/"):
            segments.insert(0, "**")
        plain = plain and not {".", ".."} & {*segments}
        found.append(GitPattern(tuple(segments), number, negated, line.endswith("/"), plain))
    return found


def _sample(segments: tuple[str, ...]) -> str:
    return "/".join(part.replace("*", "x").replace("?", "x") for part in segments if part != "**")
