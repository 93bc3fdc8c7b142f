"""Which names that Nest's ConfigService is asked for are variables, and which are keys of the program's settings."""

import posixpath
from collections.abc import Iterator

from genfile.detect.code import parse_code
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.parsers.javascript import JsModule, parse_javascript, parse_typescript
from genfile.parsers.jsconfigured import LoadedSettings

_ENTRIES = tuple(f"{stem}.{ending}" for stem in ("main", "index", "app", "server") for ending in ("ts", "js"))
MAX_FILES = 400
MAX_FACTORIES = 100


def is_configured(project: NodeProject, origin: str, key: str) -> bool:
    """Whether a name that a module's ConfigService is asked for is a variable. A name in capitals is one unless the
    settings have it; another one only where all keys of the settings are known."""
    entry = _entry(project, origin)
    loaded = project.folder.tree.once(("node-configured", project.folder.full(entry)), lambda: _loaded(project, entry))
    return key not in loaded.keys and (loaded.whole or key.isupper())


def _entry(project: NodeProject, origin: str) -> str:
    """The file that starts the program of a module: the nearest one of a usual name, from its folder upwards."""
    folder = posixpath.dirname(origin)
    while True:
        found = (posixpath.join(folder, name) for name in _ENTRIES)
        entry = next((name for name in found if project.folder.has(name)), None)
        if entry is not None or not folder:
            return entry or origin
        folder = posixpath.dirname(folder)


def _module(project: NodeProject, name: str) -> JsModule | None:
    return parse_code(project.folder, parse_typescript if name.endswith("ts") else parse_javascript, name)


def _modules(project: NodeProject, entry: str) -> Iterator[tuple[str, JsModule]]:
    queue, seen = [entry], {entry}
    for number, name in enumerate(queue):
        module = _module(project, name) if number < MAX_FILES else None
        if module is None:
            continue
        yield name, module
        for item in module.imports:
            target = resolve_import(project, name, item.module)
            if target is not None and target not in seen and target.endswith(("ts", "js")):
                seen.add(target)
                queue.append(target)


def _loaded(project: NodeProject, entry: str) -> LoadedSettings:
    """The keys of everything that a program loads into its ConfigService; not whole if it is not seen to make one."""
    keys: set[str] = set()
    found = [(name, item) for name, module in _modules(project, entry) for item in module.settings_loaded]
    whole = bool(found)
    for number, (name, item) in enumerate(found):
        keys |= item.keys
        whole = whole and item.whole and number < MAX_FACTORIES
        for source, exported in item.elsewhere if number < MAX_FACTORIES else ():
            target = resolve_import(project, name, source)
            module = _module(project, target) if target is not None else None
            if module is None or target is None:
                whole = False
            else:
                found.append((target, module.loaded_by(exported)))
    return LoadedSettings(frozenset(keys), whole=whole)
