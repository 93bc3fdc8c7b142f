"""Packages that others load, and pages that a container serves."""

import posixpath

from genfile.detect.hosting import hosting
from genfile.detect.node.framework import find_framework
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.lasting import stays
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import package_of, read_package
from genfile.detect.node.sources import source_files
from genfile.detect.node.workspace import workspace_of
from genfile.detect.tree import Project
from genfile.parsers.jsgives import only_gives
from genfile.parsers.jsloads import BUILTIN

# Generators of documentation that are built on a server's framework.
_DOCUMENT = ("nextra", "fumadocs", "@nuxt/content", "docus", "vocs")
_WEB_SERVERS = frozenset({"nginx", "caddy", "httpd", "httpd-foreground", "http-server", "serve"})


def told_library(project: NodeProject, words: tuple[str, ...]) -> bool:
    """Whether what `main` names only exports things for others to load; a note says so."""
    sources = source_files(project, words)
    if not sources or not only_gives(sources[0][1]):
        return False
    says = project.folder.says(sources[0][0], 1, "only exports")
    project.folder.tree.note("info", f"{says}: a library for other programs, not a service", says.path)
    return True


def told_foreign(project: NodeProject, words: tuple[str, ...]) -> bool:
    """Whether another program runs this one: it loads a module that neither Node nor package.json has, and does not
    listen; a note says so."""
    declared = {name for package in project.packages for name in package.every_dependency}
    for name, module in source_files(project, words)[:1]:
        for item in module.loads:
            text = item.module
            own = text.startswith((".", "/", "#")) or resolve_import(project, name, text) is not None
            if own or ":" in text or package_of(text) in {*BUILTIN, *declared} or stays(project, words):
                continue
            says = project.folder.says(name, item.line, f"loads {text}")
            note = f"{says}: neither Node nor package.json has it, so another program runs this; it is not a service"
            project.folder.tree.note("info", note, says.path, says.line)
            return True
    return False


def starts_server(folder: Project) -> bool:
    """Whether a workspace's member has a server's framework and a start script, and documents nothing."""
    package = read_package(folder)
    workspace = workspace_of(folder) if package is not None else None
    if package is None or workspace is None or "start" not in package.scripts:
        return False
    found = find_framework(NodeProject(folder, package, workspace))
    documents = any(name.startswith(_DOCUMENT) for name in package.every_dependency)
    return found is not None and found.value.kind == "server" and not documents


def given_out(folder: Project) -> bool:
    """Whether a Dockerfile in the folder serves the build's output: pages, even if none is committed."""
    own = [path for path in hosting(folder).dockerfiles if posixpath.dirname(path) == folder.path]
    starts = [_program(fact.value.split()) for fact in hosting(folder).starts]
    return bool(own) and bool(starts) and all(name in _WEB_SERVERS for name in starts if name)


def _program(words: list[str]) -> str:
    """The program of a command, behind what only fetches it: `npx -y serve dist`."""
    rest = words[1:] if words[:1] in (["npx"], ["bunx"]) else words
    return posixpath.basename(next((word for word in rest if not word.startswith("-")), ""))
