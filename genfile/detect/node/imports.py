"""What an import statement of the sources stands for: the file of the tree, as TypeScript finds it."""

import posixpath
from collections.abc import Iterator

from genfile.detect.node.manager import NodeProject
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.parsers.javascript import Import
from genfile.parsers.tsoutput import Chain, chain_of, inside

_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".json", ".js", ".mjs", ".cjs")


def imported_paths(root: NodeProject, chain: Chain, origin: str, item: Import) -> Iterator[str]:
    """The files that one import brings into the program; ``root`` is the whole tree."""
    if item.required and origin.endswith((".ts", ".tsx", ".mts", ".cts")):
        # TypeScript leaves a plain `require` alone.
        return
    for path in _candidates(root, chain, origin, item.module):
        found = existing(root, path)
        if found is not None and "node_modules" not in found.split("/"):
            yield found
            return


def settings_at(root: Project, path: str) -> object:
    """The value of a tsconfig.json or jsconfig.json by its path from the root of the tree; None where there is none."""
    document = root.jsonc(path) if path and root.has(path) else None
    return document.value if document is not None else None


def aliased_paths(project: NodeProject, module: str) -> Iterator[str]:
    """The paths in a project's folder, relative to it, that a name stands for by its tsconfig.json or jsconfig.json."""
    key, memory = ("node-aliases", project.folder.path), project.folder.tree.memory
    if key not in memory:
        root = Project(project.folder.tree, "")
        name = next((name for name in ("tsconfig.json", "jsconfig.json") if project.folder.has(name)), None)
        memory[key] = chain_of(project.folder.full(name), lambda at: settings_at(root, at)) if name else None
    chain: Chain | None = memory[key]
    for path in _aliased(chain, module) if chain is not None else ():
        inside_it = relative(path, project.folder.path)
        if not inside_it.startswith(".."):
            yield inside_it


def existing(root: NodeProject, path: str) -> str | None:
    """The file that a path without an ending, or with that of the output, means."""
    stem, ending = posixpath.splitext(path)
    names = [path, *(path + end for end in _ENDINGS), *(f"{path}/index{end}" for end in _ENDINGS)]
    if ending in (".js", ".mjs", ".cjs"):
        names += [stem + {".js": ".ts", ".mjs": ".mts", ".cjs": ".cts"}[ending], f"{stem}.tsx"]
    return next((name for name in names if root.folder.has(name)), None)


def _candidates(root: NodeProject, chain: Chain, origin: str, module: str) -> Iterator[str]:
    if module.startswith("."):
        path = inside(posixpath.dirname(origin), module)
        if path:
            yield path
        return
    yield from _aliased(chain, module)
    base = chain.folder("baseUrl")
    if base is not None:
        yield posixpath.join(base, module)
    if root.workspace is not None:
        for package in root.workspace.named([module]):
            for key in ("types", "main", "module"):
                text = package.document.text(key)
                path = inside(package.project.path, text) if text else None
                if path and path.endswith((".ts", ".tsx")) and not path.endswith(".d.ts"):
                    yield path


def _aliased(chain: Chain, module: str) -> Iterator[str]:
    """`compilerOptions.paths`: relative to baseUrl, else to the file that states them."""
    for config in chain.configs:
        options = config.value.get("compilerOptions")
        paths = options.get("paths") if isinstance(options, dict) else None
        if not isinstance(paths, dict):
            continue
        base = chain.folder("baseUrl")
        folder = base if base is not None else config.folder
        for pattern, targets in paths.items():
            before, star, after = pattern.partition("*")
            if not (module.startswith(before) and module.endswith(after) if star else module == pattern):
                continue
            middle = module[len(before) : len(module) - len(after)] if star else ""
            for target in targets if isinstance(targets, list) else ():
                path = inside(folder, target.replace("*", middle)) if isinstance(target, str) else None
                if path:
                    yield path
        return
