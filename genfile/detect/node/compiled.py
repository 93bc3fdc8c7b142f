"""Where the project's compiler writes what: the start command is held against it."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import imported_paths, settings_at
from genfile.detect.node.locks import locked_versions
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, Step, resolve
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.parsers.tsoutput import (
    Chain,
    TsConfig,
    chain_of,
    compiles,
    emits_nothing,
    loads_in_node,
    output_of,
    selected,
    within,
)

COMPILERS = frozenset("tsc ttsc tspc nest".split())
MAX_INPUTS = 4000
MAX_READ = 40
_SCRIPTS = (*BUILD_SCRIPTS, *BUILD_PARTS, "prestart:prod", "prestart", "postinstall", "start:prod", "start")


@dataclass(frozen=True)
class Compiled:
    """What one run of the compiler makes: each output by its source, relative to the service's folder.

    Nothing, where it only checks. ``loads``: whether Node loads what is made without any help.
    """

    config: str
    outputs: dict[str, str]
    loads: bool = True

    def source_of(self, output: str) -> str | None:
        return next((source for source, made in self.outputs.items() if made == output), None)


def compiled(project: NodeProject) -> Compiled | None:
    """The outputs of the compiler that the build runs; None where another tool builds, or where they can't be told."""
    key, memory = ("node-compiled", project.folder.path), project.folder.tree.memory
    if key not in memory:
        memory[key] = _compiled(project)
    found: Compiled | None = memory[key]
    return found


def _compiled(project: NodeProject) -> Compiled | None:
    step = _compiler(project)
    if step is None:
        return _of_babel(project)
    chains = _chains(project, step)
    version = locked_versions(project).get("typescript")
    major = int(version[0].split(".")[0]) if version and version[0].split(".")[0].isdecimal() else None
    outputs: dict[str, str] = {}
    config = relative(chains[0].configs[0].path, project.folder.path) if chains else ""
    if chains and all(emits_nothing(chain) for chain in chains):
        return Compiled(config, {})
    for chain in chains:
        if chain.folder("outDir") is None:
            continue
        for source, output in _outputs(project, chain, major):
            outputs.setdefault(relative(source, project.folder.path), relative(output, project.folder.path))
    loads = all(loads_in_node(chain, project.package.is_module) for chain in chains)
    return Compiled(config, outputs, loads) if outputs else None


def _of_babel(project: NodeProject) -> Compiled | None:
    """`babel src -d dist`: file by file."""
    steps = (step for name in (*BUILD_SCRIPTS, *BUILD_PARTS) for step in resolve(project.package, name) or ())
    step = next((step for step in steps if step.program == "babel"), None)
    out = _flag(step, "-d", "--out-dir") if step is not None else None
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
        for _, name in zip(range(MAX_INPUTS), files, strict=False)
        if name.endswith((".js", ".jsx", ".es6", ".mjs", ".ts"))
    }
    return Compiled("package.json", outputs) if outputs else None


def checks_only(project: NodeProject, step: Step) -> bool:
    """Whether a step of the compiler writes nothing: `tsc --noEmit`, or a configuration that says so."""
    if {"--noEmit", "--emitDeclarationOnly"} & set(step.words) and _flag(step, "--noEmit") != "false":
        return True
    chains = _chains(project, step)
    return bool(chains) and all(emits_nothing(chain) for chain in chains)


def _outputs(project: NodeProject, chain: Chain, major: int | None) -> Iterator[tuple[str, str]]:
    inputs = _inputs(project, chain)
    for source in inputs:
        output = output_of(source, chain, inputs, major)
        if output is not None:
            yield source, output


def _compiler(project: NodeProject) -> Step | None:
    """The step that compiles: of the scripts that build, else what a framework's own build is."""
    for name in _SCRIPTS:
        for origin in (f"pre{name}", name, f"post{name}"):
            for step in resolve(project.package, origin) or ():
                checks = {"--noEmit", "--emitDeclarationOnly"} & set(step.words) and _flag(step, "--noEmit") != "false"
                if step.program in COMPILERS and not checks and not {"--watch", "-w", "--init"} & set(step.words):
                    if step.program == "nest" and step.words[1:2] != ("build",):
                        continue
                    return step
        if name in project.package.scripts and name in BUILD_SCRIPTS:
            # Another tool builds: esbuild, tsup, webpack.
            return None
    words = ("nest", "build") if "@nestjs/core" in project.package.every_dependency else ("tsc",)
    return Step(words, {}, "")


def _chains(project: NodeProject, step: Step) -> list[Chain]:
    """The configurations that a step compiles by: the one it names, and with `tsc --build` those that it refers to."""
    name = _nest_config(project, step) if step.program == "nest" else _flag(step, "-p", "--project") or "tsconfig.json"
    building = bool({"-b", "--build"} & set(step.words))
    if building:
        name = next((word for word in step.words[2:] if not word.startswith("-")), "tsconfig.json")
    if name is None:
        return []
    root = Project(project.folder.tree, "")
    path = project.folder.full(posixpath.normpath(name))
    if project.folder.has_folder(posixpath.normpath(name)):
        path = posixpath.join(path, "tsconfig.json")
    chain = chain_of(path, lambda at: settings_at(root, at))
    if chain is None:
        return []
    chains = [chain]
    for item in chain.configs[0].value.get("references") or () if building else ():
        target = item.get("path") if isinstance(item, dict) else None
        if isinstance(target, str):
            at = posixpath.normpath(posixpath.join(chain.configs[0].folder, target))
            at = at if at.endswith(".json") else posixpath.join(at, "tsconfig.json")
            other = chain_of(at, lambda at: settings_at(root, at))
            chains += [other] if other is not None else []
    return [_with_flags(project, step, item) for item in chains]


def _with_flags(project: NodeProject, step: Step, chain: Chain) -> Chain:
    """`--outDir x` and `--rootDir x` beat the file; they are relative to where the command runs."""
    options = {name: _flag(step, f"--{name}") for name in ("outDir", "rootDir")} if step.program != "nest" else {}
    given = {name: value for name, value in options.items() if value}
    emits = _flag(step, "--noEmit") == "false"
    first = chain.configs[0]
    if not given and not emits:
        return chain
    stated: dict[str, object] = {"noEmit": False} if emits else {}
    stated |= {
        name: relative(project.folder.full(posixpath.normpath(value)), first.folder) for name, value in given.items()
    }
    return Chain((TsConfig(first.path, {"compilerOptions": stated}), *chain.configs), chain.complete)


def _flag(step: Step, *names: str) -> str | None:
    for at, word in enumerate(step.words[:-1]):
        if word in names:
            return step.words[at + 1]
    return None


def _nest_config(project: NodeProject, step: Step) -> str | None:
    """The configuration of Nest's own build: what nest-cli.json names, else tsconfig.build.json, else tsconfig.json."""
    document = project.folder.jsonc("nest-cli.json") if project.folder.has("nest-cli.json") else None
    options = document.table("compilerOptions") if document else {}
    builder = options.get("builder")
    builder = builder.get("type") if isinstance(builder, dict) else builder
    bundles = {"--webpack", "--builder", "-b"} & set(step.words) or options.get("webpack") is True
    if bundles or builder not in (None, "tsc") or (document and document.get("monorepo") is True):
        return None
    named = _flag(step, "-p", "--path") or options.get("tsConfigPath")
    if isinstance(named, str):
        return named
    return next((name for name in ("tsconfig.build.json", "tsconfig.json") if project.folder.has(name)), None)


def _inputs(project: NodeProject, chain: Chain) -> tuple[str, ...]:
    """All that is compiled: what the configuration picks, and what these files import from outside of their folders."""
    whole = Project(project.folder.tree, "")
    named = [path for path in chain.patterns("files") or () if whole.has(path)]
    found = dict.fromkeys((*selected(chain, _files(whole, chain)), *named))
    queue = sorted(found, key=_matters)[:MAX_READ]
    root = NodeProject(whole, project.package, project.workspace)
    for path in queue:
        module = read_module(root, path) if compiles(path, chain) else None
        for item in module.imports if module is not None else ():
            for target in imported_paths(root, chain, path, item):
                json = target.endswith(".json")
                if target in found or (json and chain.option("resolveJsonModule") is not True):
                    continue
                found[target] = None
                if not json and len(queue) < MAX_READ * 2:
                    queue.append(target)
    return tuple(path for path in found if path.endswith(".json") or compiles(path, chain))


def _files(whole: Project, chain: Chain) -> list[str]:
    """The files of the folders that `include` names; without it, of the configuration's own; bounded."""
    fixed = [re.split(r"/?[^/]*[*?]", pattern, maxsplit=1)[0] for pattern in chain.patterns("include") or ()]
    folders = sorted({chain.configs[0].folder, *(path for path in fixed if whole.has_folder(path))})
    tops = [path for path in folders if not any(path != top and within(path, top) for top in folders)]
    every = (name for top in tops for name in whole.files(below=top, depth=12))
    return [name for _, name in zip(range(MAX_INPUTS), every, strict=False)]


def _matters(path: str) -> tuple[bool, int, str]:
    """Entry files first: what they import decides most."""
    entry = re.search(r"(^|/)(main|index|server|app|app\.module|config|env)\.[cm]?[jt]sx?$", path) is not None
    return not entry, path.count("/"), path


def started_output(found: Compiled, target: str) -> str | None:
    """The file that the compiler really makes of the one that a start command names; None: it can't be told."""
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
        # A program of the sources before one of scripts and tests.
        fits.sort(
            key=lambda output: (not (found.source_of(output) or "").startswith("src/"), output.count("/"), output)
        )
        if fits and name.rsplit(".", 1)[-1] in ("js", "mjs", "cjs"):
            return fits[0]
    return None


def _ends(path: str, parts: list[str]) -> bool:
    return bool(parts) and path.split("/")[-len(parts) :] == parts


def outside_of(found: Compiled, source: str) -> list[str]:
    """The inputs beside the folder of a source, which lift the root of the output."""
    first = source.split("/")[0]
    return [path for path in found.outputs if path.split("/")[0] != first]
