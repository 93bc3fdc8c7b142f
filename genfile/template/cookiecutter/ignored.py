"""What a project's .gitignore files exclude, as git reads them."""

import posixpath
from pathlib import Path
from typing import Any, NamedTuple

NAME = ".gitignore"
MAX_BYTES = 1024 * 1024


class CookiecutterIgnore(NamedTuple):
    """One line: the expression of its paths, and whether it leaves them out or takes them back."""

    expression: Any
    leaves_out: bool

    def fits(self, path: str) -> bool:
        """Whether it means the path itself; of a folder above, its group holds the slash."""
        found = self.expression.match(path)
        return found is not None and (found.lastindex is None or found.end(found.lastindex) == len(path))


class Ignored:
    """The .gitignore files of a tree, read folder by folder from the top: a deeper one has the last word."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._rules: dict[str, list[CookiecutterIgnore]] = {}

    def enter(self, folder: str) -> None:
        """Read the .gitignore of a folder, relative to the root, before anything in it is asked for."""
        file = self.root / folder / NAME
        # As git does, a link is not followed.
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
            return
        lines = file.read_bytes().decode("utf-8-sig", "replace").split("\n")
        # The last line that fits decides.
        self._rules[folder] = [rule for line in reversed(lines) if (rule := _rule(line)) is not None]

    def match(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path is left out, no folder above it being so."""
        folder = posixpath.dirname(path)
        while True:
            inner = path.removeprefix(f"{folder}/") if folder else path
            for rule in self._rules.get(folder, ()):
                if rule.fits(f"{inner}/" if is_folder else inner):
                    return rule.leaves_out
            if not folder:
                return False
            folder = posixpath.dirname(folder)


def _rule(line: str) -> CookiecutterIgnore | None:
    """None for a comment, and for a line that git can't read."""
    from pathspec import GitIgnoreSpec

    try:
        patterns: Any = GitIgnoreSpec.from_lines([line.removesuffix("\r")]).patterns
    except ValueError:
        return None
    found = [CookiecutterIgnore(pattern.regex, pattern.include) for pattern in patterns if pattern.include is not None]
    return found[0] if found else None
