"""Plugins that @fastify/autoload registers: every file below a folder, with the names of its folders as prefix. Source:
the package's README."""

import posixpath
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.parsers.javascript import JsModule
from genfile.parsers.jscontrollers import JsDecorator

_PACKAGES = ("@fastify/autoload", "fastify-autoload")
_ENDINGS = (".js", ".cjs", ".mjs", ".ts", ".mts")
_TESTS = (".test", ".spec", ".d")
MAX_FILES = 60
MAX_DEPTH = 6


class Autoload(Struct, frozen=True):
    """One call: what the plugins are registered on, and the files with their prefixes (None if unknown)."""

    owner: str
    files: tuple[tuple[str, str | None], ...]


def autoloads(project: NodeProject, name: str, module: JsModule) -> Iterator[Autoload]:
    """The calls of a module that register all files of a folder."""
    if not any(item.module in _PACKAGES for item in module.imports):
        return
    for call in module.routed:
        if call.method != "register" or not call.given:
            continue
        first = call.given[0]
        package = first.module or module.bindings.get(first.name or "", ("", ""))[0]
        at_line = (given for line, given in module.given_to("register") if line == call.line and len(given) > 1)
        options = next((given[1] for given in at_line), None)
        if package in _PACKAGES and options is not None:
            yield Autoload(call.owner, tuple(_files(project, name, options)))


def _files(project: NodeProject, name: str, options: JsDecorator) -> Iterator[tuple[str, str | None]]:
    """The files in the folder that the options name, each with its prefix."""
    given = options.value if isinstance(options.value, dict) else {}
    place = given.get("dir")
    if not isinstance(place, str) or place.startswith("/"):
        return
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(name), place))
    if folder.startswith("..") or not project.folder.has_folder(folder):
        return
    inner = given.get("options")
    prefix = (inner.get("prefix", "") if isinstance(inner, dict) else "") or given.get("prefix", "")
    by_folder = given.get("dirNameRoutePrefix", True) is True
    for _, path in zip(range(MAX_FILES), _sources(project, folder), strict=False):
        below = posixpath.relpath(posixpath.dirname(path), folder)
        own = f"/{below}" if by_folder and below != "." else ""
        module = read_module(project, path)
        known = isinstance(prefix, str) and "_" not in own and module is not None and not _says_prefix(module)
        yield path, f"{prefix.rstrip('/')}{own}" if known else None


def _sources(project: NodeProject, folder: str) -> Iterator[str]:
    """The files that are loaded: in a folder with an index file, that file alone."""
    paths = [
        path
        for path in sorted(project.folder.files("*", below=folder, depth=MAX_DEPTH))
        if path.endswith(_ENDINGS) and not posixpath.splitext(path)[0].endswith(_TESTS)
    ]
    indexed = {posixpath.dirname(path) for path in paths if posixpath.basename(path).startswith("index.")}
    for path in paths:
        if posixpath.dirname(path) not in indexed or posixpath.basename(path).startswith("index."):
            yield path


def _says_prefix(module: JsModule) -> bool:
    """Whether a plugin names its own prefix: `autoPrefix`, `prefixOverride`."""
    return not {"autoPrefix", "prefixOverride"}.isdisjoint(module.exports)
