"""Changes as data: they can be shown, refused or applied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genfile.errors import WriteError

Action = Literal["create", "unchanged", "replace", "conflict"]


@dataclass(frozen=True)
class Change:
    """One file: its path relative to the root, what happens to it, its bytes now (None: no such file) and then."""

    path: str
    action: Action
    old: bytes | None
    new: bytes


@dataclass(frozen=True)
class Plan:
    """Every change of one run. `conflict`: a file of the user's that differs, and no leave to replace it."""

    root: Path
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action == "conflict")

    @property
    def writes(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action in ("create", "replace"))

    def diff(self) -> str:
        """A unified diff of all that differs, empty when nothing does."""
        return "".join(line for change in self.changes for line in _diff(change))


def make_plan(root: Path, files: Mapping[str, str], *, force: bool = False) -> Plan:
    """Compare files to be with those under ``root``; ``force``: differing files are replaced.

    Raises WriteError for a target that is no regular file, or that can't be read.
    """
    changes: list[Change] = []
    for path, text in sorted(files.items()):
        new = text.encode("utf-8")
        old = _read(root, path)
        if old is None:
            action: Action = "create"
        elif old == new:
            action = "unchanged"
        else:
            action = "replace" if force else "conflict"
        changes.append(Change(path, action, old, new))
    return Plan(root, tuple(changes))


def accept_conflicts(plan: Plan) -> Plan:
    """The same plan with leave to replace what differs."""
    changes = tuple(
        Change(c.path, "replace" if c.action == "conflict" else c.action, c.old, c.new) for c in plan.changes
    )
    return Plan(plan.root, changes)


def _read(root: Path, path: str) -> bytes | None:
    target = root / path
    try:
        if target.is_symlink():
            raise WriteError(f"{path} is a symbolic link", hint="remove it, or replace it by a file")
        if not target.exists():
            return None
        if not target.is_file():
            raise WriteError(f"{path} is not a regular file", hint="move it out of the way")
        return target.read_bytes()
    except OSError as error:
        raise WriteError(f"{path} can't be read: {error.strerror or error}") from None


def _diff(change: Change) -> Iterator[str]:
    import difflib

    if change.old == change.new:
        return
    before = (change.old or b"").decode("utf-8", "replace").splitlines(keepends=True)
    after = change.new.decode("utf-8").splitlines(keepends=True)
    name = "/dev/null" if change.old is None else f"a/{change.path}"
    for line in difflib.unified_diff(before, after, name, f"b/{change.path}"):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
