"""From three sides of every file to a plan: what was last written, what the user has, what is new."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from genfile.project.bases import Kept, digest
from genfile.project.plan import Action, Change, Plan, read_target
from genfile.project.threeway import Mode, is_text, merge_texts, same_text

# Beside a file that can't hold markers, the new one is put under this name.
BESIDE = ".theirs"


@dataclass(frozen=True)
class Update:
    """What an update does, the files in which a person must decide, and what is worth saying."""

    plan: Plan
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]


def make_update(
    root: Path,
    base: Mapping[str, Kept],
    theirs: Mapping[str, bytes],
    *,
    executable: Collection[str] = (),
    mode: Mode = "markers",
    label: str = "",
) -> Update:
    """Compare every file three ways. Nothing of the user's is lost: what both changed is merged or marked."""
    steps = [
        _settle(path, base.get(path), read_target(root, path), theirs.get(path), mode, label)
        for path in sorted({*base, *theirs})
    ]
    changes: list[Change] = []
    for step in steps:
        changes += [
            replace(change, executable=True if change.action == "create" and change.path in executable else None)
            for change in step.changes
        ]
    conflicts = tuple(step.changes[0].path for step in steps if step.conflict)
    return Update(Plan(root, tuple(changes)), conflicts, tuple(step.note for step in steps if step.note))


@dataclass(frozen=True)
class _Step:
    changes: tuple[Change, ...]
    conflict: bool = False
    note: str = ""


def _settle(path: str, base: Kept | None, yours: bytes | None, theirs: bytes | None, mode: Mode, label: str) -> _Step:
    if yours is None:
        return _missing(path, base, theirs)
    if theirs is None:
        if base is not None and _same(base, yours):
            return _Step((Change(path, "delete", yours, None),))
        note = f"{path} is no longer in the template; it stays, since you changed it"
        return _Step((Change(path, "keep", yours, yours),), note=note)
    if same_text(yours, theirs):
        return _Step((Change(path, "unchanged", yours, yours),))
    if base is not None and _same(base, theirs):
        return _Step((Change(path, "unchanged", yours, yours),))
    if base is not None and _same(base, yours):
        return _Step((Change(path, "replace", yours, theirs),))
    return _both(path, base if isinstance(base, bytes) else b"", yours, theirs, mode, label)


def _missing(path: str, base: Kept | None, theirs: bytes | None) -> _Step:
    """The user has no such file: it is new, or was deleted and stays so."""
    if theirs is None:
        return _Step(())
    if base is None:
        return _Step((Change(path, "create", None, theirs),))
    return _Step((Change(path, "keep", None, None),), note=f"{path} was deleted by you, and stays so")


def _both(path: str, base: bytes, yours: bytes, theirs: bytes, mode: Mode, label: str) -> _Step:
    if all(is_text(content) for content in (base, yours, theirs)):
        merged = merge_texts(path, base, yours, theirs, mode=mode, label=label)
        action: Action = "unchanged" if merged.content == yours else "merge"
        change = Change(path, action, yours, merged.content)
        return _Step((change,), conflict=merged.conflicts > 0)
    if mode == "theirs":
        return _Step((Change(path, "replace", yours, theirs),))
    if mode == "keep":
        return _Step((Change(path, "keep", yours, yours),))
    note = f"{path} can't be merged: yours stays, the new one is in {path}{BESIDE}; delete that when you have decided"
    changes = (Change(path, "keep", yours, yours), Change(path + BESIDE, "create", None, theirs))
    return _Step(changes, conflict=True, note=note)


def _same(kept: Kept, content: bytes) -> bool:
    if isinstance(kept, str):
        return kept == digest(content)
    return same_text(kept, content)
