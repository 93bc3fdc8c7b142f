"""What a package refers to outside its own folder: modules, configuration, script arguments, files that it reads."""

import posixpath
from collections.abc import Iterator
from typing import Any

from genfile.detect.node.configs import build_configs, build_steps
from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, LIFECYCLE
from genfile.detect.node.scripts import ScriptStep, resolve
from genfile.detect.node.sources import source_files
from genfile.detect.outside import OutsidePath, put_outside
from genfile.detect.tree import Project
from genfile.evidence import Draft
from genfile.parsers.javascript import JsModule

MAX_FILES = 120
MAX_EXTENDS = 8
# Entry points of the pages of a browser application.
_PAGES = tuple(
    f"{folder}{stem}{ending}"
    for folder in ("src/", "app/", "src/app/", "")
    for stem in ("main", "index", "App", "app", "layout", "page")
    for ending in (".tsx", ".jsx", ".ts", ".js")
)


def put_references(project: NodeProject, draft: Draft) -> None:
    """Put /beside for a package; the root of a tree, or of a workspace there, has nothing outside."""
    if project.root.path:
        put_outside(project.root, draft, _references(project, draft))


def _references(project: NodeProject, draft: Draft) -> Iterator[OutsidePath]:
    built = bool(draft.values.get("build"))
    start = tuple(draft.values.get("start", ()))
    yield from _of_dependencies(project)
    if built:
        yield from _of_settings(project)
        for name, module in build_configs(project):
            yield from _of_paths(project, name, module, runs=False)
        yield from _of_steps(project, build_steps(project), runs=False)
    for name in LIFECYCLE:
        yield from _of_steps(project, resolve(project.package, name) or (), runs=False)
    if start:
        yield from _of_steps(project, (ScriptStep(start, {}, "start"),), runs=True)
    sources = _sources(project, start)
    for name, module in sources:
        yield from _of_paths(project, name, module, runs=True) if start else ()
    yield from _of_imports(project, sources, runs=not built)


def _sources(project: NodeProject, start: tuple[str, ...]) -> list[tuple[str, JsModule]]:
    if start:
        return source_files(project, start)
    page = next((name for name in _PAGES if project.folder.has(name)), None)
    return source_files(project, ("", page)) if page is not None else []


def _of_dependencies(project: NodeProject) -> Iterator[OutsidePath]:
    """Packages named by their folder: `file:../shared`, `link:../shared`."""
    for name, text in project.package.every_dependency.items():
        kind, sign, path = text.partition(":")
        if sign and kind in ("file", "link", "portal") and path.startswith(".."):
            yield OutsidePath(project.folder.full(path), project.package.depends(name), runs=True)


def _of_settings(project: NodeProject) -> Iterator[OutsidePath]:
    """The files that tsconfig.json extends, and the paths that it names."""
    folder = project.folder
    for start in sorted(name for name in folder.names() if name.startswith("tsconfig") and name.endswith(".json")):
        name: str | None = start
        for _ in range(MAX_EXTENDS):
            document = folder.jsonc(name) if name is not None and folder.has(name) else None
            if name is None or document is None or not isinstance(document.value, dict):
                break
            base = posixpath.dirname(name)
            parent = document.text("extends")
            name = None
            for text in _texts(document.value):
                if text.startswith(".."):
                    path = posixpath.join(base, text.partition("*")[0])
                    yield OutsidePath(folder.full(path), folder.says(start, 1, text), runs=False)
            if parent and parent.startswith("."):
                name = posixpath.normpath(posixpath.join(base, parent))
                name = name if name.endswith(".json") else f"{name}.json"
                yield OutsidePath(folder.full(name), folder.says(start, 1, f"extends is {parent}"), runs=False)


def _texts(value: dict[str, Any]) -> Iterator[str]:
    """The inputs in a tsconfig.json."""
    options = value.get("compilerOptions")
    table = options if isinstance(options, dict) else {}
    paths = table.get("paths")
    listed = [value.get("include"), value.get("files"), table.get("rootDirs"), table.get("typeRoots")]
    listed += list(paths.values()) if isinstance(paths, dict) else []
    references = value.get("references")
    listed.append(
        [item.get("path") for item in references if isinstance(item, dict)] if isinstance(references, list) else []
    )
    yield from (text for items in listed if isinstance(items, list) for text in items if isinstance(text, str))


def _of_paths(project: NodeProject, name: str, module: JsModule, *, runs: bool) -> Iterator[OutsidePath]:
    """Paths in a module that lead out of the package, relative to the module or to the package."""
    folder = project.folder
    for text, line in module.paths:
        if not text.startswith("..") or "\0" in text or "$" in text:
            continue
        for base in dict.fromkeys((posixpath.dirname(name), "")):
            yield OutsidePath(folder.full(posixpath.join(base, text)), folder.says(name, line, text), runs)


def _of_steps(
    project: NodeProject, steps: Iterator[ScriptStep] | tuple[ScriptStep, ...] | list[ScriptStep], *, runs: bool
) -> Iterator[OutsidePath]:
    """Words of commands that are paths: `node ../scripts/version.js`, `tsc -p ../tsconfig.json`."""
    folder = project.folder
    for step in steps:
        for word in step.words:
            path = word.rpartition("=")[2]
            if path.startswith("../") or (step.folder.startswith("..") and not path.startswith("-")):
                says = folder.says(FILE, project.package.document.line("scripts", step.script), " ".join(step.words))
                yield OutsidePath(folder.full(posixpath.join(step.folder, path)), says, runs)


def _of_imports(project: NodeProject, sources: list[tuple[str, JsModule]], *, runs: bool) -> Iterator[OutsidePath]:
    """Modules imported from outside, and their own imports; bounded."""
    whole = NodeProject(Project(project.folder.tree, ""), project.package, None)
    queue = [(project.folder.full(name), module) for name, module in sources]
    seen = {name for name, _ in queue}
    for origin, module in queue:
        for item in module.imports:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), item.module))
            if not item.module.startswith("..") or path.startswith(".."):
                continue
            target = _file(whole.folder, path)
            if target is None or target in seen or len(seen) > MAX_FILES:
                continue
            seen.add(target)
            yield OutsidePath(target, whole.folder.says(origin, None, item.module), runs)
            inner = read_module(whole, target)
            if inner is not None:
                queue.append((target, inner))


_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json")


def _file(whole: Project, path: str) -> str | None:
    """The file that an import means, with or without its extension, or with the output's."""
    stem = path[:-3] if path.endswith(".js") else path
    names = [path, *(base + end for base in (path, f"{path}/index", stem) for end in _ENDINGS)]
    return next((name for name in names if whole.has(name)), None)
