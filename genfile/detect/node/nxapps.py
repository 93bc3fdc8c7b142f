"""Nx: the front ends, and the servers of frameworks, that it builds without a manifest of their own."""

from msgspec import Struct

from genfile.data import frameworks
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.node.nx import PROJECT, filled, is_page, kept_configuration, nx_build, nx_command, nx_root, targets
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers import Document
from genfile.parsers.tsoutput import inside

# The framework that an executor builds for, by the package that it comes from and by its name.
_EXECUTORS = {
    "next": ("nextjs", ("build",)),
    "vite": ("vite", ("build",)),
    "webpack": ("webpack", ("webpack",)),
    "web": ("webpack", ("webpack", "build", "rollup")),
    "rspack": ("webpack", ("rspack",)),
    "angular": ("angular", ("webpack-browser", "browser-esbuild", "application")),
    "build-angular": ("angular", ("browser", "browser-esbuild", "application")),
    "build": ("angular", ("application",)),
}
_SCOPES = ("@nx", "@nrwl", "@angular-devkit", "@angular")
# What a plug-in of nx.json makes a target of: the configuration beside the project.
_PLUGINS = {"next": ("nextjs", "next.config."), "vite": ("vite", "vite.config."), "webpack": ("webpack", "webpack.")}


class NxApp(Struct, frozen=True):
    """How Nx builds an application of a framework; the output is relative to the inspected root, None if unsaid."""

    framework: str
    command: str
    output: str | None
    says: Evidence


def nx_app(project: Project) -> NxApp | None:
    """The application of a framework that Nx builds of a folder with a project.json; None if it builds none."""
    return project.tree.once(("nx-app", project.path), lambda: _read_app(project))


def _read_app(project: Project) -> NxApp | None:
    root = nx_root(project)
    if root is None or not project.has(PROJECT) or nx_build(project) is not None:
        return None
    for file, document, above in targets(project):
        if document.text(*above, "projectType") == "library":
            return None
        name = document.text(*above, "name") or document.text("name") or project.folder_name
        target = (*above, "targets", "build")
        executor = document.text(*target, "executor") or ""
        framework = _framework(executor) or _by_command(document, target, project, root)
        if framework is not None and _is_app(document, target, project, framework):
            says = project.says(file, document.line(*target), f"target build: {executor or 'a command'}")
            command = nx_command(name, kept_configuration(document, target))
            return NxApp(framework, command, _output(document, target, project, root), says)
    return _by_plugin(project, root)


def _framework(executor: str) -> str | None:
    package, _, name = executor.partition(":")
    scope, _, owner = package.partition("/")
    framework, names = _EXECUTORS.get(owner, ("", ())) if scope in _SCOPES else ("", ())
    return framework if name in names else None


def _by_command(document: Document, target: tuple[str, ...], project: Project, root: Project) -> str | None:
    """The framework whose own build a target runs in the project's folder: `vite build`, with `cwd`."""
    options = (*target, "options")
    words = (document.text(*options, "command") or document.text(*target, "command") or "").split()
    place = document.text(*options, "cwd") or ""
    if not words or inside(root.path, filled(place, project, root)) != project.path:
        return None
    package = read_package(root)
    known = package.every_dependency if package is not None else {}
    built = (item for item in frameworks("node") if (item.build or "\0").split() == words[:2])
    return next((item.name for item in built if any(name in known for name in item.dependencies)), None)


def _is_app(document: Document, target: tuple[str, ...], project: Project, framework: str) -> bool:
    """Whether a target makes an application: a bundler makes libraries and programs as well."""
    if framework not in ("vite", "webpack"):
        return True
    return is_page(document, target) or project.has("index.html")


def _output(document: Document, target: tuple[str, ...], project: Project, root: Project) -> str | None:
    text = document.text(*target, "options", "outputPath")
    return inside(root.path, filled(text, project, root)) if text else None


def _by_plugin(project: Project, root: Project) -> NxApp | None:
    """A target that a plug-in of nx.json makes, by the name that its options give it."""
    document = root.jsonc("nx.json")
    plugins = document.get("plugins") if document is not None else None
    for item in plugins if isinstance(plugins, list) else ():
        plugin = item.get("plugin") if isinstance(item, dict) else item
        options = item.get("options") if isinstance(item, dict) else None
        owner = str(plugin).removesuffix("/plugin").rpartition("/")[2]
        framework, stem = _PLUGINS.get(owner, ("", "")) if str(plugin).startswith(("@nx/", "@nrwl/")) else ("", "")
        config = next((name for name in project.names() if stem and name.startswith(stem)), None)
        pages = framework == "nextjs" or project.has("index.html") or project.has("src/index.html")
        if config is not None and pages:
            target = options.get("buildTargetName", "build") if isinstance(options, dict) else "build"
            own = project.json(PROJECT)
            name = (own.text("name") if own is not None else None) or project.folder_name
            says = project.says(config, 1, f"the plug-in {plugin} builds it")
            return NxApp(framework, nx_command(name, None, str(target)), None, says)
    return None


def nx_package(project: Project) -> PackageJson | None:
    """The manifest of a project that lives by the root's: its own where that lists nothing, else the name of its
    project.json. None for a project that Nx does not build."""
    root = nx_root(project)
    above = read_package(root) if root is not None and root.path != project.path and project.has(PROJECT) else None
    if above is None or (nx_build(project) is None and nx_app(project) is None):
        return None
    if project.has(FILE):
        own = read_package(project)
        return own if own is not None and not own.every_dependency and not own.scripts else None
    document = project.json(PROJECT)
    value = {"name": (document.text("name") if document else None) or project.folder_name, "private": True}
    return PackageJson(project, Document(value), PROJECT)
