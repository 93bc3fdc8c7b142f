"""Findings in lines that differ from those of a commit."""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field

from genfile.errors import UsageError
from genfile.handwritten import Checked, Found
from genfile.source.base import Source, Unreadable

_LIMIT = 4 * 1024 * 1024


class Changed(Struct, frozen=True):
    """The lines of a tree that differ from a commit; all lines of a file that the commit lacks."""

    folder: Path
    commit: str
    source: Source
    known: dict[str, frozenset[int] | None] = field(default_factory=dict)

    def of(self, items: Iterable[Found], checked: Checked) -> Iterator[Found]:
        """The findings in changed lines; in a Dockerfile, any changed line of the instruction counts."""
        spans = {}
        if checked.built is not None:
            spans = {item.line: item.end_line for item in checked.built.dockerfile.instructions}
        for item in items:
            path, line = item.risk.path, item.risk.line
            if path is None:
                continue
            lines = self.lines(path)
            end = spans.get(line or 0, line or 0) if path == checked.path else line or 0
            if lines is None or (lines if line is None else not lines.isdisjoint(range(line, end + 1))):
                yield item

    def lines(self, path: str) -> frozenset[int] | None:
        """The changed lines of a file, 1-based; None: all of them."""
        if path not in self.known:
            self.known[path] = self._lines(path)
        return self.known[path]

    def _lines(self, path: str) -> frozenset[int] | None:
        from genfile.engine.revision import file_at

        old = file_at(self.folder, self.commit, path, _LIMIT)
        if old is None:
            return None
        try:
            new = self.source.read(path, _LIMIT)
        except Unreadable:
            return frozenset()
        before, after = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
        found: set[int] = set()
        for kind, _, _, start, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind != "equal":
                # For deleted lines, the line after them.
                found |= set(range(start + 1, max(end, start + 1) + 1))
        return frozenset(found)


def changed_since(folder: Path, reference: str, source: Source) -> Changed:
    """What has changed since a commit, branch or tag. Raises UsageError if git does not know it."""
    from genfile.engine.revision import commit_of

    commit = commit_of(folder, reference)
    if commit is None:
        raise UsageError(f"git knows no commit {reference} in {folder}", hint="name a commit, a branch or a tag")
    return Changed(folder, commit, source)
