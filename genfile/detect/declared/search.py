"""What a preset's rules may read: files by glob, and patterns within limits."""

import fnmatch
import posixpath
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from genfile.detect.tree import Project

MAX_FILES = 50
MAX_FOLDERS = 5_000
MAX_DEPTH = 8
MAX_TEXT = 1024 * 1024
MAX_FINDS = 1_000
# How many seconds one pattern may take on one text, and all patterns of a folder together.
SECONDS = 0.25
ALL_SECONDS = 2.0


class SlowPattern(Exception):
    """A pattern exceeded its time limit."""


class Searcher:
    """Searches with the patterns of one set of rules, within a time limit for all of them."""

    def __init__(self) -> None:
        self.left = ALL_SECONDS

    def search(self, pattern: str, text: str) -> Iterator[tuple[str, int]]:
        """Every match, as its group or else as a whole, with the position where it begins. Raises SlowPattern."""
        if self.left <= 0:
            raise SlowPattern
        begun = time.perf_counter()
        try:
            for count, match in enumerate(_compiled(pattern).finditer(text, timeout=min(SECONDS, self.left))):
                if count >= MAX_FINDS:
                    return
                found = match[1] if match.re.groups else match[0]
                if found is not None:
                    yield found, match.start()
        except TimeoutError:
            raise SlowPattern from None
        finally:
            self.left -= time.perf_counter() - begun


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> Any:
    # Python's own engine has no timeout; this one has, and reads the same syntax.
    import regex

    return regex.compile(pattern, regex.MULTILINE | regex.VERSION0)


def expand(project: Project, pattern: str) -> Iterator[str]:
    """The files below a folder that a glob matches, nearest first, then by name; at most MAX_FILES."""
    if not any(char in pattern for char in "*?["):
        if project.has(pattern):
            yield pattern
        return
    *folders, last = pattern.split("/")
    count = 0
    for folder in _folders(project, folders):
        for name in project.names(folder):
            if fnmatch.fnmatchcase(name, last):
                yield posixpath.join(folder, name)
                count += 1
                if count >= MAX_FILES:
                    return


def _folders(project: Project, parts: list[str]) -> list[str]:
    """The folders that the leading parts of a glob match; `**` matches any number of folders."""
    found = [""]
    for part in parts:
        following: list[str] = []
        for folder in found:
            if part == "**":
                following += _below(project, folder)
            elif any(char in part for char in "*?["):
                names = project.subfolders(folder)
                following += [posixpath.join(folder, name) for name in names if fnmatch.fnmatchcase(name, part)]
            else:
                following.append(posixpath.join(folder, part))
            if len(following) > MAX_FOLDERS:
                break
        found = list(dict.fromkeys(following))[:MAX_FOLDERS]
    return found


def _below(project: Project, start: str) -> list[str]:
    queue = [(start, 0)]
    for folder, level in queue:
        if level < MAX_DEPTH and len(queue) < MAX_FOLDERS:
            queue.extend((posixpath.join(folder, name), level + 1) for name in project.subfolders(folder))
    return [folder for folder, _ in queue]
