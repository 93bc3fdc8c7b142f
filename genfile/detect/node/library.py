"""Packages that others load, and pages that a container serves."""

import posixpath

from genfile.detect.hosting import hosting
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.detect.tree import Project
from genfile.parsers.jsgives import only_gives

_WEB_SERVERS = frozenset({"nginx", "caddy", "httpd", "httpd-foreground"})


def told_library(project: NodeProject, words: tuple[str, ...]) -> bool:
    """Whether what `main` names only exports things for others to load; a note says so."""
    sources = source_files(project, words)
    if not sources or not only_gives(sources[0][1]):
        return False
    says = project.folder.says(sources[0][0], 1, "only exports")
    project.folder.tree.note("info", f"{says}: a library for other programs, not a service", says.path)
    return True


def given_out(folder: Project) -> bool:
    """Whether a Dockerfile in the folder serves the build's output: pages, even if none is committed."""
    own = [path for path in hosting(folder).dockerfiles if posixpath.dirname(path) == folder.path]
    starts = [fact.value.split()[:1] for fact in hosting(folder).starts]
    return bool(own) and bool(starts) and all(posixpath.basename(words[0]) in _WEB_SERVERS for words in starts if words)
