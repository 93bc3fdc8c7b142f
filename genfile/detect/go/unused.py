"""The modules of a tree that a program does not need: their sources are never sent to its builder.

An import is a string, so a module whose path stands in no string of a needed module's files is not imported. A path in
a string of another meaning keeps a module that is not needed, never the other way round.
"""

import itertools
from collections.abc import Mapping

from genfile.detect.paths import inside
from genfile.detect.tree import Project

MANIFEST = "go.mod"
_GENERATES = "//go:generate go run ../"
MAX_FILES = 400
MAX_MODULES = 200


def needed_modules(folder: Project, known: Mapping[str, str]) -> set[str] | None:
    """The folders of the modules that one imports, through others, its own included; ``known``: folders by the
    modules' paths. None if there is too much to read."""
    queue, found, left = [folder.path], {folder.path}, MAX_FILES
    for path in queue:
        place = Project(folder.tree, path)
        names = list(itertools.islice(place.files("*.go"), left + 1))
        left -= len(names)
        if left < 0 or len(known) > MAX_MODULES:
            return None
        texts = [place.text(name) or "" for name in names]
        if any(_GENERATES in text for text in texts):
            # What generates code may lie in any folder.
            return None
        for module, other in known.items():
            if other not in found and any(f'"{module}"' in text or f'"{module}/' in text for text in texts):
                found.add(other)
                queue.append(other)
    return found


def unused_modules(folder: Project, root: Project, needed: set[str]) -> list[str]:
    """The folders of the other modules below a root, outermost only; sorted."""
    places = {path for path, names in folder.tree.folders.items() if MANIFEST in names and inside(path, root.path)}
    found = {path for path in places if path != root.path and not any(inside(other, path) for other in needed)}
    return sorted(path for path in found if not any(path != other and inside(path, other) for other in found))
