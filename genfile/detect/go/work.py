"""go.work, and local replacements: which other modules of the tree a module's imports lead to."""

import posixpath

from genfile.detect.tree import Project
from genfile.parsers.gomod import GoMod, parse_go_mod

MAX_MODULES = 2_000


def find_work(folder: Project) -> tuple[Project, GoMod] | None:
    """The nearest folder, this one or one above, whose go.work uses a module."""
    above: Project | None = folder
    while above is not None:
        work = above.parse(parse_go_mod, "go.work") if above.has("go.work") else None
        if work is not None and folder.path in _used(above, work):
            return above, work
        above = above.parent()
    return None


def use_folder(above: Project, use: str) -> str:
    """The folder of a `use` directive, `` for the root of the tree."""
    return "" if (path := above.full(use)) == "." else path


def neighbours(folder: Project, manifest: GoMod) -> dict[str, str]:
    """The folders of other modules that take part in a module's build, relative to the tree, by the modules' paths."""
    found = find_work(folder)
    listed = dict(_modules(*found)) if found is not None else {}
    listed |= _replaced(folder, manifest)
    listed.pop(manifest.module or "", None)
    return listed


def _used(above: Project, work: GoMod) -> frozenset[str]:
    return above.tree.once(("go-work", above.path), lambda: frozenset(use_folder(above, use) for use in work.uses))


def _modules(above: Project, work: GoMod) -> dict[str, str]:
    """The folders of a go.work's modules, and of those that it or they replace, by their paths; a module that the tree
    does not have turns the workspace off."""
    return above.tree.once(("go-work-modules", above.path), lambda: _read_modules(above, work))


def _replaced(folder: Project, manifest: GoMod) -> dict[str, str]:
    """The folders of the tree that a go.mod or go.work puts in place of modules, by the modules' paths."""
    found: dict[str, str] = {}
    for item in manifest.replaces:
        if item.local and (path := folder.full(item.new)) and not path.startswith(".."):
            found[item.old] = "" if path == "." else path
    return found


def _read_modules(above: Project, work: GoMod) -> dict[str, str]:
    found: dict[str, str] = {}
    uses = list(dict.fromkeys(work.uses))[:MAX_MODULES]
    whole = all(above.has(posixpath.join(use, "go.mod")) for use in uses)
    for use in uses if whole else ():
        manifest = above.parse(parse_go_mod, posixpath.join(use, "go.mod"))
        if manifest is not None and manifest.module is not None:
            found[manifest.module] = use_folder(above, use)
    # A workspace merges the replacements of all its modules; its own come first.
    places = [(Project(above.tree, use_folder(above, use)), use) for use in uses] if whole else []
    for place, use in places:
        manifest = above.parse(parse_go_mod, posixpath.join(use, "go.mod"))
        found = _replaced(place, manifest) | found if manifest is not None else found
    return (found | _replaced(above, work)) if whole else found
