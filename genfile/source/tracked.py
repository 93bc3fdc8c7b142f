"""What version control excludes from a tree, by its .gitignore files; git's own index is never read."""

from collections.abc import Callable
from functools import cache
from typing import Any

# How much of a .gitignore is read.
MAX_IGNORED = 100_000


def untracked(text: str) -> Callable[[str], bool]:
    """Whether the .gitignore at the root of a tree leaves a path out; ``text``: its content."""

    @cache
    def spec() -> Any:
        from pathspec import GitIgnoreSpec

        try:
            return GitIgnoreSpec.from_lines(text[:MAX_IGNORED].splitlines())
        except ValueError:
            # A line that git can't read: then nothing is known to be left out.
            return GitIgnoreSpec([])

    return lambda path: bool(text) and bool(spec().match_file(path))
