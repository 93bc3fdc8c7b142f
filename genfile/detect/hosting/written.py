"""The files that genfile wrote: they are not evidence, even if someone has edited them."""

import posixpath

from genfile.container.own import is_own_compose, is_own_dockerfile
from genfile.detect.tree import Tree
from genfile.parsers.data import parse_toml

_LOCK = "genfile.lock"


def is_written(tree: Tree, path: str) -> bool:
    """Whether genfile wrote a container file: genfile.lock lists it, or it has the shape of genfile's files."""
    if path in _listed(tree):
        return True
    text = tree.text(path) or ""
    return is_own_compose(text) if path.endswith((".yaml", ".yml")) else is_own_dockerfile(text)


def _listed(tree: Tree) -> frozenset[str]:
    """The files that any genfile.lock in the tree has a record of, at its root or below."""
    key = ("written",)
    if key not in tree.memory:
        locks = [path for path in (_LOCK, *_below(tree)) if path in tree.paths]
        tree.memory[key] = frozenset(name for lock in locks for name in _files(tree, lock))
    found: frozenset[str] = tree.memory[key]
    return found


def _below(tree: Tree) -> list[str]:
    return sorted(f"{folder}/{_LOCK}" for folder, names in tree.folders.items() if folder and _LOCK in names)


def _files(tree: Tree, lock: str) -> list[str]:
    document = tree.parse(parse_toml, lock)
    table = document.table("containers", "files") if document is not None else {}
    folder = posixpath.dirname(lock)
    return [posixpath.join(folder, str(name)) for name in table]
