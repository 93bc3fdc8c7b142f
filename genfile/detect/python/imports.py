"""Third-party modules that the running service imports, and the distributions that bring them."""

import re
from collections.abc import Iterable, KeysView
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.data import import_names
from genfile.detect.python.application import NAMES, module_name, modules
from genfile.evidence import Evidence
from genfile.parsers.pyimports import Imported, required_imports
from genfile.parsers.python import PyModule
from genfile.parsers.requirements import normalise

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

_URL = re.compile(r"\b(?:postgres(?:ql)?|mysql|mariadb|sqlite|mssql|oracle|clickhouse)\+\w+(?=://)")
# Files that say how the service reaches its database.
_SETTINGS = ("compose", "docker-compose", ".env.example", ".env.sample", ".env.template", ".env.dist", "env.example")


class ImportNeed(Struct, frozen=True):
    """A third-party module that the service imports; ``lazy``: only when a function runs."""

    module: str
    evidence: Evidence
    lazy: bool = False

    def brought_by(self) -> set[str]:
        """The distributions that may bring it: by the data, else its own name and its parents' names."""
        return may_bring(self.module)


def may_bring(module: str) -> set[str]:
    """The distributions that may bring a module: by the data, else its own name and its parents' names."""
    parts = module.split(".")
    known = import_names().get(parts[0])
    names = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return set(known or ()) | {normalise(name.replace(".", "-")) for name in names}


def needs(project: "PythonProject") -> list[ImportNeed]:
    """What the modules reached from the start import, and the database drivers that its settings name."""
    cached = getattr(project, "_needs", None)
    if cached is None:
        cached = [*_imported(project), *drivers(project)]
        project._needs = cached  # type: ignore[attr-defined]
    return list(cached)


class ImportGraph:
    """Which of a project's modules import which of the others: each found once, whoever follows it."""

    def __init__(self, project: "PythonProject") -> None:
        self.modules: dict[str, PyModule] = dict(modules(project))
        self.required: dict[str, list[Imported]] = {path: required_imports(self.modules[path]) for path in self.modules}
        self.own = {name: path for path in self.required for name in _names(path)}
        self._edges: dict[str, list[str]] = {}

    def followed(self, seeds: Iterable[str]) -> list[str]:
        """Modules with those of the project that they import, and so on."""
        found = dict.fromkeys(seeds)
        queue = list(found)
        for path in queue:
            new = [other for other in self._imported_by(path) if other not in found]
            found |= dict.fromkeys(new)
            queue += new
        return queue

    def names_asked(self, paths: Iterable[str]) -> set[str]:
        """The absolute names that some modules import, of the project's own modules and of others."""
        return {item.name for path in paths for item in self.required.get(path, ()) if not item.level}

    def _imported_by(self, path: str) -> list[str]:
        if path not in self._edges:
            package = _dotted(path.removeprefix("src/")).split(".")
            package = package if path.endswith("__init__.py") else package[:-1]
            found: dict[str, None] = {}
            for item in self.required[path]:
                base = package[: len(package) - item.level + 1] if item.level else []
                names = (".".join([*base, item.name]), ".".join([*package, item.name]))
                found |= dict.fromkeys(self.own[name] for name in names if name in self.own)
            self._edges[path] = list(found)
        return self._edges[path]


def _imported(project: "PythonProject") -> list[ImportNeed]:
    return needs_of(project, _reached(project, graph_of(project)))


def needs_of(project: "PythonProject", paths: Iterable[str]) -> list[ImportNeed]:
    """What some of the project's modules import from elsewhere, with the modules of the project that they import."""
    graph = graph_of(project)
    short = {name.split(".")[0] for name in graph.own}
    found: dict[str, ImportNeed] = {}
    for path in graph.followed(path for path in paths if path in graph.required):
        for item in graph.required[path]:
            if item.level or item.name.split(".")[0] in short or not item.name.isascii():
                continue
            says = project.folder.says(path, item.line, f"import {item.name}")
            old = found.get(item.name)
            if old is None or (old.lazy and not item.lazy):
                found[item.name] = ImportNeed(item.name, says, item.lazy)
    return list(found.values())


def _names(path: str) -> tuple[str, ...]:
    """What a module is imported as: below `src`, from that folder or from the one above it (`src.config`)."""
    return tuple(dict.fromkeys((_dotted(path.removeprefix("src/")), _dotted(path))))


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def started(project: "PythonProject", words: list[str]) -> KeysView[str]:
    """The modules that a command loads, nearest first: the one that it names, and all that is imported by what it
    imports."""
    graph = graph_of(project)
    named = {word.split(":")[0] for word in words}
    seeds = [path for path in graph.required if path in named or {module_name(project, path), *_names(path)} & named]
    return dict.fromkeys(graph.followed(seeds)).keys()


def loaded_by(project: "PythonProject", path: str) -> list[str]:
    """The modules that one of the project's loads, itself included; none where it can't be read."""
    graph = graph_of(project)
    return graph.followed([path]) if path in graph.required else []


def graph_of(project: "PythonProject") -> ImportGraph:
    """The graph of a project's modules; computed once."""
    cached: ImportGraph | None = getattr(project, "_imports", None)
    if cached is None:
        cached = ImportGraph(project)
        project._imports = cached  # type: ignore[attr-defined]
    return cached


def _reached(project: "PythonProject", graph: ImportGraph) -> list[str]:
    """The modules that what may be started imports, itself included: those of a usual name, those of a script."""
    scripts = {value.split(":")[0] for value in project.scripts.values()}
    seeds = [path for path in graph.required if path.rsplit("/", 1)[-1] in NAMES or scripts & {*_names(path)}]
    seeds += [path for path in graph.required if "/" not in path and path not in seeds]
    return graph.followed(seeds or graph.required)


def drivers(project: "PythonProject") -> list[ImportNeed]:
    """The drivers that database URLs name, in compose files, example files and defaults in the code."""
    folder = project.folder
    known = import_names("drivers")
    texts = [
        (name, number, line)
        for name in folder.names()
        if name.startswith(_SETTINGS)
        for number, line in enumerate((folder.text(name) or "").splitlines(), 1)
        if not line.lstrip().startswith("#")
    ]
    texts += [(path, line, text) for path, module in modules(project) for text, line in module.paths]
    found: dict[str, ImportNeed] = {}
    for name, line, text in texts:
        for match in _URL.finditer(text):
            for module in known.get(match[0], ()):
                found.setdefault(module, ImportNeed(module, folder.says(name, line, f"{match[0]}://")))
    return list(found.values())
