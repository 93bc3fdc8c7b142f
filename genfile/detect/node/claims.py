"""Is a package.json a service, a library, a workspace root, or mere tooling?"""

from genfile.data import frameworks
from genfile.detect.language import Claim
from genfile.detect.node.framework import find_framework, starts_server
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.node.scripts import is_development, resolve
from genfile.detect.node.start import ENTRY_FOLDERS, ENTRY_NAMES
from genfile.detect.node.workspace import workspace_at, workspace_of
from genfile.detect.tree import Project

# What is only there to build or check, never to run.
_TOOLING = frozenset({"storybook", "webpack", "parcel"})


def read_project(folder: Project) -> NodeProject | None:
    package = read_package(folder)
    return None if package is None else NodeProject(folder, package, workspace_of(folder))


def claim(folder: Project) -> Claim | None:
    """The strength of a folder's claim to be a Node service; None for libraries and tooling."""
    project = read_project(folder)
    if project is None:
        return None
    package = project.package
    found = find_framework(project)
    if _is_published_library(package) and not starts_server(project):
        return None
    if found is not None and found.value.name not in _TOOLING:
        if found.value.kind == "site" or (found.value.name == "nextjs"):
            strength = "server" if found.value.kind == "server" else "site"
            return Claim(strength, found.evidence[0]) if _can_be_built(project, found.value.name) else None  # type: ignore[arg-type]
        if _can_start(project) or found.value.start:
            return Claim("server", found.evidence[0])
        return None
    if workspace_at(folder) is not None and not package.dependencies:
        return None
    steps = resolve(package, "start")
    if steps and not is_development(steps[-1]) and steps[-1].program in ("node", "tsx", "ts-node", "bun"):
        return Claim("program", package.says("scripts", "start"))
    if folder.has("Procfile"):
        return Claim("program", folder.says("Procfile", 1, "Procfile"))
    if found is not None and _can_be_built(project, found.value.name) and "index.html" in folder.names():
        return Claim("site", found.evidence[0])
    if (
        not package.scripts.get("test")
        and "bin" not in package.document.value
        and package.dependencies
        and _has_entry(folder)
    ):
        return Claim("guess", folder.says(FILE, 1, "dependencies and a file that could be started"))
    return None


def _is_published_library(package: PackageJson) -> bool:
    """Made to be installed by others: it exports things, and is not kept private."""
    document = package.document
    if document.get("private") is True:
        return False
    exports = any(document.get(key) is not None for key in ("exports", "types", "typings", "files", "publishConfig"))
    return exports and "start" not in package.scripts


def _can_be_built(project: NodeProject, name: str) -> bool:
    """A front end of which there is more than the dependency: pages, a configuration, a build script."""
    if any(script in project.package.scripts for script in ("build", "build:prod", "start", "dev")):
        # A component library is built too, but has no page.
        return not (name in ("vite", "rsbuild") and not _has_page(project.folder))
    return _has_page(project.folder)


def _has_page(folder: Project) -> bool:
    return any(
        folder.has(name)
        for name in (
            "index.html",
            "public/index.html",
            "src/index.html",
            "client/index.html",
            "app/index.html",
        )
    ) or (
        any(name.startswith(("vite.config", "rsbuild.config")) for name in folder.names())
        and next(folder.files("index.html", depth=2), None) is not None
    )


def _can_start(project: NodeProject) -> bool:
    package = project.package
    if any(
        name in package.scripts for name in ("start", "start:prod", "serve", "start:production")
    ) or project.folder.has("Procfile"):
        return True
    main = package.document.text("main")
    return bool(main and (project.folder.has(main) or "build" in package.scripts)) or _has_entry(project.folder)


def _has_entry(folder: Project) -> bool:
    return any(
        folder.has(f"{place}/{name}{ending}" if place else f"{name}{ending}")
        for place in ENTRY_FOLDERS
        for name in ENTRY_NAMES
        for ending in (".js", ".mjs", ".cjs", ".ts")
    )


def known_frameworks() -> frozenset[str]:
    return frozenset(item.name for item in frameworks("node"))
