"""The packages of the tree that a service is installed with: members of its workspace and other folders that it depends
on. What they depend on, and what those of their modules read that the service loads, is the service's own."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from genfile.detect.python.closure import needed_folders
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.groups import listed_groups
from genfile.detect.python.imports import ImportGraph, graph_of
from genfile.detect.python.keys import key_variables, with_fallback
from genfile.detect.python.local import local_packages
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import reach
from genfile.detect.python.reach.clients import makes_clients
from genfile.evidence import Evidence
from genfile.parsers.pyenv import required_names
from genfile.parsers.python import PyModule
from genfile.parsers.requirements import normalise

MAX_LIBRARIES = 20


class LibraryModule(Struct, frozen=True):
    """A module of another project of the tree that the service loads, by its path there."""

    project: PythonProject
    path: str
    module: PyModule

    def says(self, line: int | None, text: str) -> Evidence:
        return self.project.folder.says(self.path, line, text)


def libraries(project: PythonProject) -> list[PythonProject]:
    """The other projects of the tree whose packages are installed with the service."""
    return project.folder.tree.once(("python-libraries", project.folder.path), lambda: _libraries(project))


def _libraries(project: PythonProject) -> list[PythonProject]:
    found = dict.fromkeys(path for path, installed in needed_folders(project).items() if installed)
    found |= dict.fromkeys(item.path for item in local_packages(project) if not item.is_file)
    found.pop(project.folder.path, None)
    return [project.at(path) for path in list(found)[:MAX_LIBRARIES]]


def all_dependencies(project: PythonProject) -> dict[str, Dependency]:
    """The project's dependencies, and what the packages of the tree that it is installed with depend on."""
    found = dict(project.dependencies)
    for library in libraries(project):
        asked = found.get(normalise(library.name or ""))
        listed = [*library.own_dependencies(), *_of_extras(library, asked.extras if asked is not None else ())]
        for dependency in listed:
            found.setdefault(dependency.name, dependency)
    return found


def _of_extras(library: PythonProject, extras: Iterable[str]) -> Iterator[Dependency]:
    _, known = listed_groups(library)
    for text in (text for name in extras for text in known.get(name, ())):
        dependency = library.dependency(text, "pyproject.toml", None)
        if dependency is not None:
            yield dependency


def depends_on(project: PythonProject, *names: str) -> Evidence | None:
    """Evidence of the first of these names that the project or such a package depends on."""
    known = all_dependencies(project)
    return next((known[name].evidence for name in names if name in known), None)


def loaded_modules(project: PythonProject, paths: Iterable[str]) -> list[LibraryModule]:
    """The modules of these packages that some of the project's modules import, with all that they import in turn."""
    own = graph_of(project)
    graphs = {library.folder.path: graph_of(library) for library in libraries(project)}
    found: dict[str, list[str]] = {place: [] for place in graphs}
    names = {name for name in own.names_asked(paths) if not any(part in own.own for part in _prefixes(name))}
    asked: set[str] = set()
    while names:
        asked |= names
        later: set[str] = set()
        for place, graph in graphs.items():
            new = [path for path in graph.followed(_seeds(graph, names)) if path not in found[place]]
            found[place] += new
            later |= graph.names_asked(new)
        names = later - asked
    return [
        LibraryModule(library, path, graphs[library.folder.path].modules[path])
        for library in libraries(project)
        for path in found[library.folder.path]
    ]


def _seeds(graph: ImportGraph, names: Iterable[str]) -> list[str]:
    """The modules of these names, with the packages around them, which Python loads first."""
    around = dict.fromkeys(part for name in sorted(names) for part in _prefixes(name))
    return [graph.own[name] for name in around if name in graph.own]


def _prefixes(name: str) -> list[str]:
    """A dotted name and the packages around it, outermost first."""
    words = name.split(".")
    return [".".join(words[:count]) for count in range(1, len(words) + 1)]


def needs_of_libraries(found: list[LibraryModule], own: Iterable[PyModule]) -> Iterator[tuple[str, Evidence]]:
    """The variables that such modules can't be loaded without, and those that their clients fail without. A library may
    have settings of several programs: those count that a loaded module creates. ``own``: the service's modules."""
    loaded = (*own, *(item.module for item in found))
    made = {call.callee.rpartition(".")[2] for module in loaded for call in module.calls}
    fallbacks = {name for module in loaded for name in with_fallback(module)}
    for item in found:
        idle = {field.name for field in item.module.settings if field.owner not in made}
        for name in required_names(item.module):
            if name.name not in idle:
                yield name.name, item.says(name.line, f"{name.name} must be set")
        wants = reach(item.project, ["python", item.path]).wants if makes_clients(item.module) else ()
        for want in wants:
            # What is imported runs up to its main guard.
            if not want.guarded and want.variable not in fallbacks:
                says = item.project.folder.says(want.path, want.line, f"{want.variable} must be set")
                yield want.variable, says


def keys_of_libraries(found: list[LibraryModule]) -> Iterator[tuple[str, Evidence]]:
    """The variables without a default that hold the keys of signatures there."""
    for library in {item.project.folder.path: item.project for item in found}.values():
        yield from key_variables(library, {item.path for item in found if item.project is library})
