"""Changes as data: they can be shown, refused or applied."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from genfile.errors import WriteError

Action = Literal["create", "unchanged", "replace", "conflict", "merge", "delete", "keep"]


@dataclass(frozen=True)
class Change:
    """One file: its path relative to the root, what happens to it, its bytes now (None: no such file) and then.

    ``keep``: it stays as the user has it, though something else was to be had; ``executable``: whether it gets the
    executable bits, None: it stays as it is. What differs in that alone is a ``replace`` by the same content.
    """

    path: str
    action: Action
    old: bytes | None
    new: bytes | None
    executable: bool | None = None


@dataclass(frozen=True)
class Plan:
    """Every change of one run. `conflict`: a file of the user's that differs, and no leave to replace it."""

    root: Path
    changes: tuple[Change, ...]
    folders: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action == "conflict")

    @property
    def writes(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action in ("create", "replace", "merge", "delete"))

    def diff(self) -> str:
        """A unified diff of all that differs, empty when nothing does."""
        return "".join(line for change in self.changes for line in _diff(change))


def make_plan(
    root: Path,
    files: Mapping[str, str | bytes],
    *,
    force: bool = False,
    executable: Collection[str] = (),
    folders: tuple[str, ...] = (),
) -> Plan:
    """Compare files to be with those under ``root``; ``force``: differing files are replaced.

    ``executable``: the files among them that are programs; ``folders``: empty ones that are made too.

    Raises WriteError for a target that is no regular file, or that can't be read.
    """
    changes: list[Change] = []
    for path, content in sorted(files.items()):
        new = content.encode("utf-8") if isinstance(content, str) else content
        old = read_target(root, path)
        if old is None:
            action: Action = "create"
        elif old == new:
            action = "unchanged"
        else:
            action = "replace" if force else "conflict"
        changes.append(Change(path, action, old, new, path in executable if old is None else None))
    return Plan(root, tuple(changes), folders)


def accept_conflicts(plan: Plan) -> Plan:
    """The same plan with leave to replace what differs."""
    changes = tuple(
        replace(change, action="replace") if change.action == "conflict" else change for change in plan.changes
    )
    return Plan(plan.root, changes, plan.folders)


def read_target(root: Path, path: str) -> bytes | None:
    """The content of a file that may be written, None where there is none.

    Raises WriteError for what is no regular file, lies behind a link that leads out, or can't be read.
    """
    target = root / path
    try:
        if not target.parent.resolve().is_relative_to(root.resolve()):
            raise WriteError(f"{path} lies behind a link that leads out of {root}")
        if any(parent.exists() and not parent.is_dir() for parent in _between(root, target)):
            raise WriteError(f"{path} would lie in a file", hint="move the file of that name out of the way")
        if target.is_symlink():
            raise WriteError(f"{path} is a symbolic link", hint="remove it, or replace it by a file")
        if not target.exists():
            return None
        if not target.is_file():
            raise WriteError(f"{path} is not a regular file", hint="move it out of the way")
        return target.read_bytes()
    except OSError as error:
        raise WriteError(f"{path} can't be read: {error.strerror or error}") from None


def _between(root: Path, target: Path) -> Iterator[Path]:
    """The folders that a file lies in, up to the root."""
    folder = target.parent
    while folder != root and folder != folder.parent:
        yield folder
        folder = folder.parent
    yield root


def _diff(change: Change) -> Iterator[str]:
    import difflib

    if change.old == change.new:
        return
    name = "/dev/null" if change.old is None else f"a/{change.path}"
    then = "/dev/null" if change.new is None else f"b/{change.path}"
    if b"\0" in (change.old or b"") or b"\0" in (change.new or b""):
        yield f"Binary files {name} and {then} differ\n"
        return
    before = (change.old or b"").decode("utf-8", "replace").splitlines(keepends=True)
    after = (change.new or b"").decode("utf-8", "replace").splitlines(keepends=True)
    for line in difflib.unified_diff(before, after, name, then):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
