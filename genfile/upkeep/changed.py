"""What of a tree's findings comes from what changed since a commit."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, field

from genfile.errors import UsageError
from genfile.handwritten import Checked, Found
from genfile.source.base import Source, Unreadable
from genfile.upkeep.before import BeforeSource, tree_before

_LIMIT = 4 * 1024 * 1024
_Key: TypeAlias = tuple[str, str | None, int | None, str]


class FileChange(Struct, frozen=True):
    """How a file differs from a commit: its new lines, None for all of them, and where each old line is now."""

    lines: frozenset[int] | None
    now: Mapping[int, int] = field(default_factory=dict)

    def touches(self, start: int | None, end: int | None = None) -> bool:
        """Whether a line from ``start`` to ``end`` is new; any line of the file where there is no ``start``."""
        if self.lines is None or start is None:
            return self.lines is None or bool(self.lines)
        return not self.lines.isdisjoint(range(start, (end or start) + 1))


class Changed(Struct, frozen=True):
    """A tree, and the same tree as a commit has it."""

    source: Source
    before: BeforeSource
    known: dict[str, FileChange] = field(default_factory=dict)

    def touched(self, found: Found, checked: Checked | None) -> bool:
        """Whether a line of a finding, or one that it cites, changed; ``checked``: the Dockerfile that it is about.

        In a Dockerfile any line of the instruction counts.
        """
        risk = found.risk
        if any(self.difference(item.path).touches(item.line) for item in found.evidence):
            return True
        if risk.path is None:
            return False
        end = None
        if checked is not None and checked.built is not None and risk.path == checked.path:
            spans = {item.line: item.end_line for item in checked.built.dockerfile.instructions}
            end = spans.get(risk.line or 0)
        return self.difference(risk.path).touches(risk.line, end)

    def caused(self, found: Iterable[Found], before: Iterable[Found]) -> Iterator[Found]:
        """The findings that the commit does not have; of other programs none, since these see the Dockerfile alone.

        ``before``: the commit's findings.
        """
        known = {self._key(item, old=True) for item in before}
        for item in found:
            if item.source is None and self._key(item, old=False) not in known:
                yield item

    def _key(self, found: Found, *, old: bool) -> _Key:
        """What two findings have in common if they are one, wherever its lines are now."""
        risk, line, text = found.risk, found.risk.line, found.risk.text
        if old and line is not None and risk.path is not None:
            line = self.difference(risk.path).now.get(line)
        for item in found.evidence:
            text = text.replace(f"{item.path}:{item.line}", item.path)
        return risk.id, risk.path, line, text

    def difference(self, path: str) -> FileChange:
        """How a file of the tree differs."""
        if path not in self.known:
            self.known[path] = _compare(self._read(self.before, path), self._read(self.source, path))
        return self.known[path]

    def text_before(self, path: str) -> str | None:
        """The text of a file as the commit has it; None where it has none."""
        content = self._read(self.before, path)
        return content.decode("utf-8", "replace") if content is not None else None

    def _read(self, source: Source, path: str) -> bytes | None:
        try:
            return source.read(path, _LIMIT)
        except Unreadable:
            return None


def _compare(old: bytes | None, new: bytes | None) -> FileChange:
    if old is None or new is None:
        return FileChange(None)
    before, after = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
    if before == after:
        return FileChange(frozenset(), {line: line for line in range(1, len(after) + 1)})
    lines: set[int] = set()
    now: dict[int, int] = {}
    for kind, first, last, start, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            now |= {at + 1: at + 1 + start - first for at in range(first, last)}
        else:
            # For deleted lines, the line after them.
            lines |= set(range(start + 1, max(end, start + 1) + 1))
    return FileChange(frozenset(lines), now)


def changed_since(folder: Path, reference: str, source: Source) -> Changed:
    """What has changed since a commit, branch or tag. Raises UsageError if git does not know it."""
    from genfile.engine.revision import commit_of

    commit = commit_of(folder, reference)
    if commit is None:
        raise UsageError(f"git knows no commit {reference} in {folder}", hint="name a commit, a branch or a tag")
    before = tree_before(source, folder, commit)
    if before is None:
        raise UsageError(f"git can't list the files of {reference} in {folder}", hint="fetch the whole commit")
    return Changed(source, before)
