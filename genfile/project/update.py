"""From three versions of every file to a plan: the last written, the user's, and the new one."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from genfile.errors import ConflictError
from genfile.project.bases import Bases, Kept, is_same
from genfile.project.plan import Action, Change, Plan, read_target
from genfile.project.renames import find_renames
from genfile.project.threeway import Mode, has_markers, is_text, merge_texts, same_text

# The new version goes here, next to a file that can't contain markers.
BESIDE = ".theirs"


class Update(Struct, frozen=True):
    """The plan of an update, the files in which a person must decide, and notes."""

    plan: Plan
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]


def make_update(
    root: Path,
    base: Bases,
    theirs: Mapping[str, bytes],
    *,
    executable: Collection[str] = (),
    fresh: Mapping[str, bytes] = {},
    mode: Mode = "markers",
    label: str = "",
    maker: str = "the template",
) -> Update:
    """Compare every file three ways. None of the user's work is lost: what both changed is merged or marked.

    ``executable``: the new files that are programs; ``fresh``: the content with which a file begins where the user has
    nothing of his own in it, if that is another one than what later updates compare with. ``maker``: what the new files
    come from, in words.
    """
    update = _Updating(root, base, theirs, frozenset(executable), fresh, mode, label, maker)
    moves = _moves(update)
    steps = [update.settle(path) for path in sorted({*base.files, *theirs} - {*moves, *moves.values()})]
    steps += [update.follow(old, new) for old, new in sorted(moves.items())]
    changes = tuple(sorted((change for step in steps for change in step.changes), key=lambda change: change.path))
    conflicts = tuple(sorted(step.changes[0].path for step in steps if step.conflict))
    return Update(Plan(root, changes), conflicts, tuple(step.note for step in steps if step.note))


def open_conflicts(root: Path, paths: Iterable[str]) -> list[str]:
    """Those of some files in which an earlier update still waits for a person, sorted."""
    waiting = []
    for path in sorted(paths):
        content = read_target(root, path)
        if (content is not None and has_markers(content)) or read_target(root, path + BESIDE) is not None:
            waiting.append(path)
    return waiting


def _moves(update: "_Updating") -> dict[str, str]:
    """The template's renames, except where the user has files of both names."""
    base, theirs, root = update.base.files, update.theirs, update.root
    gone = {path: kept for path, kept in base.items() if path not in theirs}
    new = {path: content for path, content in theirs.items() if path not in base}
    found = _other_cases(root, gone, new)
    # Existing files come first: a deleted file has no edits that could be lost.
    for is_there in (True, False):
        left = {path: kept for path, kept in gone.items() if path not in found and _has(root, path) == is_there}
        taken = set(found.values())
        free = {
            path: content for path, content in new.items() if path not in taken and not (is_there and _has(root, path))
        }
        found |= find_renames(left, free)
    return found


def _other_cases(root: Path, gone: Collection[str], new: Collection[str]) -> dict[str, str]:
    """Two spellings of one file on a case-insensitive system: deleting one would delete the other."""
    cases = {path.casefold(): path for path in new}
    pairs = ((old, cases[old.casefold()]) for old in gone if old.casefold() in cases)
    return {old: path for old, path in pairs if _is_same_file(root / old, root / path)}


def _has(root: Path, path: str) -> bool:
    return os.path.lexists(root / path)


class _Step(Struct, frozen=True):
    """What becomes of a file: its own change first."""

    changes: tuple[Change, ...]
    conflict: bool = False
    note: str = ""


class _Updating(Struct, frozen=True):
    root: Path
    base: Bases
    theirs: Mapping[str, bytes]
    executable: frozenset[str]
    fresh: Mapping[str, bytes]
    mode: Mode
    label: str
    maker: str

    def settle(self, path: str) -> _Step:
        """One file that has the same name on all sides."""
        base, yours = self.base.files.get(path), read_target(self.root, path)
        return self._with_mode(self._content(path, base, yours), path)

    def follow(self, old: str, new: str) -> _Step:
        """A file that the template renamed: the user's file moves with it, edits included."""
        base, yours, there = self.base.files[old], read_target(self.root, old), read_target(self.root, new)
        if yours is None and there is None:
            note = f"{old} is now {new}; you deleted {old}, so {new} is new"
            return replace(self.settle(new), note=note)
        if there is not None:
            # The user has given it that name too.
            return self._with_mode(self._content(new, base, there), old)
        step = self._content(new, base, yours)
        own, *beside = step.changes
        edited = yours is not None and not is_same(base, yours)
        moved = replace(own, action="merge" if edited else "create", old=None)
        gone = Change(old, "delete", yours, None)
        note = "; ".join(filter(None, (f"{old} is now {new}, with your edits" if edited else "", step.note)))
        return self._with_mode(_Step((moved, *beside, gone), step.conflict, note), old)

    def _content(self, path: str, base: Kept | None, yours: bytes | None) -> _Step:
        theirs = self.theirs.get(path)
        if yours is None:
            return self._missing(path, base, theirs)
        if theirs is None:
            if base is not None and is_same(base, yours):
                return _Step((Change(path, "delete", yours, None),))
            note = f"{path} is no longer part of {self.maker}; it stays because you changed it"
            return _Step((Change(path, "keep", yours, yours),), note=note)
        if same_text(yours, theirs) or (base is not None and is_same(base, theirs)):
            return _Step((Change(path, "unchanged", yours, yours),))
        if base is not None and is_same(base, yours):
            return _Step((Change(path, "replace", yours, self.fresh.get(path, theirs)),))
        return self._both(path, base if isinstance(base, bytes) else None, yours, theirs)

    def _missing(self, path: str, base: Kept | None, theirs: bytes | None) -> _Step:
        """The user does not have the file: it is new, or was deleted and stays deleted."""
        if theirs is None:
            return _Step(())
        if base is None:
            return _Step((Change(path, "create", None, self.fresh.get(path, theirs)),))
        return _Step((Change(path, "keep", None, None),), note=f"you deleted {path}; it stays deleted")

    def _both(self, path: str, base: bytes | None, yours: bytes, theirs: bytes) -> _Step:
        if all(is_text(content) for content in (base or b"", yours, theirs)):
            # The user's file holds lines that chance made, and that he never edited.
            by_line = self.fresh.get(path, theirs) != theirs
            merged = merge_texts(path, base, yours, theirs, mode=self.mode, label=self.label, by_line=by_line)
            action: Action = "unchanged" if merged.content == yours else "merge"
            return _Step((Change(path, action, yours, merged.content),), conflict=merged.conflicts > 0)
        if self.mode == "theirs":
            return _Step((Change(path, "replace", yours, theirs),))
        if self.mode == "keep":
            return _Step((Change(path, "keep", yours, yours),))
        beside = path + BESIDE
        if read_target(self.root, beside) is not None:
            raise ConflictError(f"{beside} is in the way of the new {path}", hint="move or delete it")
        note = (
            f"{path} can't be merged; your file stays and the new one is in {beside}. Delete {beside} once you have "
            "merged it"
        )
        changes = (Change(path, "keep", yours, yours), Change(beside, "create", None, theirs))
        return _Step(changes, conflict=True, note=note)

    def _with_mode(self, step: _Step, base_path: str) -> _Step:
        """The step with its executable bit: the template's if the template changed it, otherwise the user's.

        ``base_path``: the name that the file had when it was last written.
        """
        if not step.changes or step.changes[0].new is None or step.changes[0].path not in self.theirs:
            return step
        own, *others = step.changes
        wanted = own.path in self.executable
        known = self.base.executable
        was = base_path in known if known is not None and base_path in self.base.files else None
        now = _is_executable(self.root / (own.path if own.old is not None else base_path))
        bits: bool | None = wanted if was != wanted and (was is not None or now is None) else None
        if own.old is None:
            bits = wanted if bits is not None or now is None else now
        elif own.new == own.old:
            bits = None if now in (None, bits) else bits
            own = own if bits is None else replace(own, action="replace")
        return replace(
            step, changes=(replace(own, executable=bits, was_executable=None if own.old is None else now), *others)
        )


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _is_executable(path: Path) -> bool | None:
    """None if the file does not exist, or the system has no such bit."""
    if os.name != "posix" or not path.is_file():
        return None
    return bool(path.stat().st_mode & 0o100)
