"""The files that imports mean: relative paths, the aliases that a package's tsconfig.json defines."""

import posixpath
from collections.abc import Iterator

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import package_of
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.parsers.tsoutput import Chain, aliased, chain_of


def settings_at(root: Project, path: str) -> object:
    """The parsed tsconfig.json or jsconfig.json at a path from the tree's root; None if there is none."""
    document = root.jsonc(path) if path and root.has(path) else None
    return document.value if document is not None else None


def _aliases(folder: Project) -> Chain | None:
    root = Project(folder.tree, "")
    name = next((name for name in ("tsconfig.json", "jsconfig.json") if folder.has(name)), None)
    return chain_of(folder.full(name), lambda at: settings_at(root, at)) if name else None


def aliased_paths(project: NodeProject, module: str) -> Iterator[str]:
    """The project's paths that a name stands for by its tsconfig.json or jsconfig.json, relative to its folder."""
    chain = project.folder.tree.once(("node-aliases", project.folder.path), lambda: _aliases(project.folder))
    for path in aliased(chain, module) if chain is not None else ():
        inside_it = relative(path, project.folder.path)
        if not inside_it.startswith(".."):
            yield inside_it


def resolve_import(project: NodeProject, origin: str, module: str) -> str | None:
    """The file of the project that an import means; None for a package."""
    if module.startswith("."):
        paths = [posixpath.normpath(posixpath.join(posixpath.dirname(origin), module))]
    else:
        paths = list(aliased_paths(project, module))
        if module.startswith(("@/", "~/", "#/", "src/")):
            # The usual alias for the sources.
            inner = module.partition("/")[2]
            paths.append(posixpath.join("src", inner) if project.folder.has_folder("src") else inner)
    found = (_source_at(project, path) for path in paths if not path.startswith(".."))
    return next((name for name in found if name is not None), None)


def imported_from(project: NodeProject, origin: str, module: str) -> tuple[NodeProject, str] | None:
    """The file that an import means, with its holder: the project, or the member of the workspace that it names."""
    found = resolve_import(project, origin, module)
    if found is not None or module.startswith(".") or project.workspace is None:
        return (project, found) if found is not None else None
    for package in project.workspace.named([package_of(module)]):
        member = NodeProject(package.project, package, project.workspace)
        entry = posixpath.normpath(package.entry(module))
        # What is built comes from the sources.
        inner = posixpath.splitext(entry.partition("/")[2])[0]
        for path in (entry, *(f"src/{inner}.{ending}" for ending in ("ts", "js") if inner)):
            source = _source_at(member, path) if not path.startswith("..") else None
            if source is not None:
                return member, source
    return None


def _source_at(project: NodeProject, path: str) -> str | None:
    """The source file that a path means, without an extension or with the output's."""
    stem = path[:-3] if path.endswith(".js") else path
    for candidate in (
        path,
        f"{stem}.ts",
        f"{path}.ts",
        f"{path}.js",
        f"{path}.mjs",
        f"{path}.cjs",
        f"{path}.tsx",
        f"{path}/index.ts",
        f"{path}/index.js",
    ):
        if project.folder.has(candidate) and candidate.endswith((".ts", ".js", ".mjs", ".cjs", ".tsx", ".mts")):
            return candidate
    return None
