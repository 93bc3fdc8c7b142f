"""Monorepos of npm, pnpm, yarn and bun: the members of a workspace, and what a member needs of the others."""

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from genfile.detect.globs import matches, segments
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Evidence


class NodeWorkspace(Struct, frozen=True, dict=True):
    """A workspace root and its members' folders (relative to the inspected root, sorted)."""

    root: Project
    members: tuple[str, ...]
    evidence: Evidence

    @cached_property
    def folders(self) -> frozenset[str]:
        return frozenset(self.members)

    @cached_property
    def packages(self) -> tuple[PackageJson, ...]:
        read = (read_package(Project(self.root.tree, member)) for member in self.members)
        return tuple(package for package in read if package is not None)

    @cached_property
    def _by_name(self) -> dict[str, list[PackageJson]]:
        found: dict[str, list[PackageJson]] = {}
        for member in self.packages:
            if member.name:
                found.setdefault(member.name, []).append(member)
        return found

    @cached_property
    def users(self) -> dict[str, list[PackageJson]]:
        """The members that depend on a name, by that name."""
        found: dict[str, list[PackageJson]] = {}
        for member in self.packages:
            for name in member.every_dependency:
                found.setdefault(name, []).append(member)
        return found

    def named(self, names: Iterable[str]) -> list[PackageJson]:
        """The members with these names, in the order of their folders."""
        found = [member for name in names for member in self._by_name.get(name, ())]
        return sorted(found, key=lambda member: self._places[member.project.path])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {member: place for place, member in enumerate(sorted(self.members))}

    def _direct(self, package: PackageJson) -> list[str]:
        listed = (self._by_name.get(name) for name in package.every_dependency)
        return [members[-1].project.path for members in listed if members]

    @cached_property
    def _reach(self) -> dict[str, int]:
        """The members that each member needs, as bit sets."""
        direct = {member.project.path: self._direct(member) for member in self.packages}
        order = _after_their_needs(direct)
        reach = dict.fromkeys(direct, 0)
        changed = True
        # One pass is enough, except for members that need each other.
        while changed:
            changed = False
            for path in order:
                bits = reach[path]
                for other in direct[path]:
                    bits |= reach[other] | 1 << self._places[other]
                changed = changed or bits != reach[path]
                reach[path] = bits
        return reach

    def _needed(self, package: PackageJson) -> int:
        bits = 0
        for other in self._direct(package):
            bits |= self._reach[other] | 1 << self._places[other]
        place = self._places.get(package.project.path)
        return bits if place is None else bits & ~(1 << place)

    def needs(self, package: PackageJson) -> tuple[str, ...]:
        """The members that a package needs, directly or through others, by manifest names; sorted."""
        flags = bin(self._needed(package))[:1:-1]
        return tuple(member for member, flag in zip(sorted(self.members), flags, strict=False) if flag == "1")

    def runs_with(self, package: PackageJson) -> tuple[str, ...]:
        """The members that a package needs at run time, without its development dependencies."""
        found: set[str] = set()
        queue = [package]
        for item in queue:
            for name in item.run_dependencies:
                for member in self._by_name.get(name, ())[-1:]:
                    if member.project.path not in found and member is not package:
                        found.add(member.project.path)
                        queue.append(member)
        return tuple(sorted(found))

    def count_needs(self, package: PackageJson) -> int:
        return self._needed(package).bit_count()


def _after_their_needs(direct: dict[str, list[str]]) -> list[str]:
    """Folders, each after those that it needs, as far as possible."""
    order: list[str] = []
    seen: set[str] = set()
    for first in direct:
        stack = [(first, iter(direct[first]))] if first not in seen else []
        seen.add(first)
        while stack:
            path, others = stack[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                order.append(path)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(direct[following])))
    return order


def workspace_at(project: Project) -> NodeWorkspace | None:
    """The workspace whose root is this folder, if it has members; computed once."""
    return project.tree.once(("node-workspace", project.path), lambda: _find_workspace(project))


def _find_workspace(project: Project) -> NodeWorkspace | None:
    patterns, evidence = _patterns(project)
    if evidence is None:
        return None
    parsed = [(segments(pattern.lstrip("!")), not pattern.startswith("!")) for pattern in patterns]
    members = tuple(
        folder
        for folder in project.tree.folders
        if folder != project.path
        and FILE in project.tree.folders[folder]
        and _is_member(relative(folder, project.path), parsed)
    )
    return NodeWorkspace(project, members, evidence) if members else None


def workspace_of(project: Project) -> NodeWorkspace | None:
    """The workspace that a folder is a member of: the nearest root above it that lists it."""
    above = project.parent()
    while above is not None:
        workspace = workspace_at(above)
        if workspace is not None and project.path in workspace.folders:
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


def _is_member(path: str, patterns: list[tuple[tuple[str, ...], bool]]) -> bool:
    if path.startswith(".."):
        return False
    parts = path.split("/")
    # The last pattern that covers a folder decides.
    return next((included for pattern, included in reversed(patterns) if matches(parts, pattern)), False)


def _texts(values: list[object]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value][:200]
