"""The parts of a program's modules that run at start: their top levels, and what those call."""

from collections import defaultdict
from collections.abc import Iterator

from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import package_of
from genfile.detect.node.sources import source_files
from genfile.detect.paths import relative
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsneeds import VariableNeed, needs_of
from genfile.parsers.jsstart import ModuleStart

# Modules that re-export: `export * from "./env"`.
MAX_HANDED = 4
MAX_ROUNDS = 6
MAX_FILES = 420


class StartedModules:
    """The modules behind a start command, nearest first, each with the parts that run at start.

    They include other workspace members' modules; names are relative to the service's folder.
    """

    def __init__(self, project: NodeProject, start: tuple[str, ...]) -> None:
        self._project = project
        self._owners: dict[str, NodeProject] = {}
        self._entries: dict[str, str | None] = {}
        self.starts: dict[str, ModuleStart] = {}
        self._add(project, source_files(project, start))
        self._follow()

    def _add(self, owner: NodeProject, files: list[tuple[str, JsModule]]) -> None:
        """Add modules of the service or of a member, and of the members whose packages they load."""
        queue = [(owner, name, module) for name, module in files]
        for holder, inner, module in queue:
            name = self._named(holder, inner)
            if name in self.starts or len(self.starts) >= MAX_FILES:
                continue
            self.starts[name], self._owners[name] = ModuleStart(module), holder
            for item in module.loads if holder.workspace is not None else ():
                member = self._member(item.module)
                if member is not None and item.module not in self._entries:
                    found = source_files(member, ("node", member.package.entry(item.module)))
                    self._entries[item.module] = self._named(member, found[0][0]) if found else None
                    queue += [(member, path, other) for path, other in found]

    def _named(self, owner: NodeProject, name: str) -> str:
        return name if owner is self._project else relative(owner.folder.full(name), self._project.folder.path)

    def _member(self, module: str) -> NodeProject | None:
        """The member of the workspace that an import names."""
        workspace = self._project.workspace
        packages = workspace.named([package_of(module)]) if workspace is not None else []
        return NodeProject(packages[0].project, packages[0], workspace) if packages else None

    def _resolve(self, origin: str, module: str) -> str | None:
        owner = self._owners[origin]
        inner = origin if owner is self._project else relative(self._project.folder.full(origin), owner.folder.path)
        found = resolve_import(owner, inner, module)
        return self._named(owner, found) if found is not None else self._entries.get(module)

    def _follow(self) -> None:
        """Mark in each module what the others call of it, until nothing changes."""
        called: dict[str, dict[tuple[str, str], bool]] = defaultdict(dict)
        changed = set(self.starts)
        for _ in range(MAX_ROUNDS):
            again: set[str] = set()
            for name in [name for name in self.starts if name in changed]:
                for item in self.starts[name].calls_out():
                    place = (item.export, item.member)
                    for target in self._targets(name, item.module, place):
                        if not called[target].get(place, False) and called[target].get(place) is not item.thrown_on:
                            called[target][place] = item.thrown_on
                            again.add(target)
            for name in again:
                self.starts[name].enter(called[name])
            changed = again

    def _targets(self, origin: str, module: str, place: tuple[str, str]) -> Iterator[str]:
        """The modules that an export may come from: the imported one, and those that it re-exports."""
        queue = [(origin, module)]
        for number, (name, source) in enumerate(queue):
            target = self._resolve(name, source)
            if target is None or target not in self.starts or number > MAX_HANDED:
                continue
            yield target
            start = self.starts[target]
            if not any(name in start.functions for name in start.names_of(*place)):
                queue += [(target, item.module) for item in start.module.imports if item.handed_on]

    def asked_for(self) -> Iterator[tuple[str, str, int]]:
        """Calls that pass a variable's name to another module's function: the calling module, the name, the line."""
        needs = {name: needs_of(start) for name, start in self.starts.items()}
        for name, start in self.starts.items() if any(needs.values()) else ():
            for item in start.calls_out():
                for target in self._targets(name, item.module, (item.export, item.member)) if item.thrown_on else ():
                    named = self.starts[target].names_of(item.export, item.member)
                    found: list[VariableNeed] = [needs[target][key] for key in named if key in needs[target]]
                    variable = found[0].name_of(item.node, start.module) if found else None
                    if variable is not None:
                        yield name, variable, item.node.start_point[0] + 1


def program_of(project: NodeProject, start: tuple[str, ...]) -> StartedModules:
    """The program behind a start command; computed once."""
    return project.folder.tree.once(
        ("node-program", project.folder.path, *start), lambda: StartedModules(project, start)
    )
