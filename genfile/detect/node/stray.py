"""A start file copied out of its folder: its own modules are not beside it, but all are in another service."""

import posixpath
from collections.abc import Iterable

from genfile.detect.node.claims import read_project
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.detect.node.start import possible_start
from genfile.detect.tree import Project
from genfile.evidence import Evidence


def strayed(folder: Project, others: Iterable[Project]) -> tuple[Evidence, Project] | None:
    """The evidence that a folder's program can't start, and the service that it was copied from."""
    project = read_project(folder)
    start = possible_start(project, "build" in project.package.scripts) if project is not None else None
    sources = source_files(project, start.value.words) if project is not None and start is not None else []
    if project is None or not sources:
        return None
    name, module = sources[0]
    own = [item.module for item in module.imports if item.module.startswith(".")]
    if not own or any(_is_there(project, name, item) for item in own):
        return None
    for other in others:
        beside = read_project(other)
        if beside is not None and all(_is_there(beside, posixpath.basename(name), item) for item in own):
            return folder.says(name, None, f"{own[0]} is not beside {name}, but in {other.spec_path}"), other
    return None


def _is_there(project: NodeProject, origin: str, module: str) -> bool:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), module))
    return resolve_import(project, origin, module) is not None or project.folder.has(path)
