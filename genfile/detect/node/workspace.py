"""Monorepos of npm, pnpm, yarn and bun: who is a member of what, and what a member needs of the others."""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Evidence


@dataclass(frozen=True)
class Workspace:
    """A workspace root and its members' folders (relative to the inspected root, sorted)."""

    root: Project
    members: tuple[str, ...]
    evidence: Evidence

    def packages(self) -> Iterator[PackageJson]:
        for member in self.members:
            package = read_package(Project(self.root.tree, member))
            if package is not None:
                yield package

    def needs(self, package: PackageJson) -> tuple[str, ...]:
        """The members that a package needs, directly or through others, by the names in their manifests; sorted."""
        by_name = {member.name: member for member in self.packages() if member.name}
        found: set[str] = set()
        queue = [package]
        while queue:
            for name in queue.pop().every_dependency:
                member = by_name.get(name)
                if (
                    member is not None
                    and member.project.path not in found
                    and member.project.path != package.project.path
                ):
                    found.add(member.project.path)
                    queue.append(member)
        return tuple(sorted(found))


def workspace_at(project: Project) -> Workspace | None:
    """The workspace whose root is this folder, when it has members."""
    patterns, evidence = _patterns(project)
    if evidence is None:
        return None
    members = tuple(
        folder
        for folder in project.tree.folders
        if folder != project.path
        and FILE in project.tree.folders[folder]
        and _is_member(relative(folder, project.path) if project.path else folder, patterns)
    )
    return Workspace(project, members, evidence) if members else None


def workspace_of(project: Project) -> Workspace | None:
    """The workspace that a folder is a member of: the nearest root above it that lists it."""
    above = project.parent()
    while above is not None:
        workspace = workspace_at(above)
        if workspace is not None and project.path in workspace.members:
            return workspace
        above = above.parent()
    return None


def _patterns(project: Project) -> tuple[list[str], Evidence | None]:
    """The member patterns of a folder: pnpm-workspace.yaml, then package.json's workspaces, then lerna.json."""
    pnpm = project.yaml("pnpm-workspace.yaml") if project.has("pnpm-workspace.yaml") else None
    if pnpm is not None and pnpm.items("packages"):
        return _texts(pnpm.items("packages")), project.says("pnpm-workspace.yaml", pnpm.line("packages"), "packages")
    package = read_package(project)
    if package is None:
        return [], None
    listed = package.document.items("workspaces") or package.document.items("workspaces", "packages")
    if listed:
        return _texts(listed), project.says(FILE, package.document.line("workspaces"), "workspaces")
    lerna = project.json("lerna.json") if project.has("lerna.json") else None
    if lerna is not None and lerna.items("packages"):
        return _texts(lerna.items("packages")), project.says("lerna.json", lerna.line("packages"), "packages")
    return [], None


def _is_member(path: str, patterns: list[str]) -> bool:
    if path.startswith(".."):
        return False
    included = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if _matches(path.split("/"), pattern.lstrip("!").strip("/").removeprefix("./").split("/")):
            included = not negated
    return included


def _matches(parts: list[str], pattern: list[str]) -> bool:
    """Segment by segment; `**` stands for any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[count:], pattern[1:]) for count in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _texts(values: list[object]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value][:200]
