"""Evidence that a server serves a front end: paths in its code, its build or its `go:embed`."""

import posixpath
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from genfile.detect.code import parse_code
from genfile.detect.hosting import hosting
from genfile.detect.paths import inside, relative
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.evidence import Evidence


class Served(Struct, frozen=True):
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
    room: str | None = None
    """A folder of the tree, outside of the front end's own, that its build writes into and does not make."""
    unused: bool = False
    """Whether the server's program is without what takes it: another program of the same module has it."""


def writes_into(server: FoundService, site: Project, output: str) -> Served | None:
    """The site's build writes outside its own folder, into the server's."""
    folder = server.project.path
    if inside(output, site.path) or not inside(output, folder):
        return None
    return Served(site, output, site.says("package.json", None, f"its build writes to {output}"))


def embeds(server: FoundService, site: Project, output: str) -> Served | None:
    """`//go:embed` of the output folder, or of a folder that the project's scripts copy it to."""
    if server.language.NAME != "go":
        return None
    from genfile.detect.go.claims import choose_program
    from genfile.detect.go.module import MAX_FILES, read_module

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
    program = choose_program(module)
    own = module.sources(program)
    known = {path for path, _ in own}
    others = [item for item in module.programs if item != program and len(own) < MAX_FILES]
    theirs = {path for item in others for path, _ in module.sources(item)} - known
    for path, file in (*near, *own):
        for pattern, line in file.embeds:
            place = server.project.full(posixpath.join(posixpath.dirname(path), _literal(pattern)))
            for made, script in outputs:
                if place == made or (inside(made, place) and place != server.project.path) or inside(place, made):
                    says = server.project.says(path, line, f"//go:embed {pattern}")
                    return Served(site, made, says, script, made, unused=path in theirs)
    return None


def is_embedded(server: Project, target: str) -> bool:
    """Whether a Go package of the server embeds a folder, so that its binary contains the files."""
    from genfile.detect.go.claims import choose_program
    from genfile.detect.go.module import read_module

    module = read_module(server)
    if module is None or not module.programs:
        return False
    near = [pair for folder in _folders_above(target, server.path) for pair in module.package(folder)]
    for path, file in (*near, *module.sources(choose_program(module))):
        for pattern, _ in file.embeds:
            place = server.full(posixpath.join(posixpath.dirname(path), _literal(pattern)))
            if inside(place, target) or (inside(target, place) and place != server.path):
                return True
    return False


def beside_embedded(site: Project, taken: dict[str, Served]) -> tuple[str, Served] | None:
    """The server, and its front end, whose Go package around both folders embeds that one and not this one: what is to
    come after it, or what came before."""
    for server, served in taken.items():
        folder = posixpath.dirname(served.reason.path)
        embedding = served.reason.path.endswith(".go") and folder != server and inside(served.project.path, folder)
        if embedding and site.path != folder and inside(site.path, folder) and not hosting(site).dockerfiles:
            return server, served
    return None


def _folders_above(path: str, root: str) -> list[str]:
    """The folders from a path up to a root, relative to that root, `.` for itself; nearest first."""
    found: list[str] = []
    path = posixpath.dirname(path)
    while inside(path, root) and path != root:
        found.append(relative(path, root))
        path = posixpath.dirname(path)
    return [*found, "."]


def _script_outputs(site: Project) -> list[tuple[str, str]]:
    """The folders that scripts other than `build` write to, outside the site's own: `--outDir=../server/dist`."""
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
    """The folders outside the site's own that the configuration of its bundler names, and the script for them."""
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
            config = parse_code(site, parse_javascript, name)
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


def names(server: FoundService, site: Project, output: str) -> Served | None:
    """The server's code names the output folder: as a static folder, a template folder, a file server's root."""
    parts = output.split("/")
    # `dist` alone says nothing: at least the folder above it must be named too.
    wanted = "/".join(parts[-2:])
    for path, line, text in paths(server):
        clean = posixpath.normpath(text.strip("/") or ".")
        if clean == wanted or clean.endswith("/" + wanted) or (len(parts) > 2 and inside(clean, wanted)):
            return Served(site, output, server.project.says(path, line, text))
        if f"/{wanted}/" in f"/{clean}/":
            return Served(site, output, server.project.says(path, line, text))
    return None


def paths(server: FoundService) -> Iterator[tuple[str, int | None, str]]:
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
        from genfile.detect.python.manifest import python_project

        for path, parsed in modules(python_project(project)):
            yield from ((path, line, text) for text, line in parsed.paths)
    elif server.language.NAME == "node":
        from genfile.detect.node.claims import read_project
        from genfile.detect.node.datafile import settings_texts
        from genfile.detect.node.scripts import resolve
        from genfile.detect.node.sources import source_files
        from genfile.detect.node.start import possible_start

        read = read_project(project)
        if read is None:
            return
        start = possible_start(read, "build" in read.package.scripts)
        for path, script in source_files(read, start.value.words if start is not None else ()):
            yield from ((path, line, text) for text, line in script.paths)
        for name, text in settings_texts(read) if "config" in read.package.dependencies else ():
            if "/" in text:
                yield name, None, text
        steps = resolve(read.package, "start")
        for value in steps[-1].variables.values() if steps else ():
            if "/" in value and "$" not in value and "://" not in value:
                yield "package.json", read.package.document.line("scripts", "start"), value


def folders(server: FoundService) -> Iterator[tuple[str, int | None, str]]:
    """The folders that a Python server is told to serve: `static_folder="build"`, `directory="dist"`."""
    if server.language.NAME != "python":
        return
    from genfile.detect.python.application import modules
    from genfile.detect.python.manifest import python_project

    for path, parsed in modules(python_project(server.project)):
        for call in parsed.calls:
            for key in ("static_folder", "template_folder", "directory"):
                value = call.keywords.get(key)
                if isinstance(value, str):
                    yield path, call.line, value


Signal = Callable[[FoundService, Project, str], "Served | None"]


def first(signals: Sequence[Signal], server: FoundService, site: Project, output: str) -> Served | None:
    """Whether a server serves what a site's build makes; the signals in order."""
    for signal in signals:
        served = signal(server, site, output)
        if served is not None:
            return served
    return None
