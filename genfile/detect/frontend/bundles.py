"""Scripts and styles that a server's own package.json bundles, and front ends that say too little to be a site."""

import posixpath
import re

from genfile.detect.frontend.signals import Served, embeds, folders, paths
from genfile.detect.frontend.together import built_by_java
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, NOTHING, ScriptStep, is_installation, resolve
from genfile.detect.paths import inside, relative
from genfile.detect.survey import FoundService, is_aside
from genfile.detect.tree import Project, Tree
from genfile.evidence import Evidence

BUNDLERS = (
    "vite", "webpack", "rollup", "esbuild", "parcel", "gulp", "grunt", "sass", "node-sass", "less", "tailwindcss",
    "@tailwindcss/cli", "postcss", "postcss-cli", "browserify", "laravel-mix", "@symfony/webpack-encore", "rspack",
    "rolldown", "@rspack/core", "parcel-bundler", "webpack-cli", "@tailwindcss/vite", "bun",
)  # fmt: skip


def in_place(server: FoundService) -> Served | None:
    """A package.json with a build script in the server's own folder: scripts and styles, in the folder that its bundler
    writes to, else anywhere."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.outputdir import bundle_output

    project = server.project
    read = read_project(project) if project.has("package.json") else None
    script = next((name for name in ("build", *BUILD_PARTS) if read and name in read.package.scripts), None)
    if read is None or script is None or not any(name in read.package.every_dependency for name in BUNDLERS):
        return None
    written = bundle_output(read, script)
    if written is None:
        return Served(project, project.spec_path, read.package.says("scripts", script))
    output = project.full(written.value)
    return Served(project, output, written.evidence[0], output=output)


def own_site(server: FoundService, output: str | None) -> Served | None:
    """A site in the server's own folder, whose output folder the server's code serves or embeds, or Spring serves."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.outputdir import bundle_output

    folder = server.project.path
    if output is None and server.project.has("package.json") and (read := read_project(server.project)) is not None:
        written = bundle_output(read, "build")
        output = server.project.full(written.value) if written is not None else None
    if output is None or not inside(output, folder):
        return None
    if server.language.NAME == "java":
        return _on_class_path(server, output)
    embedded = embeds(server, server.project, output)
    if embedded is not None:
        return embedded
    name = relative(output, folder)
    for path, line, text in (*paths(server), *folders(server)):
        if inside(posixpath.normpath(text.strip("/") or "."), name):
            return Served(server.project, output, server.project.says(path, line, text), output=output)
    return None


def _on_class_path(server: FoundService, output: str) -> Served | None:
    """Pages that a build writes among a Java service's resources, unless the service's own build makes them, or git has
    them."""
    made = inside(output, server.project.full("src/main/resources"))
    if not made or server.project.tree.folders.get(output) or built_by_java(server, server.project) is not None:
        return None
    says = server.project.says("package.json", None, f"its build writes to {output}")
    return Served(server.project, output, says, output=output)


def assets(tree: Tree, server: FoundService, claimed: set[str]) -> Served | None:
    """A package.json in a folder below, whose scripts bundle what the server's code names by that folder."""
    from genfile.detect.node.claims import read_project

    for folder in sorted(tree.folders):
        if "package.json" not in tree.folders[folder] or not inside(folder, server.project.path) or is_aside(folder):
            continue
        site = Project(tree, folder)
        if folder == server.project.path or folder in claimed:
            continue
        read = read_project(site)
        if read is None or "build" not in read.package.scripts or read.workspace is not None:
            continue
        if not any(name in read.package.every_dependency for name in BUNDLERS) or _committed(site):
            continue
        name = relative(folder, server.project.path)
        for path, line, text in paths(server):
            if f"/{name}/" in f"/{posixpath.normpath(text.strip('/') or '.')}/":
                return Served(site, site.spec_path, server.project.says(path, line, text))
    return None


def _committed(site: Project) -> bool:
    """Whether the build's output is already in the tree."""
    return any(site.has_folder(name) for name in ("dist", "build"))


def quiet_sites(tree: Tree, claimed: set[str]) -> list[Project]:
    """Packages with a bundler and a build that are not services of their own: a widget, pages made of templates."""
    from genfile.detect.node.claims import read_project

    sites: list[Project] = []
    for folder in sorted(tree.folders):
        if not folder or folder in claimed or "package.json" not in tree.folders[folder] or is_aside(folder):
            continue
        read = read_project(Project(tree, folder))
        if read is None or not any(name in read.package.every_dependency for name in BUNDLERS):
            continue
        if any(name in read.package.scripts for name in (*BUILD_SCRIPTS, *BUILD_PARTS)):
            sites.append(Project(tree, folder))
    return sites


def mentions(tree: Tree, site: Project) -> int:
    """How often the Makefile names a front end's folder: of two for one place, the one in use."""
    text = tree.text("Makefile") if "Makefile" in tree.paths else None
    return len(re.findall(rf"(?<![\w./-]){re.escape(site.path)}(?![\w-])", text or ""))


def left_of_build(server: Project, site: Project, says: Evidence, manager: str) -> list[str] | None:
    """What remains of a server's build script once a stage builds the front end: without the commands in its folder and
    those that install; None if the script does not go there."""
    from genfile.detect.node.build import command_of
    from genfile.detect.node.claims import read_project

    read = read_project(server)
    name = next((item for item in (*BUILD_SCRIPTS, *BUILD_PARTS) if read and item in read.package.scripts), None)
    steps = resolve(read.package, name) if read is not None and name is not None else None
    if read is None or name is None or not steps or read.package.says("scripts", name) != says:
        return None
    folder = relative(site.path, server.path)
    entering = [step for step in steps if _enters(step, folder)]
    left = [
        step for step in steps if step not in entering and not is_installation(step) and step.program not in NOTHING
    ]
    return [command_of(step, manager) for step in left] if entering else None


def _enters(step: ScriptStep, folder: str) -> bool:
    """Whether a command works in a folder: `cd client && npm run build`, `npm --prefix client run build`, `cp`."""
    places = [step.folder, *(word.partition("=")[2] or word for word in step.words[1:])]
    plain = (posixpath.normpath(place) for place in places if place)
    return any(place == folder or place.startswith(folder + "/") for place in plain)
