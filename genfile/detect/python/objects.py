"""The application object or its factory, by the call that creates it."""

import posixpath
from collections.abc import Callable

from msgspec.structs import replace

from genfile.data import Framework
from genfile.detect.python.application import NAMES, Application, import_root, module_name, modules
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.mounts import mounted, wholes
from genfile.detect.python.reach import made_by
from genfile.detect.python.told import told
from genfile.evidence import Fact
from genfile.parsers.pyentry import adds_to, run_as
from genfile.parsers.python import Assignment, PyModule, PythonFunction

# How many times more modules must depend on another application for it to replace the first one.
AHEAD = 2
# The share of a script's modules that another application must load to count as the same one.
SHARED = 0.9


def _is_served(project: PythonProject, path: str) -> bool:
    """Whether a server can import a file: its name is made of identifiers, it is not a script of its own, and no
    package beside it has its name, which Python would import instead."""
    name = module_name(project, path)
    if project.folder.has(f"{path.removesuffix('.py')}/__init__.py"):
        return False
    return all(part.isidentifier() for part in name.split(".")) and "scripts" not in path.split("/")[:-1]


def find_application(project: PythonProject, framework: Framework) -> Fact[Application] | None:
    """The framework's object or factory: an assignment first, then a function that creates and returns one."""
    made = framework.object
    if made is None:
        return None
    short = made.rsplit(".", 1)[-1]
    root = made.split(".")[0]

    def is_own(callee: str) -> bool:
        return callee == made or (callee.split(".")[0] == root and callee.rsplit(".", 1)[-1] == short)

    # A project class derived from the framework's.
    derived = {
        name for _, module in modules(project) for name, bases in module.classes.items() if any(map(is_own, bases))
    }

    def is_made(callee: str | None) -> bool:
        return callee is not None and (is_own(callee) or callee.rsplit(".", 1)[-1] in derived)

    makers = _makers(project, is_made)
    factories = [(path, function.name, function.line) for path, function in makers if function.required == 0]
    # Of several, the one named after what it creates.
    factories.sort(key=lambda item: "app" not in item[1].lower())
    names = {function.name for _, function in makers}

    def is_whole(callee: str | None) -> bool:
        # `app = create_app()` in wsgi.py is as good as the object itself.
        return is_made(callee) or (callee is not None and callee.rsplit(".", 1)[-1] in names)

    listed = ((path, _offered(module, is_whole)) for path, module in modules(project) if _is_served(project, path))
    objects = {path: item for path, item in listed if item is not None}
    if objects:
        return _object(project, framework, objects)
    for path, name, line in factories:
        found = Application(path, module_name(project, path), name, factory=True, root=import_root(project, path))
        return project.folder.fact(found, path, line, f"{name}() returns {short}")
    return None


def _offered(module: PyModule, is_whole: Callable[[str | None], bool]) -> Assignment | None:
    """The application that a module offers: the first that is not part of another."""
    own = [item for item in module.assignments if not item.guarded and is_whole(item.callee)]
    parts = mounted(module) if len(own) > 1 else ()
    return next((item for item in own if item.name not in parts), own[0] if own else None)


def _object(project: PythonProject, framework: Framework, objects: dict[str, Assignment]) -> Fact[Application]:
    """The chosen application of several, and the reason if it is not simply the first."""
    first = next(iter(objects))
    path, why = _weightiest(project, objects, framework.object or "") if len(objects) > 1 else (first, "")
    larger = _larger(project, framework, path)
    if larger is not None:
        return larger
    item, module = objects[path], dict(modules(project))[path]
    name = f"{item.name}.{framework.attribute}" if framework.attribute else item.name
    if framework.attribute and any(other.name == framework.attribute for other in module.assignments):
        name = framework.attribute
    found = Application(
        path,
        module_name(project, path),
        name,
        root=import_root(project, path),
        asgi=".asgi." in (item.callee or ""),
    )
    entry = _entry(project, found)
    if entry is not None:
        return entry
    fact = project.folder.fact(found, path, item.line, f"{item.name} = {item.callee}(…)")
    return Fact(found, (*fact.evidence, project.folder.says(path, item.line, why))) if why else fact


def _entry(project: PythonProject, application: Application) -> Fact[Application] | None:
    """The module that is run for another module's application, if importing it does more: it creates tables, or adds
    routes. A server that imports only the other would miss that."""
    for path, module in modules(project):
        reference = f"{module_name(project, application.file, path)}.{application.name}"
        name = run_as(module, reference) if path != application.file and _is_served(project, path) else None
        line = adds_to(module, reference) if name is not None else None
        if name is not None and line is not None:
            found = replace(application, file=path, module=module_name(project, path), name=name)
            found = replace(found, root=import_root(project, path) or application.root)
            return project.folder.fact(found, path, line, f"it runs {reference}, and does more for it")
    return None


def _larger(project: PythonProject, framework: Framework, path: str) -> Fact[Application] | None:
    """What combines a file's application with others, there or in a module that loads it: that is served."""
    for other, module in modules(project) if framework.interface and not framework.attribute else ():
        found = [item for item in wholes(module, framework.interface or "") if item.callee != framework.object]
        if not found or not _is_served(project, other) or path not in loaded_by(project, other):
            continue
        item = found[-1]
        value = Application(other, module_name(project, other), item.name, root=import_root(project, other))
        return project.folder.fact(value, other, item.line, f"{item.name} = {item.callee}(…)")
    return None


def _weightiest(project: PythonProject, objects: dict[str, Assignment], made: str) -> tuple[str, str]:
    """The file, of several, with the project's application, and why it is not the first.

    It is the one that far more of the project's modules depend on; or, instead of a script with its own name, the one
    with a usual name that loads the same modules.
    """
    paths, made = list(objects), made.rsplit(".", 1)[-1]
    loaded = {path: set(loaded_by(project, path)) for path in paths}
    for item in (item for item in told(project) if item.serves):
        if item.path in objects and item.path != paths[0]:
            return item.path, f"{item.says.path} refers to it: {item.says.says}"
        if item.path in objects:
            return item.path, ""
    first, largest = paths[0], max(paths, key=lambda path: len(loaded[path]))
    if len(loaded[largest]) > AHEAD * len(loaded[first]):
        return largest, f"{len(loaded[largest])} modules depend on it, {len(loaded[first])} on {first}"
    if posixpath.basename(first) in NAMES:
        return first, ""
    for path in paths[1:]:
        # What the script creates again may contain the other as a part.
        part = path in loaded[first] and (objects[first].callee or "").rsplit(".", 1)[-1] == made
        shared = len(loaded[path] & loaded[first]) > SHARED * (len(loaded[first]) - 1)
        if posixpath.basename(path) in NAMES and shared and not part:
            return path, f"{first} loads the same modules under another name"
    return first, ""


def _makers(project: PythonProject, is_made: Callable[[str | None], bool]) -> list[tuple[str, PythonFunction]]:
    """The functions that return an application, whatever their names: created there, or by another function."""
    found: list[tuple[str, PythonFunction]] = []
    for path, module in modules(project):
        for function in module.functions:
            named = not function.name.startswith(("_", "test"))
            if is_made(function.returns) or (named and is_made(made_by(project, path, function.name))):
                found.append((path, function))
    return found
