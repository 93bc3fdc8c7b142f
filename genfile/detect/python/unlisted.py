"""The imports of a project without a dependency list: the only evidence of what must be installed."""

import ast
import posixpath
import sys
from collections.abc import Container, Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from genfile.data import backing_services, frameworks, import_names, load_table, system_packages
from genfile.detect.committed import in_git
from genfile.detect.python.application import modules
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.imports import drivers, loaded_by
from genfile.detect.python.removed import held
from genfile.detect.python.told import told_installs, told_names
from genfile.evidence import About, Draft, Evidence, Fact, Topic
from genfile.parsers.pyimports import required_imports
from genfile.parsers.python import PyModule
from genfile.parsers.requirements import normalise

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject


def imported(project: "PythonProject", only: Container[str] | None = None) -> dict[str, Dependency]:
    """The distributions to install, by name: those that people are told to install by hand, those that provide what the
    modules import, and the drivers of the databases that they name. The latter two only if genfile's data or the
    README names them, since a name derived from a module's may be anybody's package.

    ``only``: the paths of the modules to read; all of them if None.
    """
    from packaging.requirements import Requirement

    found: dict[str, Dependency] = {}
    for text, says in told_installs(project):
        written = Requirement(text)
        item = Dependency(normalise(written.name), tuple(sorted(written.extras)), str(written.specifier), says)
        found.setdefault(item.name, item)
    needed = {need.module: need.evidence for need in drivers(project)}
    told = told_names(project)
    for module, says in (_foreign(project, only) | needed).items():
        name = _distribution(module) or (normalise(module) if normalise(module) in told else None)
        if name is not None and not found.keys() & {*import_names().get(module, ()), normalise(module)}:
            found.setdefault(name, Dependency(name, (), "", says))
    for name, range_ in held(project).items():
        if name in found and not found[name].specifier:
            found[name] = replace(found[name], specifier=range_.specifier)
    return found


def unknown(project: "PythonProject", only: Container[str] | None = None) -> dict[str, Evidence]:
    """The third-party modules that no known distribution provides, each with where it is imported."""
    from packaging.requirements import Requirement

    listed = {normalise(Requirement(text).name) for text, _ in told_installs(project)} | told_names(project).keys()
    foreign = _foreign(project, only).items()
    return {name: says for name, says in foreign if _distribution(name) is None and normalise(name) not in listed}


def uses_others(project: "PythonProject", path: str) -> bool:
    """Whether a program loads a third-party module."""
    return bool(_foreign(project, loaded_by(project, path)))


def _foreign(project: "PythonProject", only: Container[str] | None = None) -> dict[str, Evidence]:
    """The modules that are imported unconditionally and are neither the project's own nor in the standard library."""
    listed = modules(project)
    own = {part for path, _ in listed for part in path.removesuffix(".py").split("/")}
    found: dict[str, Evidence] = {}
    for path, parsed in listed:
        named = [(name, line) for name, line in django_applications(parsed)] if only is None or path in only else []
        named += _inside(parsed) if only is None or path in only else ()
        named += [
            (item.name, item.line)
            for item in required_imports(parsed)
            if not item.level and (only is None or path in only)
        ]
        for name, line in named:
            root = name.split(".")[0]
            if root in _NAMESPACES:
                found.setdefault(root_of(name), project.folder.says(path, line, f"import {name}"))
            elif root not in own and root not in sys.stdlib_module_names and root.isascii():
                found.setdefault(root, project.folder.says(path, line, f"import {root}"))
    return found


# Namespace packages that many distributions put their modules into.
_NAMESPACES = ("google", "azure")


def root_of(name: str) -> str:
    """The part of a dotted name that a distribution provides: the first, or, in a namespace of many, the longest known
    beginning."""
    parts = name.split(".")
    if parts[0] not in _NAMESPACES:
        return parts[0]
    beginnings = [".".join(parts[:count]) for count in range(min(len(parts), 4), 1, -1)]
    return next((item for item in beginnings if _distribution(item) is not None), parts[0])


def django_applications(module: PyModule) -> Iterator[tuple[str, int]]:
    """The modules that Django's settings make it import: the applications, the middleware, each backend."""
    if module.line_of("INSTALLED_APPS") is None:
        return
    for name in ("INSTALLED_APPS", "MIDDLEWARE"):
        value = module.setting(name)
        for item in value if isinstance(value, list) else ():
            if isinstance(item, str):
                yield item, module.line_of(name) or 1
    for node in module.of(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in ("BACKEND", "ENGINE") and isinstance(value, ast.Constant):
                yield str(value.value), value.lineno


def _inside(module: PyModule) -> list[tuple[str, int]]:
    """The modules that the called classes and functions load by themselves: Django's image field loads Pillow."""
    known = import_names("inside")
    return [(name, call.line) for call in module.calls for name in known.get(call.callee, ())]


def _distribution(module: str) -> str | None:
    return next(iter(distributions_of(module)), None)


def distributions_of(module: str) -> tuple[str, ...]:
    """The distributions that provide a module, according to the data; the first is the usual one."""
    by_name = import_names().get(module) or _by_framework().get(module)
    name = normalise(module)
    return by_name or ((name,) if name in _known() else ())


@cache
def _by_framework() -> dict[str, tuple[str, ...]]:
    """The distributions of each framework, by the modules that it is imported as."""
    found: dict[str, tuple[str, ...]] = {}
    for item in frameworks("python"):
        roots = {name.split(".")[0] for name in (item.object or item.name, *item.imports)}
        for root in sorted(roots):
            # Of several distributions that are imported by different names, the one with this name.
            own = tuple(name for name in item.dependencies if name == normalise(root))
            found.setdefault(root, own or item.dependencies)
    return found


@cache
def _known() -> frozenset[str]:
    """The distributions that the data says anything about."""
    tables = (load_table("pins")["python"], load_table("wheels")["python"], system_packages("pypi"))
    named = load_table("distributions")["itself"].split()
    services = [name for item in backing_services().values() for name in item.pypi]
    brought = [name for names in import_names().values() for name in names]
    return frozenset([*named, *services, *brought, *(name for table in tables for name in table)])


def put_imported(project: "PythonProject", draft: Draft) -> None:
    """Put what the code imports into /extra_packages if there is no list, and warn of it; warn of modules that version
    control leaves out."""
    only = _started(project, draft)
    found = project.imported if only is None else imported(project, only)
    names = sorted(found if not project.has_manifest else ())
    for name, where in unknown(project, only).items():
        about = None
        # With a list, the package may have any name.
        text = "no dependency list says which package provides it; add that package to a requirements.txt"
        if in_git(project.folder.tree, project.folder.full(f"{name}.py")) is False:
            text = f"{name}.py is not in version control; add it before you build the image"
            about = About(Topic.FAILS)
        elif name in (declared := _declared_apps(project)):
            text = f"{declared[name]} declares this app, which is not in the tree; add its folder"
            about = About(Topic.FAILS)
        elif project.has_manifest:
            continue
        draft.note("warning", f"{where}: {text}", where.path, where.line, about)
    if not names:
        return
    says = found[names[0]].evidence
    texts = [_written(found[name]) for name in names]
    draft.put("extra_packages", Fact([*texts, *draft.values.get("extra_packages", [])], (says,), guess=True))
    newest = ", ".join(text for name, text in zip(names, texts, strict=True) if not found[name].specifier)
    listed = [text for name, text in zip(names, texts, strict=True) if found[name].specifier]
    listed += [f"the newest {newest}"] if newest else []
    text = f"no dependency list found; the image installs {', '.join(listed)}. Add a requirements.txt"
    draft.note("warning", text, says.path, says.line)


def _declared_apps(project: "PythonProject") -> dict[str, str]:
    """The applications of Django that an apps.py declares, each with its path."""
    return {
        node.value.value: path
        for path, module in modules(project)
        if posixpath.basename(path) == "apps.py"
        for node in module.of(ast.Assign)
        if [getattr(target, "id", "") for target in node.targets] == ["name"]
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _written(item: Dependency) -> str:
    """A dependency as a requirement in pip's syntax."""
    return f"{item.name}{'[' + ','.join(item.extras) + ']' if item.extras else ''}{item.specifier}"


def _started(project: "PythonProject", draft: Draft) -> set[str] | None:
    """The modules that a draft's commands load, if all of them run a file; else None, since any may be loaded."""
    commands = [draft.values.get("start", []), *draft.values.get("processes", {}).values()]
    files = [words[1] for words in commands if words[:1] in (["python"], ["python3"]) and words[1:2] != ["-m"]]
    if draft.values.get("framework") == "django" or len(files) < len(commands):
        return None
    return {path for file in files for path in loaded_by(project, file)} or None
