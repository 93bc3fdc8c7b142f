"""A front end whose files a server of the same tree gives out: one image, with a stage that builds them.

Decided by evidence alone: the build writes into the server's folder, the server embeds or serves the output's
folder, or the project's own Dockerfile builds the two together. Without any, they stay two services.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from genfile.detect import node
from genfile.detect.hosting import hosting
from genfile.detect.survey import Found, inside
from genfile.detect.tree import Project, Tree
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Draft, Evidence, Fact

KEPT = (
    "runtime package_manager engine framework build manifests outputs workspace system_packages secrets "
    "has_dev_dependencies ignore_scripts lifecycle_scripts dependency_scripts generates_modules"
).split()


@dataclass(frozen=True, slots=True)
class Served:
    """A front end, and the server that takes it: where the server looks for the files, and what says so."""

    project: Project
    target: str
    reason: Evidence


def pair(tree: Tree, found: list[Found]) -> tuple[list[Found], dict[str, Served]]:
    """Part the front ends that a server gives out from the services: what is left, and each by its server's folder."""
    servers = [item for item in found if item.claim.strength in ("server", "program")]
    taken: dict[str, Served] = {}
    gone: set[str] = set()
    for site in found:
        if site.language.NAME != "node" or site.claim.strength != "site":
            continue
        output = _output(site.project)
        if output is None:
            continue
        for server in sorted(servers, key=lambda item: (-item.project.path.count("/"), item.project.path)):
            if server.project.path == site.project.path or server.project.path in taken:
                continue
            served = _served(server, site.project, output)
            if served is not None:
                gone.add(site.project.path)
                taken[server.project.path] = served
                break
            if _built_by_java(server, site.project) is not None:
                gone.add(site.project.path)
                break
    for server in servers:
        if server.project.path not in taken and server.language.NAME in ("python", "go"):
            own = _in_place(server)
            if own is not None:
                taken[server.project.path] = own
    return [item for item in found if item.project.path not in gone], taken


def put(draft: Draft, served: Served) -> None:
    """Put /frontend into the draft of its server."""
    front = node.detect(served.project)
    values = {name: front.values[name] for name in KEPT if name in front.values}
    static = front.values.get("static")
    in_place = static is None or served.project.spec_path == served.target
    values["path"] = served.project.spec_path
    values["output"] = served.project.spec_path if in_place or static is None else static["root"]
    values["target"] = served.target
    values["environment"] = [item for item in front.values.get("environment", []) if item["phase"] == "build"]
    if not values.get("build"):
        return
    draft.put("frontend", Fact(values, (served.reason,)))
    for note in front.notes:
        draft.note(note.level, note.text, note.path, note.line)
    output = str(values["output"])
    folders = draft.values.setdefault("outputs", [])
    for folder in (output, served.target):
        if not in_place and folder not in folders and not Project(served.project.tree, "").has_folder(folder):
            folders.append(folder)


def _output(project: Project) -> str | None:
    """The folder that a site's build makes, relative to the root."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.framework import find_framework
    from genfile.detect.node.site import static_output

    read = read_project(project)
    found = find_framework(read) if read else None
    static = static_output(read, found.value) if read and found else None
    return project.full(static.value["root"]) if static is not None else None


def _served(server: Found, site: Project, output: str) -> Served | None:
    """Whether a server gives out what a site's build makes; the signals in order."""
    for signal in SIGNALS:
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
    for path, file in module.sources(choose_program(module)):
        for pattern, line in file.embeds:
            place = server.project.full(posixpath.join(posixpath.dirname(path), _literal(pattern)))
            if place == output or (inside(output, place) and place != server.project.path) or inside(place, output):
                return Served(site, output, server.project.says(path, line, f"//go:embed {pattern}"))
    return None


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


def _one_dockerfile(server: Found, site: Project, output: str) -> Served | None:
    """The project's own Dockerfile builds the site in one stage, and copies it to where the server runs."""
    for path in hosting(server.project).dockerfiles:
        try:
            dockerfile = read_dockerfile(server.project.tree.text(path) or "")
        except DockerfileError:
            continue
        if len(dockerfile.stages) < 2:
            continue
        name = posixpath.basename(site.path)
        for stage in dockerfile.stages[:-1]:
            if not any(word in stage.image for word in ("node", "bun")):
                continue
            for item in stage.all("COPY"):
                if any(word.strip("./").startswith(f"{name}/") or word.strip("./") == name for word in item.words[:-1]):
                    return Served(site, output, Evidence(path, item.line, item.original.strip()[:100]))
    return None


def _built_by_java(server: Found, site: Project) -> Evidence | None:
    """frontend-maven-plugin, or a Gradle plugin for Node: the build of the service makes its front end itself."""
    if server.language.NAME != "java":
        return None
    from genfile.detect.java.build import read_build

    build = read_build(server.project)
    found = build.find(*JAVA_PLUGINS) if build else None
    if found is not None and (inside(site.path, server.project.path) or inside(site.path, build.root.path if build else "")):
        return found.evidence
    if build is not None and build.is_member and site.path in build.needs:
        return server.project.says("pom.xml", None, f"needs {site.path}")
    return None


JAVA_PLUGINS = (
    "com.github.eirslett:frontend-maven-plugin",
    "org.openjfx:javafx-maven-plugin",
    "com.github.node-gradle.node",
    "org.siouan.frontend",
    "org.siouan.frontend-jdk21",
)

SIGNALS = (_writes_into, _embeds, _names, _one_dockerfile)


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


BUNDLERS = (
    "vite", "webpack", "rollup", "esbuild", "parcel", "gulp", "grunt", "sass", "node-sass", "less", "tailwindcss",
    "@tailwindcss/cli", "postcss", "postcss-cli", "browserify", "laravel-mix", "@symfony/webpack-encore", "rspack", "rolldown",
    "@rspack/core", "parcel-bundler", "webpack-cli", "@tailwindcss/vite", "bun",
)  # fmt: skip


__all__ = ["SIGNALS", "Served", "pair", "put"]
