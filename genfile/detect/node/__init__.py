"""Node and Bun: detection from package.json and the files around it."""

from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence

NAME = "node"


def is_candidate(names: frozenset[str]) -> bool:
    from genfile.detect.node.loose import is_candidate as is_loose

    return "package.json" in names or "project.json" in names or is_loose(names)


def claim(project: Project) -> Claim | None:
    from genfile.detect.node.claims import claim as claim_node

    return claim_node(project)


def detect(project: Project) -> Draft:
    from genfile.detect.node.service import detect as detect_node

    return detect_node(project)


def program(project: Project) -> Evidence | None:
    """`main` of an unpublished package, or a file with a usual name."""
    from genfile.detect.node.claims import bare_program

    return bare_program(project)


def starts_server(project: Project) -> bool:
    """Whether a workspace's member starts a server of its own that no generator of documentation makes."""
    from genfile.detect.node.library import starts_server as find

    return find(project)


def runs_elsewhere(project: Project) -> Evidence | None:
    """The evidence that a folder's package runs on a desktop, in a browser or the like, and not in a container."""
    from genfile.detect.node.elsewhere import told_elsewhere

    return told_elsewhere(project)


def brought_along(project: Project) -> Evidence | None:
    """The evidence that a folder's program in another language is a part of a desktop application."""
    from genfile.detect.node.sidecar import sidecar

    return sidecar(project)


def strayed(project: Project, others: list[Project]) -> tuple[Evidence, Project] | None:
    """The evidence that a folder's program is a copy of another service's that can't start, and that service's
    folder."""
    from genfile.detect.node.stray import strayed as find

    return find(project, others)
