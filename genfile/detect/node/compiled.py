"""Where the project's compiler writes its output, to check the start command."""

import posixpath
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.node.alone import own_output
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import settings_at
from genfile.detect.node.locks import locked_versions
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, ScriptStep, resolve
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import About, Topic
from genfile.parsers.jsreach import Import
from genfile.parsers.tsbuild import COMPILERS, Listing, configurations, flag, only_checks, written
from genfile.parsers.tsoutput import Chain, emits_nothing, inside, loads_in_node

MAX_FILES = 4000
_SCRIPTS = (*BUILD_SCRIPTS, *BUILD_PARTS, "prestart:prod", "prestart", "postinstall", "start:prod", "start")


class Compiler(Struct, frozen=True):
    """``program``: of the step; ``chains``: the configurations for each source; ``listing``: the tree as it sees it;
    ``major``: its major version, if known."""

    program: str
    chains: dict[str, Chain]
    listing: Listing
    major: int | None


class Compiled(Struct, frozen=True):
    """The output of one compiler run: each output by its source, relative to the service's folder; empty if it only
    checks.

    ``loads``: whether Node loads the output as it is; ``by``: the compiler, if it is TypeScript's.
    """

    config: str
    outputs: dict[str, str]
    loads: bool = True
    by: "Compiler | None" = None

    def source_of(self, output: str) -> str | None:
        return next((source for source, made in self.outputs.items() if made == output), None)


def compiled(project: NodeProject) -> Compiled | None:
    """The outputs of the compiler that the build runs; None if another tool builds, or if they are unknown."""
    return project.folder.tree.once(("node-compiled", project.folder.path), lambda: _compiled(project))


def _compiled(project: NodeProject) -> Compiled | None:
    step = _compiler(project)
    if step is None:
        return _of_babel(project)
    chains = _chains(project, step)
    version = locked_versions(project).get("typescript")
    major = int(version[0].split(".")[0]) if version and version[0].split(".")[0].isdecimal() else None
    outputs: dict[str, str] = {}
    by: dict[str, Chain] = {}
    config = relative(chains[0].configs[0].path, project.folder.path) if chains else ""
    if chains and all(emits_nothing(chain) for chain in chains):
        return Compiled(config, {})
    listing = _listing(project)
    for chain in chains:
        made = written(chain, listing, major) if chain.folder("outDir") is not None else None
        for source, output in (made or {}).items():
            name = relative(source, project.folder.path)
            if output is not None and name not in outputs:
                outputs[name], by[name] = relative(output, project.folder.path), chain
    loads = all(loads_in_node(chain, project.package.is_module) for chain in chains)
    return Compiled(config, outputs, loads, Compiler(step.program, by, listing, major)) if outputs else None


def _listing(project: NodeProject) -> Listing:
    """The whole tree as the compiler sees it; package names are those of the workspace."""
    whole = Project(project.folder.tree, "")
    root = NodeProject(whole, project.package, project.workspace)

    def below(folder: str) -> Iterator[str]:
        yield from (folder,) if folder and whole.has(folder) else whole.files(below=folder, depth=12)

    def imports(path: str) -> tuple[Import, ...]:
        module = read_module(root, path)
        return module.imports if module is not None else ()

    def packages(name: str) -> Iterator[str]:
        for package in project.workspace.named([name]) if project.workspace is not None else ():
            for key in ("types", "main", "module"):
                text = package.document.text(key)
                path = inside(package.project.path, text) if text else None
                if path and path.endswith((".ts", ".tsx")) and not path.endswith(".d.ts"):
                    yield path

    return Listing(whole.has, below, lambda path: settings_at(whole, path), imports, packages)


def _of_babel(project: NodeProject) -> Compiled | None:
    """`babel src -d dist`: each file on its own."""
    steps = (step for name in (*BUILD_SCRIPTS, *BUILD_PARTS) for step in resolve(project.package, name) or ())
    step = next((step for step in steps if step.program == "babel"), None)
    out = flag(step.words, "-d", "--out-dir") if step is not None else None
    folder = (
        next((word for word in step.words[1:] if project.folder.has_folder(posixpath.normpath(word))), None)
        if step
        else None
    )
    if out is None or folder is None or posixpath.normpath(folder) == posixpath.normpath(out):
        return None
    below = posixpath.normpath(folder)
    files = project.folder.files("*", below=below, depth=12)
    outputs = {
        name: posixpath.join(posixpath.normpath(out), posixpath.splitext(name[len(below) + 1 :])[0] + ".js")
        for _, name in zip(range(MAX_FILES), files, strict=False)
        if name.endswith((".js", ".jsx", ".es6", ".mjs", ".ts"))
    }
    return Compiled("package.json", outputs) if outputs else None


def tell_absent(project: NodeProject) -> None:
    """Note the data files that the compiler's inputs import and the tree lacks: the build fails without them."""
    known = compiled(project)
    absent = sorted(
        name
        for name in (known.outputs if known is not None else ())
        if name.endswith(".json") and not _has(project, name)
    )
    if absent:
        rest = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        verb = "are" if rest else "is"
        text = f"the sources import {absent[0]}{rest}, which {verb} not in the tree; the build fails without"
        place = project.folder.full(known.config) if known is not None else None
        project.folder.tree.note("warning", f"{text} {'them' if rest else 'it'}", place, about=About(Topic.FAILS))


def _has(project: NodeProject, name: str) -> bool:
    return posixpath.normpath(project.folder.full(name)) in project.folder.tree.paths


def checks_only(project: NodeProject, step: ScriptStep) -> bool:
    """Whether a compiler step writes nothing: `tsc --noEmit`, or a configuration that says so."""
    if only_checks(step.words):
        return True
    chains = _chains(project, step)
    return bool(chains) and all(emits_nothing(chain) for chain in chains)


def _compiler(project: NodeProject) -> ScriptStep | None:
    """The step that compiles: in the build scripts, else in the framework's own build."""
    for name in _SCRIPTS:
        for origin in (f"pre{name}", name, f"post{name}"):
            for step in resolve(project.package, origin) or ():
                checks = only_checks(step.words) or {"--watch", "-w", "--init"} & set(step.words)
                builds = step.program != "nest" or step.words[1:2] == ("build",)
                if step.program in COMPILERS and not checks and builds:
                    return step
        if name in project.package.scripts and name in BUILD_SCRIPTS:
            # Another tool builds: esbuild, tsup, webpack.
            return None
    if (own := own_output(project)) is not None:
        return ScriptStep(("tsc", "--outDir", own), {}, "")
    words = ("nest", "build") if "@nestjs/core" in project.package.every_dependency else ("tsc",)
    return ScriptStep(words, {}, "")


def _chains(project: NodeProject, step: ScriptStep) -> tuple[Chain, ...]:
    return configurations(step.words, project.folder.full(step.folder or ""), _listing(project))


def started_output(found: Compiled, target: str) -> str | None:
    """The output file that the compiler really writes for the one in a start command; None if unknown."""
    names = [target, *(f"{target}{ending}" for ending in (".js", ".mjs", ".cjs", "/index.js"))]
    made = set(found.outputs.values())
    for name in names:
        if name in made:
            return name
    for name in names:
        parts = name.split("/")
        fits = [
            output
            for output in made
            if output.split("/")[0] == parts[0] and (_ends(output, parts[1:]) or _ends(name, output.split("/")[1:]))
        ]
        # A program in the sources before scripts and tests.
        fits.sort(
            key=lambda output: (not (found.source_of(output) or "").startswith("src/"), output.count("/"), output)
        )
        if fits and name.rsplit(".", 1)[-1] in ("js", "mjs", "cjs"):
            return fits[0]
    return None


def _ends(path: str, parts: list[str]) -> bool:
    return bool(parts) and path.split("/")[-len(parts) :] == parts


def outside_of(found: Compiled, source: str) -> list[str]:
    """The compiler's inputs outside a source's folder, which move the root of the output up."""
    first = source.split("/")[0]
    return [path for path in found.outputs if path.split("/")[0] != first]
