"""A front end of plain pages in its own folder beside a server: a site, unless the server serves it."""

import re
from collections.abc import Iterable, Iterator

from genfile.detect import static
from genfile.detect.aside import is_aside
from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree

# Usual names of a front end's folder; `public` and `static` usually belong to the server beside them.
_NAMES = frozenset(
    "frontend front-end front_end front client client-side ui web webapp web-app website webpage site".split()
)
# Files that may name the folder that a server serves, or that a server turns into pages.
_SOURCES = (
    ".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".go", ".java", ".kt", ".yml", ".yaml", ".properties", ".toml",
)  # fmt: skip
_TEMPLATE = re.compile(r"\{%|\bth:\w+=|<%[=-]?\s|\{\{\s*url_for")
MAX_SOURCES = 500


def beside_servers(tree: Tree, claimed: Iterable[str]) -> Iterator[Project]:
    """The folders of plain pages beside the services of ``claimed`` (by folder) that none of them serves."""
    servers = [path for path in claimed if path and not is_aside(path)]
    parents = {path.rpartition("/")[0] for path in servers}
    for folder in sorted(tree.folders):
        parent, _, name = folder.rpartition("/")
        if (
            name.lower() not in _NAMES
            or parent not in parents
            or not static.is_candidate(frozenset(tree.folders[folder]))
        ):
            continue
        apart = not any(inside(folder, path) or inside(path, folder) for path in claimed)
        if apart and _is_plain(tree, folder) and not _is_named(tree, servers, name):
            static.put_apart(Project(tree, folder))
            yield Project(tree, folder)


def _is_plain(tree: Tree, folder: str) -> bool:
    """Whether a page is served as it is: no manifest beside it, no template syntax in it."""
    names = tree.folders[folder]
    if any(name in names for name in (*static.LIBRARIES, *static.OTHERS)) or static.beside(tree, folder) is not None:
        return False
    return _TEMPLATE.search(tree.text(f"{folder}/index.html") or "") is None


def _is_named(tree: Tree, servers: Iterable[str], name: str) -> bool:
    """Whether a server's sources have a path with the folder's name, so that it serves the pages."""
    pattern = re.compile(rf"[\"'`/\\]{re.escape(name)}[\"'`/\\]")
    paths = (
        path for path in sorted(tree.paths) if path.endswith(_SOURCES) and any(inside(path, top) for top in servers)
    )
    texts = (tree.text(path) or "" for path, _ in zip(paths, range(MAX_SOURCES), strict=False))
    return any(pattern.search(text) is not None for text in texts)


__all__ = ["beside_servers"]
