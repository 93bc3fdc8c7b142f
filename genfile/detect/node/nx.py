"""Nx: a project's build target, in project.json, package.json, or added by a plug-in, and its output."""

import posixpath
import shlex
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.node.manifest import FILE, read_package
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers import Document
from genfile.parsers.javascript import JsModule, parse_javascript, parse_typescript
from genfile.parsers.tsoutput import inside

PROJECT = "project.json"
# Executors that build a Node program; the last part of the name is the bundler.
_SERVERS = frozenset(
    """
    @nx/esbuild:esbuild @nx/webpack:webpack @nx/rspack:rspack @nx/node:build @nx/js:tsc @nx/js:swc @nx/vite:build
    @nrwl/node:webpack @nrwl/node:build @nrwl/webpack:webpack @nrwl/esbuild:esbuild @nrwl/js:tsc @nx/nest:build
    """.split()
)
_PLUGINS = ("NxAppWebpackPlugin", "NxWebpackPlugin", "NxAppRspackPlugin")


class NxBuild(Struct, frozen=True):
    """What builds a project, and what starts afterwards; paths are relative to the inspected root."""

    name: str
    configuration: str | None
    output: str
    entry: str
    main: str
    says: Evidence

    @property
    def command(self) -> str:
        return nx_command(self.name, self.configuration)


def nx_command(name: str, configuration: str | None, target: str = "build") -> str:
    """The command that builds a project, for production where its default is another configuration."""
    words = f"nx build {shlex.quote(name)}" if target == "build" else f"nx run {shlex.quote(f'{name}:{target}')}"
    return f"{words} --configuration={configuration}" if configuration else words


def nx_root(project: Project) -> Project | None:
    """The nearest folder with nx.json, this one or above."""
    place: Project | None = project
    while place is not None and not place.has("nx.json"):
        place = place.parent()
    return place


def nx_build(project: Project) -> NxBuild | None:
    """The program that Nx builds from a project; None if it builds none for Node."""
    root = nx_root(project)
    # A workspace can itself be one project.
    if root is None or (root.path == project.path and not project.has(PROJECT)):
        return None
    for file, document, above in targets(project):
        target = (*above, "targets", "build")
        options = (*target, "options")
        name = document.text(*above, "name") or document.text("name") or project.folder_name
        kept = kept_configuration(document, target)
        executor = document.text(*target, "executor") or ""
        says = project.says(file, document.line(*target), f"target build: {executor or 'by a plug-in'}")
        main = document.text(*options, "main")
        output = document.text(*options, "outputPath")
        if executor in _SERVERS and output and main and not is_page(document, target):
            place = inside(root.path, filled(output, project, root))
            source = inside(root.path, filled(main, project, root))
            named = document.text(*options, "outputFileName") or posixpath.basename(main).rsplit(".", 1)[0] + ".js"
            deep = _deep(project, source or "") if executor.endswith((":tsc", ":swc")) else ""
            if place and source:
                return NxBuild(name, kept, place, posixpath.join(place, deep, named), source, says)
        command = document.text(*options, "command") or ""
        if not executor or any(word in command for word in ("webpack", "rspack")):
            found = _bundled(project, name, kept, says)
            if found is not None:
                return found
    return None


def targets(project: Project) -> Iterator[tuple[str, Document, tuple[str, ...]]]:
    """The files that name targets of a project: each with what it says, and the keys above `targets`."""
    if project.has(PROJECT) and (document := project.json(PROJECT)) is not None:
        yield PROJECT, document, ()
    package = read_package(project)
    if package is not None and package.document.table("nx"):
        yield FILE, package.document, ("nx",)


def kept_configuration(document: Document, target: tuple[str, ...]) -> str | None:
    """The configuration that a build has to name: the one for production, where it is not the default."""
    known = "production" in document.table(*target, "configurations")
    return "production" if known and document.text(*target, "defaultConfiguration") != "production" else None


def is_page(document: Document, target: tuple[str, ...]) -> bool:
    """Whether a bundler makes what browsers load: it is given a page, or told so."""
    options = (*target, "options")
    return bool(document.text(*options, "index")) or document.text(*options, "target") in ("web", "webworker")


def filled(path: str, project: Project, root: Project) -> str:
    """A path of a target with the names that Nx fills in."""
    inner = (project.path.removeprefix(f"{root.path}/") if root.path else project.path) or "."
    return path.replace("{projectRoot}", inner).replace("{workspaceRoot}/", "").replace("{projectName}", inner)


def _deep(project: Project, main: str) -> str:
    """The folder of the entry for compilers that keep the project's layout: src for apps/api/src/main.ts."""
    top = f"{project.path}/" if project.path else ""
    return posixpath.dirname(main.removeprefix(top)) if main.startswith(top) else ""


def _bundled(project: Project, name: str, configuration: str | None, says: Evidence) -> NxBuild | None:
    """A webpack.config with Nx's plug-in for Node programs: `output.path` and `main`."""
    for file in ("webpack.config.js", "webpack.config.cjs", "webpack.config.ts", "rspack.config.js"):
        module = _module(project, file)
        calls = module.calls if module is not None else ()
        options = next((call.arguments[0] for call in calls if _is_plugin(call.callee, call.arguments)), None)
        config = module.default_export if module is not None else None
        if not isinstance(options, dict) or options.get("target", "node") != "node":
            continue
        output = config.get("output") if isinstance(config, dict) else None
        path = output.get("path") if isinstance(output, dict) else None
        place = inside(project.path, path if isinstance(path, str) else "dist")
        main = options.get("main")
        source = inside(project.path, main if isinstance(main, str) else "src/main.ts")
        if place and source:
            return NxBuild(name, configuration, place, f"{place}/main.js", source, says)
    return None


def _is_plugin(callee: str, arguments: tuple[object, ...]) -> bool:
    return callee.rsplit(".", 1)[-1] in _PLUGINS and bool(arguments)


def _module(project: Project, file: str) -> JsModule | None:
    if not project.has(file):
        return None
    return project.parse(parse_typescript if file.endswith("ts") else parse_javascript, file)
