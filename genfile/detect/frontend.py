"""A front end whose files a server of the same tree gives out: one image, with a stage that builds them.

Decided by evidence alone: the build writes into the server's folder, the server embeds or serves the output's
folder, or the project's own Dockerfile builds the two together. Without any, they stay two services.
"""

import posixpath
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from genfile.detect import node
from genfile.detect.frontend_image import built_together
from genfile.detect.frontend_scripts import moved
from genfile.detect.survey import Found, inside, is_aside
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Evidence, Fact

KEPT = (
    "runtime package_manager engine framework build manifests outputs workspace system_packages secrets "
    "has_dev_dependencies ignore_scripts lifecycle_scripts dependency_scripts generates_modules"
).split()


@dataclass(frozen=True, slots=True)
class Served:
    """A front end, and the server that takes it: where the server looks for the files, and what says so.

    ``script``: the script that builds it for the server, where that is not its `build`; ``output``: what that makes.
    """

    project: Project
    target: str
    reason: Evidence
    script: str | None = None
    output: str | None = None
    after: tuple[str, ...] = ()
    """Commands in its folder after its build."""


def pair(tree: Tree, found: list[Found]) -> tuple[list[Found], dict[str, Served]]:
    """Part the front ends that a server gives out from the services: what is left, and each by its server's folder."""
    servers = [item for item in found if item.claim.strength in ("server", "program")]
    taken: dict[str, Served] = {}
    gone: set[str] = set()
    for site in found:
        if site.language.NAME != "node" or not site.project.path:
            continue
        # A front end with a server of its own is one all the same where the project's Dockerfile makes it so.
        output = _output(site.project)
        alone = site.claim.strength != "site" and output is None
        if output is None:
            if not alone:
                continue
            output = site.project.full("dist")
        for server in sorted(servers, key=lambda item: (-item.project.path.count("/"), item.project.path)):
            if server.project.path == site.project.path:
                continue
            signals = (_one_dockerfile,) if alone else SIGNALS
            served = _served(server, site.project, output, signals)
            if served is not None:
                gone.add(site.project.path)
                if server.project.path in taken:
                    text = f"{site.project.path}: a second front end of {server.project.spec_path}: it is not built"
                    tree.note("warning", f"{text} ({served.reason})", served.reason.path, served.reason.line)
                taken.setdefault(server.project.path, served)
                break
            if _built_by_java(server, site.project) is not None:
                gone.add(site.project.path)
                break
    for server in servers:
        if server.project.path not in taken and server.language.NAME in ("python", "go"):
            claimed = {item.project.path for item in found}
            own = _in_place(server) or _assets(tree, server, claimed) or _bundled(tree, server, claimed)
            if own is not None:
                taken[server.project.path] = own
    # What lies in a front end that was taken is a part of it.
    fronts = {served.project.path for served in taken.values() if served.project.path} | gone
    kept = [item for item in found if not any(inside(item.project.path, path) for path in fronts) or item in servers]
    return [item for item in kept if item.project.path not in gone], taken


def put(draft: Draft, served: Served) -> None:
    """Put /frontend into the draft of its server."""
    front = node.detect(served.project)
    values = {name: front.values[name] for name in KEPT if name in front.values}
    static = front.values.get("static")
    in_place = static is None or served.project.spec_path == served.target
    values["path"] = served.project.spec_path
    values["output"] = served.project.spec_path if in_place or static is None else static["root"]
    values["target"] = served.target
    values["environment"] = [item for item in front.values.get("environment", []) if item["phase"] != "run"]
    if served.script is not None:
        manager = values["package_manager"]["name"]
        values["build"] = [f"{'yarn' if manager.startswith('yarn') else manager} run {shlex.quote(served.script)}"]
    if served.output is not None:
        values["output"] = served.output
        in_place = in_place and served.output == served.project.spec_path
    if not values.get("build"):
        return
    values["build"] = [*values["build"], *served.after]
    # What was missing before it is built is there after it.
    draft.notes = [note for note in draft.notes if not _embeds_target(note.text, served.target)]
    draft.put("frontend", Fact(values, (served.reason,)))
    # That it has no server of its own to start is no matter here.
    for note in (item for item in front.notes if not item.text.startswith("no start command")):
        draft.note(note.level, note.text, note.path, note.line)
    output = str(values["output"])
    folders = draft.values.setdefault("outputs", [])
    for folder in (output, served.target):
        if not in_place and folder not in folders and not Project(served.project.tree, "").has_folder(folder):
            folders.append(folder)


def _embeds_target(text: str, target: str) -> bool:
    place = text.partition(" (//go:embed ")[0] if " (//go:embed " in text else ""
    target = "" if target == "." else target
    return bool(place) and (inside(place, target) or inside(target, place))


def _output(project: Project) -> str | None:
    """The folder that a site's build makes, relative to the root."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.framework import find_framework
    from genfile.detect.node.site import static_output

    read = read_project(project)
    found = find_framework(read) if read else None
    static = static_output(read, found.value) if read and found else None
    return project.full(static.value["root"]) if static is not None else None


def _served(server: Found, site: Project, output: str, signals: "Sequence[Signal]") -> Served | None:
    """Whether a server gives out what a site's build makes; the signals in order."""
    for signal in signals:
        served = signal(server, site, output)
        if served is not None:
            return served
    return None


def _writes_into(server: Found, site: Project, output: str) -> Served | None:
    """The site's build writes outside of its own folder, into the server's."""
    folder = server.project.path
    if inside(output, site.path) or not inside(output, folder):
        return None
    return Served(site, output, site.says("package.json", None, f"its build writes to {output}"))


def _embeds(server: Found, site: Project, output: str) -> Served | None:
    """`//go:embed` of the output's folder, or of one that the project's scripts copy it to."""
    if server.language.NAME != "go":
        return None
    from genfile.detect.go.claims import choose_program
    from genfile.detect.go.module import read_module

    module = read_module(server.project)
    if module is None or not module.programs:
        return None
    outputs: list[tuple[str, str | None]] = [(output, None), *_script_outputs(site), *_config_outputs(site)]
    # The packages around the output first: what a large program imports is not all read.
    near = [
        pair
        for made, _ in outputs
        for folder in _folders_above(made, server.project.path)
        for pair in module.package(folder)
    ]
    for path, file in (*near, *module.sources(choose_program(module))):
        for pattern, line in file.embeds:
            place = server.project.full(posixpath.join(posixpath.dirname(path), _literal(pattern)))
            for made, script in outputs:
                if place == made or (inside(made, place) and place != server.project.path) or inside(place, made):
                    says = server.project.says(path, line, f"//go:embed {pattern}")
                    return Served(site, made, says, script, made)
    return None


def _folders_above(path: str, root: str) -> list[str]:
    """The folders from a path up to a root, relative to that root, `.` for itself; nearest first."""
    found: list[str] = []
    path = posixpath.dirname(path)
    while inside(path, root) and path != root:
        found.append(posixpath.relpath(path, root or "."))
        path = posixpath.dirname(path)
    return [*found, "."]


def _script_outputs(site: Project) -> list[tuple[str, str]]:
    """The folders that scripts other than `build` write to, outside of the site's own: `--outDir=../server/dist`."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.scripts import resolve

    read = read_project(site)
    found: list[tuple[str, str]] = []
    for name in read.package.scripts if read else ():
        for step in resolve(read.package, name) or () if read else ():
            for index, word in enumerate(step.words):
                flag, sign, value = word.partition("=")
                if flag in ("--outDir", "--out-dir", "--output-path", "--dest"):
                    value = value if sign else (step.words[index + 1] if index + 1 < len(step.words) else "")
                    path = site.full(value) if value else ""
                    if path and not path.startswith("..") and not inside(path, site.path):
                        found.append((path, name))
    return found


def _config_outputs(site: Project) -> list[tuple[str, str | None]]:
    """The folders outside of the site's own that the configuration of its bundler names, and the script for them."""
    from genfile.detect.node.claims import read_project
    from genfile.parsers.javascript import parse_javascript

    read = read_project(site)
    scripts = read.package.scripts if read else {}
    script = None if "build" in scripts else next((name for name in PRODUCTION if name in scripts), None)
    if "build" not in scripts and script is None:
        return []
    found: list[tuple[str, str | None]] = []
    for name in site.names():
        if name.startswith(("webpack.", "rspack.", "rollup.config.")) and name.endswith(("js", "ts")):
            config = site.parse(parse_javascript, name)
            for text, _ in config.paths if config else ():
                path = site.full(text) if text.startswith("../") else ""
                if path and not path.startswith("..") and not inside(path, site.path) and not _is_source(site, path):
                    found.append((path, script))
    return found


def _is_source(site: Project, path: str) -> bool:
    return "node_modules" in path or path in site.tree.paths


# What projects call the script that builds for production, where none is named `build`.
PRODUCTION = ("build:prod", "build-prod", "build:production", "build-production", "prod", "production", "dist")


def _literal(pattern: str) -> str:
    """The part of a pattern that is a plain path."""
    parts: list[str] = []
    for part in pattern.split("/"):
        if any(char in part for char in "*?["):
            break
        parts.append(part)
    return "/".join(parts) or "."


def _names(server: Found, site: Project, output: str) -> Served | None:
    """The server's own code names the output's folder: a static folder, a template folder, a file server's root."""
    parts = output.split("/")
    # `dist` alone says nothing: at least the folder above it must be named too.
    wanted = "/".join(parts[-2:])
    for path, line, text in _paths(server):
        clean = posixpath.normpath(text.strip("/") or ".")
        if clean == wanted or clean.endswith("/" + wanted) or (len(parts) > 2 and inside(clean, wanted)):
            return Served(site, output, server.project.says(path, line, text))
        if f"/{wanted}/" in f"/{clean}/":
            return Served(site, output, server.project.says(path, line, text))
    return None


def _paths(server: Found) -> Iterator[tuple[str, int | None, str]]:
    """The paths that a server's code names, with where."""
    project = server.project
    if server.language.NAME == "go":
        from genfile.detect.go.claims import choose_program
        from genfile.detect.go.module import read_module

        module = read_module(project)
        for path, file in module.sources(choose_program(module)) if module and module.programs else ():
            yield from ((path, line, text) for text, line in file.strings if "/" in text)
    elif server.language.NAME == "python":
        from genfile.detect.python.application import modules
        from genfile.detect.python.manifest import PythonProject

        for path, parsed in modules(PythonProject(project)):
            yield from ((path, line, text) for text, line in parsed.paths)
    elif server.language.NAME == "node":
        from genfile.detect.node.claims import read_project
        from genfile.detect.node.port import source_files

        read = read_project(project)
        for path, script in source_files(read, ()) if read else ():
            yield from ((path, line, text) for text, line in script.paths)


def _built_by_java(server: Found, site: Project) -> Evidence | None:
    """frontend-maven-plugin, or a Gradle plugin for Node: the build of the service makes its front end itself."""
    if server.language.NAME != "java":
        return None
    from genfile.detect.java.build import read_build

    build = read_build(server.project)
    found = build.find(*JAVA_PLUGINS) if build else None
    if found is not None and (
        inside(site.path, server.project.path) or inside(site.path, build.root.path if build else "")
    ):
        return found.evidence
    if build is not None and build.is_member and site.path in build.needs:
        return server.project.says("pom.xml", None, f"needs {site.path}")
    return None


JAVA_PLUGINS = (
    "com.github.eirslett:frontend-maven-plugin",
    "io.quarkiverse.quinoa",
    "com.vaadin",
    "com.github.node-gradle.node",
    "org.siouan.frontend",
    "org.siouan.frontend-jdk21",
)


def _moves(server: Found, site: Project, output: str) -> Served | None:
    """A recipe of the project's Makefile moves what the site's build makes to a folder of the server's."""
    found = moved(server.project, site, output)
    return Served(site, found.target, found.evidence, after=found.commands) if found is not None else None


def _one_dockerfile(server: Found, site: Project, output: str) -> Served | None:
    """The project's own Dockerfile builds the site in one stage, and copies what it made to where the server is."""
    found = built_together(server.project, site, output)
    return Served(site, found.target, found.evidence, found.script, found.output) if found is not None else None


Signal = Callable[[Found, Project, str], "Served | None"]
SIGNALS: tuple[Signal, ...] = (_writes_into, _moves, _embeds, _names, _one_dockerfile)


def _in_place(server: Found) -> Served | None:
    """A package.json in the server's own folder with a build script: scripts and styles, bundled where they lie."""
    from genfile.detect.node.claims import read_project

    project = server.project
    read = read_project(project) if project.has("package.json") else None
    if read is None or "build" not in read.package.scripts:
        return None
    if not any(name in read.package.every_dependency for name in BUNDLERS):
        return None
    return Served(project, project.spec_path, read.package.says("scripts", "build"))


def _assets(tree: Tree, server: Found, claimed: set[str]) -> Served | None:
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
        name = posixpath.relpath(folder, server.project.path or ".")
        for path, line, text in _paths(server):
            if f"/{name}/" in f"/{posixpath.normpath(text.strip('/') or '.')}/":
                return Served(site, site.spec_path, server.project.says(path, line, text))
    return None


def _bundled(tree: Tree, server: Found, claimed: set[str]) -> Served | None:
    """A package.json anywhere whose scripts bundle, in a stage of the Dockerfile that the server is built with."""
    from genfile.detect.node.claims import read_project

    for folder in sorted(tree.folders):
        if not folder or "package.json" not in tree.folders[folder] or folder in claimed or is_aside(folder):
            continue
        site = Project(tree, folder)
        read = read_project(site)
        if read is None or "build" not in read.package.scripts:
            continue
        if any(name in read.package.every_dependency for name in BUNDLERS):
            served = _one_dockerfile(server, site, site.full("dist"))
            if served is not None:
                return served
    return None


def _committed(site: Project) -> bool:
    """Whether what the build makes is in the tree already."""
    return any(site.has_folder(name) for name in ("dist", "build"))


BUNDLERS = (
    "vite", "webpack", "rollup", "esbuild", "parcel", "gulp", "grunt", "sass", "node-sass", "less", "tailwindcss",
    "@tailwindcss/cli", "postcss", "postcss-cli", "browserify", "laravel-mix", "@symfony/webpack-encore", "rspack",
    "rolldown", "@rspack/core", "parcel-bundler", "webpack-cli", "@tailwindcss/vite", "bun",
)  # fmt: skip


__all__ = ["SIGNALS", "Served", "pair", "put"]
