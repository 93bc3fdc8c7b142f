"""What a project's .gitignore files leave out, as git reads them."""

import posixpath
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".gitignore"
MAX_BYTES = 1024 * 1024


class Ignored:
    """The .gitignore files of a tree, read folder by folder from the top: a deeper one has the last word."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._specs: dict[str, GitIgnoreSpec] = {}

    def enter(self, folder: str) -> None:
        """Read the .gitignore of a folder, relative to the root, before anything in it is asked for."""
        file = self.root / folder / NAME
        # As git does, a link is not followed.
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
            return
        text = file.read_text("utf-8-sig", "replace")
        self._specs[folder] = _spec(line.removesuffix("\r") for line in text.split("\n"))

    def match(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path is left out, no folder above it being so."""
        folder = posixpath.dirname(path)
        while True:
            spec = self._specs.get(folder)
            inner = path.removeprefix(f"{folder}/") if folder else path
            found = None if spec is None else spec.check_file(f"{inner}/" if is_folder else inner).include
            if found is not None:
                return found
            if not folder:
                return False
            folder = posixpath.dirname(folder)


def _spec(lines: Iterable[str]) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec

    patterns: list[Any] = []
    for line in lines:
        # A line that git can't read matches nothing.
        with suppress(ValueError):
            patterns += GitIgnoreSpec.from_lines([line]).patterns
    return GitIgnoreSpec(patterns)
