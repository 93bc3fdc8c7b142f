"""Shell patterns over paths, segment by segment, with `**` for any number of folders: the members of a workspace."""

import fnmatch
from collections.abc import Sequence


def segments(pattern: str) -> tuple[str, ...]:
    """A pattern's segments; repeated `**` are one."""
    parts = pattern.strip("/").removeprefix("./").split("/")
    return tuple(part for at, part in enumerate(parts) if part != "**" or at == 0 or parts[at - 1] != "**")


def matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern covers a whole path, in time proportional to the product of both lengths."""
    places = _past_folders({0}, pattern)
    for part in path:
        after: set[int] = set()
        for place in places:
            if place < len(pattern):
                if pattern[place] == "**":
                    after.add(place)
                elif fnmatch.fnmatchcase(part, pattern[place]):
                    after.add(place + 1)
        places = _past_folders(after, pattern)
        if not places:
            return False
    return len(pattern) in places


def _past_folders(places: set[int], pattern: Sequence[str]) -> set[int]:
    """Positions, with those after each `**` that matches no folder."""
    return places | {place + 1 for place in places if place < len(pattern) and pattern[place] == "**"}
