"""The project's own modules that its program loads and the tree lacks: it fails when it imports them."""

import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from genfile.detect.committed import in_git
from genfile.detect.python.application import modules
from genfile.detect.python.django import Django, settings_place
from genfile.detect.python.imports import may_bring
from genfile.evidence import Draft, Evidence
from genfile.parsers.pyimports import Imported, required_imports
from genfile.source.base import PRUNED

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

MAX_TOLD = 3


def tell_of_absent(project: "PythonProject", draft: Draft, loaded: Iterable[str]) -> None:
    """Warn of the project's own modules that the ``loaded`` ones import and the tree lacks."""
    told: set[str] = set()
    parsed = dict(modules(project))
    for path in loaded:
        for item in required_imports(parsed[path]) if path in parsed else ():
            file = _absent(project, path, item) if item.module and not item.lazy else None
            if file is None or file in told or len(told) == MAX_TOLD:
                continue
            told.add(file)
            where = project.folder.says(path, item.line, f"import {'.' * item.level}{item.name}")
            _warn(project, draft, where, file)


def lacks_settings(project: "PythonProject", django: Django, draft: Draft) -> bool:
    """Whether the settings that Django is told to load are neither in the tree nor in a package; warns if so."""
    found = settings_place(project, django)
    if found is None or any(item["name"] == "DJANGO_SETTINGS_MODULE" for item in draft.values.get("environment", ())):
        return False
    name, says = found
    inner = name.replace(".", "/")
    top = _letters(name.partition(".")[0])
    if any(top in _letters(item) for item in project.dependencies) or _is_there(project, django.inside(inner)):
        return False
    if _somewhere(project, inner) or not _is_plain(inner):
        return False
    _warn(project, draft, says, django.inside(f"{inner}.py"))
    return True


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _warn(project: "PythonProject", draft: Draft, where: Evidence, file: str) -> None:
    ignored = in_git(project.folder.tree, project.folder.full(file)) is False
    text = "is not in version control; add it before you build the image"
    text = text if ignored else "is not in the tree; the program does not start without it"
    draft.note("warning", f"{where}: {file} {text}", where.path, where.line)


def _absent(project: "PythonProject", path: str, item: Imported) -> str | None:
    """The file of a module of the project's own that an import names and the tree lacks; None if it is there, may be
    made by something, or is not the project's."""
    inner = item.name.replace(".", "/")
    if item.level:
        places = [posixpath.normpath(posixpath.join(posixpath.dirname(path), "../" * (item.level - 1)))]
    else:
        top = inner.partition("/")[0]
        others = _is_of_others(project, item)
        places = [root for root in (("", "src") if others else _roots(path)) if _holds(project, root, top, others)]
        if "/" not in inner or not places:
            return None
    if any(_is_there(project, posixpath.join(place, inner)) for place in places) or not _is_plain(inner):
        return None
    file = posixpath.normpath(f"{posixpath.join(places[0], inner)}.py")
    return None if file.startswith("../") or _somewhere(project, inner) or _may_be_made(project, file) else file


def _holds(project: "PythonProject", root: str, top: str, others: bool) -> bool:
    """Whether an import finds the project's own folder: a folder without `__init__.py`, such as Alembic's, comes after
    every installed package of its name."""
    folder = posixpath.join(root, top)
    return project.folder.has(f"{folder}/__init__.py") or (not others and project.folder.has_folder(folder))


def _is_of_others(project: "PythonProject", item: Imported) -> bool:
    """Whether Python or a dependency has a package of the name: a folder further down is not what an import finds."""
    top = item.name.partition(".")[0]
    return top in sys.stdlib_module_names or not may_bring(item.name).isdisjoint(project.dependencies)


def _is_there(project: "PythonProject", inner: str) -> bool:
    inner = posixpath.normpath(inner)
    return project.folder.has(f"{inner}.py") or project.folder.has_folder(inner)


def _is_plain(inner: str) -> bool:
    """Whether a source shows all of a path's folders, none of which it leaves out: installed packages, output."""
    return PRUNED.isdisjoint(inner.split("/"))


def _roots(path: str) -> Iterator[str]:
    """Where Python may look for a module's imports: the service's folder, `src`, and the folders above the module."""
    yield from dict.fromkeys(["", "src", *accumulate(posixpath.dirname(path).split("/"), posixpath.join)])


def _somewhere(project: "PythonProject", inner: str) -> bool:
    """Whether a module or a package with this path is anywhere in the tree: a program may add folders to its path."""
    ends, part = f"/{inner}.py", f"/{inner}/"
    return any(f"/{path}".endswith(ends) or part in f"/{path}" for path in project.folder.tree.paths)


def _may_be_made(project: "PythonProject", file: str) -> bool:
    """Whether a file of another kind may become the module: a compiled extension, a stub, a protocol."""
    stem = posixpath.basename(file).removesuffix(".py")
    stems = {stem, stem.removesuffix("_grpc").removesuffix("_pb2")}
    return any(posixpath.basename(path).partition(".")[0] in stems for path in project.folder.tree.paths)
