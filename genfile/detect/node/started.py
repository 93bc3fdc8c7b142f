"""What of a program's modules runs while it starts: their top levels, and what these call of each other."""

from collections import defaultdict
from collections.abc import Iterator

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import resolve_import, source_files
from genfile.parsers.jsneeds import Need, needs_of
from genfile.parsers.jsstart import Start

# Modules that hand on what others export: `export * from "./env"`.
MAX_HANDED = 4
MAX_ROUNDS = 6


class Program:
    """The modules behind a start command, nearest first, each with what of it runs at start."""

    def __init__(self, project: NodeProject, start: tuple[str, ...]) -> None:
        self._project = project
        self.starts = {name: Start(module) for name, module in source_files(project, start)}
        self._follow()

    def _follow(self) -> None:
        """Tell each module what the others call of it, until nothing new is called."""
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
        """The modules of the program that an export may come from: what is imported, and what that hands on."""
        queue = [(origin, module)]
        for number, (name, source) in enumerate(queue):
            target = resolve_import(self._project, name, source)
            if target is None or target not in self.starts or number > MAX_HANDED:
                continue
            yield target
            start = self.starts[target]
            if not any(name in start.functions for name in start.names_of(*place)):
                queue += [(target, item.module) for item in start.module.imports if item.handed_on]

    def asked_for(self) -> Iterator[tuple[str, str, int]]:
        """The variables that functions of other modules are asked for: the module that asks, the name, the line."""
        needs = {name: needs_of(start) for name, start in self.starts.items()}
        for name, start in self.starts.items() if any(needs.values()) else ():
            for item in start.calls_out():
                for target in self._targets(name, item.module, (item.export, item.member)) if item.thrown_on else ():
                    named = self.starts[target].names_of(item.export, item.member)
                    found: list[Need] = [needs[target][key] for key in named if key in needs[target]]
                    variable = found[0].name_of(item.node, start.module) if found else None
                    if variable is not None:
                        yield name, variable, item.node.start_point[0] + 1


def program_of(project: NodeProject, start: tuple[str, ...]) -> Program:
    """The program behind a start command; worked out once."""
    key, memory = ("node-program", project.folder.path, *start), project.folder.tree.memory
    if key not in memory:
        memory[key] = Program(project, start)
    found: Program = memory[key]
    return found
