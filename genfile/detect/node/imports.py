"""Aliases that a package's tsconfig.json defines."""

from collections.abc import Iterator

from genfile.detect.node.manager import NodeProject
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
