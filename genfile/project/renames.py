"""Renames between two versions, found by content as in git. Pure."""

import posixpath
from collections import Counter, deque
from collections.abc import Iterator, Mapping

from genfile.project.bases import Kept, digest

# Half of the larger file has to be in the other one.
SIMILAR = 0.5
# After this many compared lines, the remaining files count as new.
MAX_LINES = 4_000_000
MAX_SIZE = 1024 * 1024


def find_renames(gone: Mapping[str, Kept], new: Mapping[str, bytes]) -> dict[str, str]:
    """Old path to new path, each used once: first equal files, then those with at least half of their lines in common.

    Of several, the most similar wins, then the same name. Empty files match nothing.
    """
    found = _exact(gone, new)
    taken = set(found.values())
    left = {path: kept for path, kept in gone.items() if path not in found and isinstance(kept, bytes)}
    free = {path: content for path, content in new.items() if path not in taken}
    for _, _, old, path in sorted(_alike(left, free)):
        if old not in found and path not in taken:
            found[old] = path
            taken.add(path)
    return found


def _exact(gone: Mapping[str, Kept], new: Mapping[str, bytes]) -> dict[str, str]:
    """Those of the same content; those that keep their name choose first."""
    before = {path: kept if isinstance(kept, str) else digest(kept) for path, kept in sorted(gone.items())}
    after = {path: digest(content) for path, content in sorted(new.items()) if content}
    found: dict[str, str] = {}
    for with_name in (True, False):
        free: dict[tuple[str, str], deque[str]] = {}
        taken = set(found.values())
        for path, known in after.items():
            if path not in taken:
                free.setdefault((known, _name(path) if with_name else ""), deque()).append(path)
        for old, known in before.items():
            fitting = free.get((known, _name(old) if with_name else ""))
            if fitting and old not in found:
                found[old] = fitting.popleft()
    return found


def _alike(gone: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[tuple[float, bool, str, str]]:
    """Pairs that are alike enough, the best of which sorts first."""
    left, right = ({path: _lines(content) for path, content in side.items() if _fits(content)} for side in (gone, new))
    room = MAX_LINES
    for old, before in sorted(left.items()):
        for path, after in sorted(right.items()):
            sizes = sorted((len(gone[old]), len(new[path])))
            if sizes[0] < SIMILAR * sizes[1]:
                continue
            room -= len(before) + len(after) + 10
            if room < 0:
                return
            score = sum((before & after).values()) / sizes[1]
            if score >= SIMILAR:
                yield -score, _name(old) != _name(path), old, path


def _lines(content: bytes) -> "Counter[bytes]":
    """How many bytes there are of each line."""
    found: Counter[bytes] = Counter()
    for line in content.splitlines(keepends=True):
        found[line] += len(line)
    return found


def _fits(content: bytes) -> bool:
    return 0 < len(content) <= MAX_SIZE


def _name(path: str) -> str:
    return posixpath.basename(path)
