"""The modules of a tree that a program does not need: their sources are never sent to its builder.

An import is a string, so a module whose path stands in no string of a needed module's files is not imported. A path in
a string of another meaning keeps a module that is not needed, never the other way round.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from genfile.detect.paths import inside
from genfile.detect.tree import Project

MANIFEST = "go.mod"
_GENERATES = "//go:generate go run ../"
MAX_FILES = 400
MAX_MODULES = 200
# What stands between two quotes without a blank, as the path of an import does.
_STRING = re.compile(r'"([^"\s]{1,300})(?=")')


class _Named(Struct, frozen=True):
    """How many files a module has, whether they generate code, and the paths that stand in their strings."""

    files: int
    generates: bool = False
    paths: frozenset[str] = frozenset()


def needed_modules(folder: Project, known: Mapping[str, str]) -> set[str] | None:
    """The folders of the modules that one imports, through others, its own included; ``known``: folders by the
    modules' paths. None if there is too much to read."""
    if len(known) > MAX_MODULES:
        return None
    queue, found, left = [folder.path], {folder.path}, MAX_FILES
    for path in queue:
        place = Project(folder.tree, path)
        named = folder.tree.once(("go-named", path), partial(_named, place))
        left -= named.files
        # What generates code may lie in any folder.
        if left < 0 or named.generates:
            return None
        for module, other in known.items():
            if other not in found and module in named.paths:
                found.add(other)
                queue.append(other)
    return found


def _named(folder: Project) -> _Named:
    """Those of one folder; of one with too many files only their number."""
    names = list(itertools.islice(folder.files("*.go"), MAX_FILES + 1))
    if len(names) > MAX_FILES:
        return _Named(len(names))
    texts = [folder.text(name) or "" for name in names]
    strings = {found for text in texts for found in _STRING.findall(text)}
    paths = frozenset(path for string in strings for path in _with_parents(string))
    return _Named(len(names), any(_GENERATES in text for text in texts), paths)


def _with_parents(path: str) -> Iterator[str]:
    """A path, and those of which it is a part: `a/b/c`, `a/b`, `a`."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def unused_modules(folder: Project, root: Project, needed: set[str]) -> list[str]:
    """The folders of the other modules below a root, outermost only; sorted."""
    places = {path for path, names in folder.tree.folders.items() if MANIFEST in names and inside(path, root.path)}
    found = {path for path in places if path != root.path and not any(inside(other, path) for other in needed)}
    return sorted(path for path in found if not any(path != other and inside(path, other) for other in found))
