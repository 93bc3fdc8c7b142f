"""A requirements file that only points into another folder: a host wants it at the root, but there is no service."""

import posixpath

from genfile.detect.python.manifest import python_project
from genfile.detect.tree import Project
from genfile.parsers.requirements import parse_requirements

_MANIFESTS = ("pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "manage.py", "environment.yml")


def points_to(folder: Project) -> str | None:
    """The folder that this one's requirements come from, if only that one has code."""
    name = python_project(folder).requirements_file
    if name is None or any(folder.has(item) for item in _MANIFESTS) or _has_code(folder):
        return None
    parsed = folder.parse(parse_requirements, name)
    if parsed is None or parsed.entries or not parsed.includes:
        return None
    base = posixpath.dirname(name)
    places = {posixpath.dirname(posixpath.normpath(posixpath.join(base, path))) for path, _ in parsed.includes}
    place = next(iter(places)) if len(places) == 1 else ""
    if not place or place.startswith("..") or not folder.has_folder(place):
        return None
    while place:
        # `backend/requirements/prod.txt` belongs to `backend`.
        inner = folder.at(place)
        if any(inner.has(item) for item in _MANIFESTS) or _has_code(inner):
            return place
        place = posixpath.dirname(place)
    return None


def _has_code(folder: Project) -> bool:
    return any(name.endswith(".py") for name in folder.names())
