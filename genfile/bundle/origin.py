"""The origin of a reference: the user may name any place, a tree only its own files.

genfile.toml, genfile.lock, .genfile-answers.toml and a preset's `extends` come with a tree that somebody else may have
written. What they name is looked for inside that tree, among what is installed, or in git at the commit that
genfile.lock has; a path that leads out is refused before the file system is asked, so that no answer depends on
what lies there. Places that the user's own configuration lists under `trust` are as good as named by the user.
"""

import os
import posixpath
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from genfile.bundle.reference import COMMIT, BundleReference
from genfile.errors import UsageError

_MAX_LINKS = 8


class TreeError(UsageError):
    """A tree names a place outside it."""


class OriginTree(Struct, frozen=True):
    """A tree that contains references.

    ``root``: the folder that no path may leave; None for a tree that is not a folder of this machine (git, an archive,
    a package), which can name no path. ``fetch``: the user's command is to ask the servers that the tree names.
    ``pins``: the commit of each reference to git that genfile.lock has.
    """

    root: Path | None
    fetch: bool = False
    pins: Mapping[str, str] = field(default_factory=dict)


NO_FOLDER = OriginTree(None)


class TreePlace(Struct, frozen=True):
    """The target of a path in a tree: no part of it is a link; ``subfolder`` is the part after the `#`."""

    path: Path
    subfolder: str


def checkout_of(folder: Path) -> Path | None:
    """The checkout that a folder lies in: the nearest one with a `.git`. Never the home folder or the disk's root."""
    start = folder.resolve()
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111 -- never raises, unlike Path.home()
    for candidate in (start, *start.parents):
        if candidate in (home, Path(candidate.anchor)):
            return None
        if os.path.lexists(candidate / ".git"):
            return candidate
    return None


def project_tree(folder: Path, *, fetch: bool = False, pins: Mapping[str, str] | None = None) -> OriginTree:
    """The tree of a project's own files: its checkout, else its folder alone."""
    return OriginTree(checkout_of(folder) or folder.resolve(), fetch, pins or {})


def locate(parsed: BundleReference, base: Path, tree: OriginTree) -> TreePlace | None:
    """The path inside the tree that a reference names; None if the user's configuration trusts the reference.

    Raises UsageError for a path that leads out, in the same words whatever lies there.
    """
    place = _inside(tree.root, base, parsed) if tree.root is not None else None
    if place is None and not _is_trusted(parsed, base):
        raise refused(parsed)
    return place


def check_remote(parsed: BundleReference, tree: OriginTree, pinned: str | None) -> None:
    """Refuse a reference to git that a tree names, and that is of this machine or not pinned. Raises UsageError."""
    if parsed.location.lower().startswith("file:") and not _is_trusted(parsed, None):
        raise refused(parsed)
    exact = parsed.revision is not None and COMMIT.fullmatch(parsed.revision)
    if not (tree.fetch or pinned or exact):
        raise UsageError(
            f"{parsed.text} is not pinned in genfile.lock; genfile does not fetch what only the project's files name",
            hint="pin it with `genfile presets add NAME REFERENCE` or `genfile presets update NAME`",
        )


def refused(parsed: BundleReference) -> "TreeError":
    """The error for a reference that leads out of its tree."""
    from genfile.bundle.trust import config_file

    return TreeError(
        f"{parsed.text} points outside of the project that names it",
        hint=f"use a folder inside of the project or git+URL@tag#folder, or add the path to `trust` in {config_file()}",
    )


def _is_trusted(parsed: BundleReference, base: Path | None) -> bool:
    from genfile.bundle.trust import config_file, matches, trust_rules

    rules = trust_rules(config_file())
    if not rules:
        return False
    if base is None:
        return matches(parsed.text, rules)
    return matches(os.path.realpath(base / Path(parsed.location).expanduser()), rules)


def _inside(root: Path, base: Path, parsed: BundleReference) -> TreePlace | None:
    """The path below a root, with every link resolved by genfile itself, so that none leads out of it."""
    try:
        start = base.resolve().relative_to(root.resolve()).as_posix()
        path = _walk(root.resolve(), start, parsed.location)
        inner = _walk(root.resolve(), start, posixpath.join(parsed.location, parsed.subfolder))
    except (OSError, ValueError, RuntimeError):
        return None
    if path is None or inner is None or not inner.is_relative_to(path):
        return None
    subfolder = inner.relative_to(path).as_posix()
    return TreePlace(path, "" if subfolder == "." else subfolder)


def _walk(root: Path, start: str, text: str) -> Path | None:
    if text.startswith(("/", "~")) or "\\" in text or ":" in text or "\0" in text:
        return None
    waiting = _parts(posixpath.join(start, text))
    done: list[str] = []
    links = 0
    while waiting:
        if waiting[0] == "..":
            return None
        part = waiting.pop(0)
        candidate = root.joinpath(*done, part)
        if not candidate.is_symlink():
            done.append(part)
            continue
        target = str(candidate.readlink())
        links += 1
        if links > _MAX_LINKS or Path(target).is_absolute():
            return None
        waiting = _parts(posixpath.join("/".join(done), target.replace(os.sep, "/"))) + waiting
        done = []
    return root.joinpath(*done)


def _parts(path: str) -> list[str]:
    return [part for part in posixpath.normpath(path).split("/") if part not in ("", ".")]
