"""Third-party modules that the running service imports, and the distributions that bring them."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genfile.data import import_names
from genfile.detect.python.application import NAMES, module_name, modules
from genfile.evidence import Evidence
from genfile.parsers.pyimports import Imported, required_imports
from genfile.parsers.requirements import normalise

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

_URL = re.compile(r"\b(?:postgres(?:ql)?|mysql|mariadb|sqlite|mssql|oracle|clickhouse)\+\w+(?=://)")
# Files that say how the service reaches its database.
_SETTINGS = ("compose", "docker-compose", ".env.example", ".env.sample", ".env.template", ".env.dist", "env.example")


@dataclass(frozen=True, slots=True)
class ImportNeed:
    """A third-party module that the service imports; ``lazy``: only when a function runs."""

    module: str
    evidence: Evidence
    lazy: bool = False

    def brought_by(self) -> set[str]:
        """The distributions that may bring it: by the data, else its own name and its parents' names."""
        parts = self.module.split(".")
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


def _imported(project: "PythonProject") -> list[ImportNeed]:
    required = _required(project)
    own = {_dotted(path): path for path in required}
    short = {name.split(".")[0] for name in own}
    found: dict[str, ImportNeed] = {}
    for path in _reached(project, required, own):
        for item in required[path]:
            if item.level or item.name.split(".")[0] in short or not item.name.isascii():
                continue
            says = project.folder.says(path, item.line, f"import {item.name}")
            old = found.get(item.name)
            if old is None or (old.lazy and not item.lazy):
                found[item.name] = ImportNeed(item.name, says, item.lazy)
    return list(found.values())


def _dotted(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def started(project: "PythonProject", words: list[str]) -> frozenset[str]:
    """The modules that a command loads: the one that it names, and everything imported from there."""
    required = _required(project)
    own = {_dotted(path): path for path in required}
    named = {word.split(":")[0] for word in words}
    seeds = [path for path in required if path in named or {module_name(project, path), _dotted(path)} & named]
    return frozenset(_followed(required, own, dict.fromkeys(seeds)))


def loaded_by(project: "PythonProject", path: str) -> list[str]:
    """The modules that one of the project's modules loads, including itself; none if it can't be read."""
    required = _required(project)
    if path not in required:
        return []
    return _followed(required, {_dotted(path): path for path in required}, {path: None})


def _required(project: "PythonProject") -> dict[str, list[Imported]]:
    cached: dict[str, list[Imported]] | None = getattr(project, "_required", None)
    if cached is None:
        cached = {path: required_imports(module) for path, module in modules(project)}
        project._required = cached  # type: ignore[attr-defined]
    return cached


def _reached(project: "PythonProject", required: dict[str, list[Imported]], own: dict[str, str]) -> list[str]:
    """The modules reached from possible starts: files with usual names, and console scripts."""
    scripts = {value.split(":")[0] for value in project.scripts.values()}
    seeds = [path for path in required if path.rsplit("/", 1)[-1] in NAMES or _dotted(path) in scripts]
    seeds += [path for path in required if "/" not in path and path not in seeds]
    return _followed(required, own, dict.fromkeys(seeds or required))


def _followed(required: dict[str, list[Imported]], own: dict[str, str], queue: dict[str, None]) -> list[str]:
    """Modules with the project's modules that they import, directly or not."""
    order = list(queue)
    for path in order:
        package = _dotted(path).split(".")
        package = package if path.endswith("__init__.py") else package[:-1]
        for item in required[path]:
            base = package[: len(package) - item.level + 1] if item.level else []
            for name in {".".join([*base, item.name]), ".".join([*package, item.name])}:
                other = own.get(name)
                if other is not None and other not in queue:
                    queue[other] = None
                    order.append(other)
    return order


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
