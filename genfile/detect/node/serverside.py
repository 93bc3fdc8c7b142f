"""The modules of a server that only a framework's build puts together: no command names their files."""

import posixpath

from genfile.data import clients
from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.public import source_names
from genfile.detect.node.sources import source_files
from genfile.evidence import Draft
from genfile.parsers.javascript import JsModule

# What a module that asks for a variable contains; the others are not parsed.
_READS = ("process.env", "createEnv", "$env/", "import.meta.env")
MAX_MODULES = 100


def server_modules(project: NodeProject, draft: Draft) -> list[tuple[str, JsModule]]:
    """The modules of a server whose start command leads to none of its sources, bounded; none for a site."""
    start = tuple(draft.values.get("start") or ())
    if not start or "static" in draft.values or not draft.values.get("framework") or source_files(project, start):
        return []
    return project.folder.tree.once(("server-modules", project.folder.path), lambda: _read(project))


def _read(project: NodeProject) -> list[tuple[str, JsModule]]:
    dependencies = {name for package in project.packages for name in package.every_dependency}
    words = (*_READS, *(name for name in clients("npm") if name in dependencies))
    found: list[tuple[str, JsModule]] = []
    for name in source_names(project.folder):
        text = project.folder.text(name) or ""
        if len(found) >= MAX_MODULES or posixpath.splitext(name)[1] not in (".ts", ".tsx", ".js", ".jsx", ".mjs"):
            continue
        module = read_module(project, name) if any(word in text for word in words) else None
        if module is not None:
            found.append((name, module))
    return found
