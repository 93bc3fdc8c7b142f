"""Packages in the tree that a requirements file names by path: `./lib`, `-e ./lib`, `name @ file:./lib`."""

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.detect.outside import OutsidePath
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.groups import listed_groups
from genfile.detect.tree import Project
from genfile.evidence import About, Draft, Evidence, Fact, Topic

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")
MAX_PACKAGES = 20


class LocalPackage(Struct, frozen=True):
    """A folder or a distribution's file in the tree that pip installs. ``path``: from the root of the tree, which is
    itself ""."""

    path: str
    extras: tuple[str, ...]
    says: Evidence
    is_file: bool = False


def local_packages(project: "PythonProject") -> Iterator[LocalPackage]:
    """The local packages that exist, in the order of the lists. pip resolves their paths from its working directory."""
    tree, base = project.folder.tree, project.folder.path
    for name, parsed in project.requirements_files.items():
        for entry in parsed.entries:
            place = posixpath.normpath(posixpath.join(base, entry.place)) if entry.place is not None else ".."
            if place.startswith(("..", "/")):
                continue
            folder = Project(tree, "" if place == "." else place)
            says = project.folder.says(name, entry.line, entry.url or "")
            if place in tree.paths:
                yield LocalPackage(place, entry.extras, says, is_file=True)
            elif any(map(folder.has, _MANIFESTS)):
                yield LocalPackage(folder.path, entry.extras, says)


def local_dependencies(project: "PythonProject") -> Iterator[Dependency]:
    """The dependencies of the local packages in other folders, by their own manifests."""
    for item in local_packages(project):
        if not item.is_file and item.path != project.folder.path:
            other = project.at(item.path)
            yield from other.own_dependencies()
            extras = listed_groups(other)[1]
            for text in (text for name in item.extras for text in extras.get(name, ())):
                dependency = other.dependency(text, "pyproject.toml", None)
                if dependency is not None:
                    yield dependency


def put_local_packages(project: "PythonProject", draft: Draft) -> list[str]:
    """Put /package if the lists name the project itself, and /local_packages. Returns the distributions' files that pip
    reads too."""
    folder = project.folder
    found = list(local_packages(project))
    own = next((item for item in found if item.path == folder.path and not item.is_file), None)
    if own is not None:
        draft.put("package", Fact(True, (own.says,)))
    others = {item.path: item.says for item in found if not item.is_file and item.path != folder.path}
    if others and len(others) <= MAX_PACKAGES:
        draft.put("local_packages", Fact(list(others), tuple(others.values())))
    _tell_of_missing(project, draft)
    return [posixpath.relpath(item.path, folder.path or ".") for item in found if item.is_file]


def _tell_of_missing(project: "PythonProject", draft: Draft) -> None:
    """Warn of each local package that would make pip fail."""
    for name, parsed in project.requirements_files.items():
        for entry in parsed.entries:
            fault = _fault(project, entry.place) if entry.place is not None else None
            if fault is not None:
                path = project.folder.full(name)
                draft.note("warning", f"{path}:{entry.line}: {fault}", path, entry.line, About(Topic.FAILS))


def _fault(project: "PythonProject", place: str) -> str | None:
    path = posixpath.normpath(posixpath.join(project.folder.path, place))
    tree, folder = project.folder.tree, Project(project.folder.tree, "" if path == "." else path)
    if path in tree.paths or any(map(folder.has, _MANIFESTS)):
        return None
    if folder.path in tree.folders or tree.subfolders(folder.path):
        return f"{place} has no pyproject.toml or setup.py, so pip fails; add one, or remove the line"
    return f"{place} is not in the tree, so pip fails; commit it, or remove the line"


def local_references(project: "PythonProject") -> Iterator[OutsidePath]:
    """The local packages as paths that may be outside of the project's folder."""
    for item in local_packages(project):
        yield OutsidePath(item.path, item.says, runs=True)
