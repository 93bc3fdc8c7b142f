"""TypeScript programs that no script compiles: whether they run as they are, and where the compiler writes them."""

import posixpath

from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import settings_at
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, is_development, resolve
from genfile.detect.node.watched import watched_program
from genfile.detect.node.wrappers import file_place
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.parsers.tsbuild import existing
from genfile.parsers.tsoutput import Chain, chain_of, emits_nothing, inside

MAX_FILES = 60
_OUT = "dist"
_CONFIG = "tsconfig.json"
# Dependencies that run TypeScript sources, or compile them with a command of their own.
_RUNNERS = frozenset("tsx ts-node ts-node-dev @swc-node/register esbuild-register vite-node @nestjs/cli".split())


def program_source(project: NodeProject) -> str | None:
    """The source file of a program that no production script starts: found by a watcher's script, `main`, or its
    name."""
    steps = resolve(project.package, "start")
    if "Procfile" in project.folder.names() or (steps and not is_development(steps[-1])):
        return None
    watched = watched_program(project)
    at = file_place(watched[0].words) if watched is not None else None
    if watched is not None and at is not None:
        return posixpath.normpath(posixpath.join(watched[0].folder, watched[0].words[at]))
    main = posixpath.normpath(project.package.document.text("main") or "")
    usual = (f"{folder}{name}.ts" for folder in ("src/", "") for name in ("server", "app", "main", "index", "bot"))
    return next((name for name in (main, *usual) if name.endswith(".ts") and project.folder.has(name)), None)


def own_output(project: NodeProject) -> str | None:
    """The folder that genfile tells the compiler to write to, if nothing compiles the program, tsconfig.json names no
    folder, and Node can't run the sources as they are; else None."""
    return project.folder.tree.once(
        ("node-own-output", project.folder.path),
        lambda: _OUT if _is_alone(project) and _needs_compiler(project) else None,
    )


def _is_alone(project: NodeProject) -> bool:
    package, folder = project.package, project.folder
    every = {name for item in project.packages for name in item.every_dependency}
    scripted = any(name in package.scripts for name in (*BUILD_SCRIPTS, *BUILD_PARTS))
    if scripted or _RUNNERS & every or "typescript" not in package.every_dependency or folder.has_folder(_OUT):
        return False
    chain = _chain(project)
    options = ("outDir", "outFile")
    return (
        chain is not None
        and chain.complete
        and not emits_nothing(chain)
        and all(chain.option(name) is None for name in options)
    )


def _chain(project: NodeProject) -> Chain | None:
    root = Project(project.folder.tree, "")
    return chain_of(project.folder.full(_CONFIG), lambda path: settings_at(root, path))


def _needs_compiler(project: NodeProject) -> bool:
    """Whether a module of the program has syntax that Node does not strip, or imports a module without its
    extension."""
    source, folder = program_source(project), project.folder
    if source is None or not source.endswith(".ts") or not folder.has(source):
        return False
    queue = [folder.full(source)]
    whole = Project(folder.tree, "")
    for path in queue:
        module = read_module(project, relative(path, folder.path))
        if module is not None and module.has_more_than_types:
            return True
        for item in module.loads if module is not None else ():
            named = inside(posixpath.dirname(path), item.module) if item.module.startswith(".") else None
            target = existing(whole.has, named) if named else None
            if target is not None and target != named:
                return True
            if target is not None and target.endswith(".ts") and target not in queue and len(queue) < MAX_FILES:
                queue.append(target)
    return False
