"""Changes as data: they can be shown, refused or applied."""

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from genfile.project.targets import check_path
from genfile.project.tree import FoundFile, open_tree

Action = Literal["create", "unchanged", "replace", "conflict", "merge", "delete", "keep"]


class Change(Struct, frozen=True):
    """One file: its path relative to the root, the action, and its content before (None: no file) and after.

    ``keep``: the user's version is kept although another one was available. ``executable``: whether it is executable
    afterwards; None leaves the bit alone. ``was_executable``: whether it is now, if that is known.

    Raises WriteError for a path that genfile never writes, so that no plan can forget the check.
    """

    path: str
    action: Action
    old: bytes | None
    new: bytes | None
    executable: bool | None = None
    was_executable: bool | None = None

    def __post_init__(self) -> None:
        check_path(self.path)

    @property
    def changes_mode(self) -> bool:
        """Whether an existing file becomes a program, or is one no longer."""
        known = None not in (self.old, self.new, self.executable, self.was_executable)
        return known and self.executable != self.was_executable


class Plan(Struct, frozen=True):
    """Every change of one run. `conflict`: a file of the user's that differs, and no leave to replace it."""

    root: Path
    changes: tuple[Change, ...]
    folders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for folder in self.folders:
            check_path(folder)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action == "conflict")

    @property
    def writes(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action in ("create", "replace", "merge", "delete"))

    def diff(self) -> str:
        """A unified diff of all that differs, empty when nothing does; genfile.lock is for nobody to read."""
        shown = [change for change in self.changes if change.path != "genfile.lock"]
        return "".join(line for change in shown for line in _diff(self._with_known_mode(change)))

    def _with_known_mode(self, change: Change) -> Change:
        """The change with the file's current mode, if its creator did not set one."""
        if change.old is None or change.executable is None or change.was_executable is not None:
            return change
        return with_mode(change, find_target(self.root, change.path), change.executable)


def make_plan(
    root: Path,
    files: Mapping[str, str | bytes],
    *,
    force: bool = False,
    untouched: Callable[[str, bytes], bool] | None = None,
    executable: Collection[str] = (),
    folders: tuple[str, ...] = (),
) -> Plan:
    """Compare files to be with those under ``root``; ``force``: differing files are replaced.

    ``untouched``: whether a file with that content is still as genfile wrote it, and may be replaced as well.
    ``executable``: the files among them that are programs; ``folders``: empty ones that are made too.

    Raises WriteError for a target that is not a regular file, that can't be read, or that genfile never writes.
    """
    changes: list[Change] = []
    for path, content in sorted(files.items()):
        new = content.encode("utf-8") if isinstance(content, str) else content
        found = find_target(root, path)
        if found is None:
            action: Action = "create"
        elif found.content == new:
            action = "unchanged"
        else:
            action = "replace" if force or (untouched and untouched(path, found.content)) else "conflict"
        change = Change(path, action, None if found is None else found.content, new)
        changes.append(with_mode(change, found, True if path in executable else None))
    return Plan(root, tuple(changes), folders)


def with_mode(change: Change, found: FoundFile | None, executable: bool | None) -> Change:
    """A change that also makes a file a program, or no longer one; of an unchanged file it is a replacement."""
    if os.name == "nt":
        return change
    was = None if found is None else found.executable
    changed = replace(change, executable=executable, was_executable=was)
    return replace(changed, action="replace") if changed.action == "unchanged" and changed.changes_mode else changed


def accept_conflicts(plan: Plan) -> Plan:
    """The same plan, allowed to replace files that differ."""
    changes = tuple(
        replace(change, action="replace") if change.action == "conflict" else change for change in plan.changes
    )
    return Plan(plan.root, changes, plan.folders)


def read_target(root: Path, path: str) -> bytes | None:
    """The content of a file that may be written; None if it does not exist. Raises WriteError like `find_target`."""
    found = find_target(root, path)
    return None if found is None else found.content


def find_target(root: Path, path: str) -> FoundFile | None:
    """A file that may be written, with its content and mode; None if it does not exist.

    Raises WriteError for what is not a regular file, is larger than 64 MiB, lies behind a link that leads out, belongs
    to version control, or can't be read.
    """
    check_path(path)
    with open_tree(root) as (tree, inner):
        return tree.read(tree.locate(inner + path))


def _diff(change: Change) -> Iterator[str]:
    import difflib

    yield from _mode_diff(change)
    if change.old == change.new:
        return
    name = "/dev/null" if change.old is None else f"a/{change.path}"
    then = "/dev/null" if change.new is None else f"b/{change.path}"
    if b"\0" in (change.old or b"") or b"\0" in (change.new or b""):
        yield f"Binary files {name} and {then} differ\n"
        return
    before, after = (_lines((side or b"").decode("utf-8", "replace")) for side in (change.old, change.new))
    for line in difflib.unified_diff(before, after, name, then):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def _mode_diff(change: Change) -> Iterator[str]:
    """The lines with which git shows that a file becomes a program, or is one no longer."""
    modes = {False: "100644", True: "100755"}
    if change.changes_mode:
        yield f"diff --git a/{change.path} b/{change.path}\n"
        yield f"old mode {modes[bool(change.was_executable)]}\nnew mode {modes[bool(change.executable)]}\n"
    elif change.old is None and change.new is not None and change.executable:
        yield f"diff --git a/{change.path} b/{change.path}\nnew file mode {modes[True]}\n"


def _lines(text: str) -> list[str]:
    """Lines with their newlines; only a line feed ends one, so that a carriage return or U+2028 splits none."""
    return [line for line in re.split(r"(?<=\n)", text) if line]
