"""Commands that run once for each release, by a dependency's program: the image holds it, and it starts without npx."""

import posixpath

from genfile.data import load_table
from genfile.detect.node.loaded import tool_configs
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson
from genfile.detect.paths import relative
from genfile.evidence import Draft, Evidence, Fact

# Programs that the base image has.
_THERE = ("node", "bun", "sh")
# No build writes these.
_SOURCES = (".ts", ".mts", ".cts")


def put_release(
    project: NodeProject, draft: Draft, words: list[str], says: Evidence, holder: PackageJson | None = None
) -> None:
    """Put /release; ``holder``: a further package that may declare the program.

    A program from a development dependency keeps all of these in the image. There is no such command for an image
    without node_modules, or if no package declares the program.
    """
    program = posixpath.basename(words[0])
    if "static" in draft.values:
        return
    source = started_file(project, words)
    if source is not None and source.endswith(_SOURCES) and not project.folder.has(source):
        text = f"{says}: {source} is not in the project, so the image can't run `{' '.join(words)}` at release"
        draft.note("warning", text, says.path, says.line)
        return
    if program in _THERE:
        draft.put("release", Fact(words, (says,)))
        return
    found = _declared(project, program, holder)
    shown = " ".join([program, *words[1:]])
    if found is None:
        text = (
            f"{says}: {program} is not in your dependencies, so the image can't run `{shown}` at release; add it to "
            "dependencies"
        )
        draft.note("warning", text, says.path, says.line)
        return
    package, name = found
    if draft.values.get("dependencies_at_run") == "none":
        text = f"{says}: the image has no node_modules; run `{shown}` from the build stage before each release"
        draft.note("info", text, says.path, says.line)
        return
    draft.put("release", Fact([_installed(project, draft, package, program), *words[1:]], (says,)))
    if name in package.dependencies:
        package, name = _loader(project, program) or (package, name)
    if name not in package.dependencies and draft.values.get("dependencies_at_run") != "all":
        place = package.depends(name)
        draft.put("dependencies_at_run", Fact("all", (place,)))
        text = (
            f"{name} is a development dependency that the release command needs, so the image keeps all development "
            "dependencies"
        )
        draft.note("warning", f"{place}: {text}; move it to dependencies", place.path, place.line)


def _loader(project: NodeProject, program: str) -> tuple[PackageJson, str] | None:
    """The development dependency with which a program reads TypeScript: its name says so, or Knex's configuration
    is."""
    config = next(tool_configs(project.folder, [program]), "")
    if "ts-node" not in program and not (program == "knex" and config.endswith((".ts", ".mts", ".cts"))):
        return None
    found = [(package, name) for name in _LOADERS for package in project.packages if name in package.every_dependency]
    return found[0] if found and found[0][1] not in found[0][0].dependencies else None


_LOADERS = ("ts-node", "tsx", "@swc-node/register", "jiti")


def _declared(project: NodeProject, program: str, holder: PackageJson | None) -> tuple[PackageJson, str] | None:
    """The package that declares a program, and the name of the dependency that has it, production dependencies
    first."""
    names = load_table("bases")["node_programs"].get(program, [program])
    packages = [*project.packages, *([holder] if holder is not None else [])]
    places = [(package, name) for package in packages for name in names]
    return next(
        (place for place in places if place[1] in place[0].dependencies),
        next((place for place in places if place[1] in place[0].dev_dependencies), None),
    )


def _installed(project: NodeProject, draft: Draft, package: PackageJson, program: str) -> str:
    """The program's path from the service's folder: pnpm puts it beside the declaring manifest, the others at the
    root."""
    apart = draft.values["package_manager"]["name"] == "pnpm"
    place = package.project if apart else project.root
    return relative(place.full(f"node_modules/.bin/{program}"), project.folder.path)
