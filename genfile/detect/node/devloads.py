"""Development dependencies that the program itself loads, so it would not start without them."""

import posixpath
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from genfile.detect.node.bundled import left_outside
from genfile.detect.node.compiled import compiled
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import package_of
from genfile.detect.node.nest import applications
from genfile.detect.node.sources import source_files
from genfile.evidence import Fact

_EVERY = ("*",)


def loaded_dev_dependency(project: NodeProject, start: Sequence[str]) -> Fact[str] | None:
    """The first development dependency that the started file, or a module that it imports, loads at its top level.

    A bundle loads only the packages that the bundler is told to leave out of it.
    """
    package = project.package
    only_dev = package.dev_dependencies.keys() - package.dependencies.keys()
    outside = _outside(project, start) if only_dev else ()
    only_dev = {name for name in only_dev if any(fnmatchcase(name, pattern) for pattern in outside)}
    if not only_dev:
        return None
    for name, module in source_files(project, tuple(start)):
        for item in module.loads:
            if (found := package_of(item.module)) in only_dev:
                return Fact(found, (project.folder.says(name, item.line, f"loads {found}"),))
        for call in module.calls:
            for target in _targets(call.arguments):
                if (found := package_of(target)) in only_dev:
                    return Fact(found, (project.folder.says(name, call.line, f"a target of {call.callee} is {found}"),))
    return None


def loaded_by_config(project: NodeProject, names: Sequence[str]) -> Fact[str] | None:
    """The first development dependency that the configuration of a framework's server loads when that starts."""
    produced = {name for package in project.packages for name in package.dependencies}
    only_dev = {name for package in project.packages for name in package.dev_dependencies} - produced
    for config in names if only_dev else ():
        for name, module in source_files(project, ("", config)):
            for item in module.loads:
                if (found := package_of(item.module)) in only_dev:
                    return Fact(found, (project.folder.says(name, item.line, f"loads {found}"),))
    return None


def _targets(value: object, below: bool = False) -> Iterator[str]:
    """The modules that pino loads by name for its transports. Source: getpino.io, transports."""
    if isinstance(value, dict):
        target = value.get("target")
        if below and isinstance(target, str):
            yield target
        for key, item in value.items():
            yield from _targets(item, below or key == "transport")
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _targets(item, below)


def _outside(project: NodeProject, start: Sequence[str]) -> tuple[str, ...]:
    """The packages, as esbuild names them, that the started file does not contain: all of them unless it is a
    bundle."""
    made = compiled(project)
    # Nest's own webpack does not bundle packages.
    apps = {app.output for app in applications(project)}
    for word in start[1:]:
        path = posixpath.normpath(word)
        names = (path, f"{path}.js", f"{path}/index.js")
        if apps.intersection(names):
            return _EVERY
        if any(project.folder.has(name) for name in names if not name.startswith(("..", "/"))):
            return _EVERY
        if made is not None and any(made.source_of(name) is not None for name in names):
            return _EVERY
        if left := next((left for name in names if (left := left_outside(project, name))), ()):
            return left
    return ()
