"""Projects in the same tree that a Maven project needs but is not built with: each is installed first."""

import posixpath

from genfile.detect.java.pom import FILE, Pom, read_pom
from genfile.detect.tree import Project, Tree

MAX_PROJECTS = 300
MAX_NEEDED = 20


def needed_siblings(pom: Pom, reactor: frozenset[str]) -> list[str]:
    """The folders of the projects that a project needs, dependencies first. ``reactor``: those built with it anyway."""
    known = _by_coordinate(pom.folder)
    found: list[str] = []
    seen = {pom.folder.path, *reactor}

    def follow(current: Pom, depth: int) -> None:
        for item in current.root.all("dependencies", "dependency"):
            group, name = current.resolve(item.find_text("groupId")), item.find_text("artifactId")
            other = known.get((group or "", name or ""))
            if other is None or other.folder.path in seen or depth > MAX_NEEDED:
                continue
            version = current.resolve(item.find_text("version"))
            if version is not None and version != other.resolve("${project.version}"):
                continue
            seen.add(other.folder.path)
            follow(other, depth + 1)
            if len(found) < MAX_NEEDED:
                found.append(other.folder.path)

    follow(pom, 0)
    return found


def shared_root(folder: Project, others: list[str]) -> Project:
    """The nearest folder that contains a project and those that it needs."""
    shared = posixpath.commonpath([f"/{path}" for path in (folder.path, *others)]).strip("/")
    return Project(folder.tree, shared)


def _by_coordinate(folder: Project) -> dict[tuple[str, str], Pom]:
    """Every Maven project in the tree, by group and artifact; found once, and empty if there are too many."""
    return folder.tree.once(("pom-coordinates",), lambda: _coordinates(folder.tree))


def _coordinates(tree: Tree) -> dict[tuple[str, str], Pom]:
    found: dict[tuple[str, str], Pom] = {}
    places = sorted(path for path, names in tree.folders.items() if FILE in names)
    for place in places if len(places) <= MAX_PROJECTS else ():
        pom = read_pom(Project(tree, place))
        group = pom.resolve("${project.groupId}") if pom is not None else None
        if pom is not None and group and pom.root.find_text("artifactId"):
            found.setdefault((group, pom.artifact_id), pom)
    return found
