"""Paths outside a service's folder that its build or program needs."""

import posixpath
from collections.abc import Iterable

from msgspec import Struct

from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Evidence, Fact

MAX_PLACES = 12
# Files that describe images, which the builder never gets.
_CONTAINERS = ("Dockerfile", "docker-compose", "compose")
# Folders that never go into an image.
_NEVER = frozenset({"node_modules", "__pycache__", "venv"})


class OutsidePath(Struct, frozen=True):
    """A path in the tree that a service refers to. ``runs``: its program reads it, not only its build."""

    path: str
    says: Evidence
    runs: bool


def put_outside(root: Project, draft: Draft, references: Iterable[OutsidePath]) -> None:
    """Put /beside, and add to /run_paths what the program reads of it. ``root``: the folder that would otherwise be the
    build context.

    A path that is not in the tree is made by something else, and one that contains the root names no part of it: both
    are skipped.
    """
    found: dict[str, Evidence] = {}
    read: list[str] = []
    made: list[str] = draft.values.get("outputs", [])
    for item in references:
        place = part_of(root, item.path)
        # Build output is never sent to the builder.
        if place is not None and not any(inside(place, output) for output in made):
            found.setdefault(place, item.says)
            read += [place] if item.runs else []
    places = outermost(found)
    if not places or len(places) > MAX_PLACES:
        return
    draft.put("beside", Fact(places, tuple(found[place] for place in places)))
    kept: list[str] = draft.values.get("run_paths", [])
    more = [place for place in places if any(inside(path, place) for path in read)]
    if kept and "static" not in draft.values:
        draft.values["run_paths"] = [*kept, *(place for place in more if place not in kept)]


def part_of(root: Project, path: str) -> str | None:
    """The file or folder in the tree for a path outside a root; None if there is none to take."""
    plain = posixpath.normpath(path or ".")
    parts = plain.split("/")
    if plain.startswith(("..", "/")) or any(part in _NEVER or part.startswith(".") for part in parts):
        return None
    tree = root.tree
    if inside(plain, root.path) or inside(root.path, plain):
        return None
    if plain in tree.paths:
        folder, name = posixpath.split(plain)
        if name.startswith(_CONTAINERS):
            return None
        # Take the file's whole folder, which holds what the file needs, unless it contains the service.
        return plain if inside(root.path, folder) else folder
    return plain if _is_folder(tree, plain) else None


def _is_folder(tree: Tree, path: str) -> bool:
    folder, name = posixpath.split(path)
    return name in tree.subfolders(folder)


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths that are inside no other one of them, sorted."""
    listed = sorted(set(paths))
    return [path for path in listed if not any(other != path and inside(path, other) for other in listed)]
