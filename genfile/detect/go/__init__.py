"""Go: go.mod, its main packages, and what they listen on; programs without a go.mod, for which one is created."""

from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Note
from genfile.source.base import any_ends

NAME = "go"


def is_candidate(names: frozenset[str]) -> bool:
    return "go.mod" in names or any_ends(names, ".go", "/")


def _is_module(project: Project) -> bool:
    from genfile.detect.go.loose import is_loose

    return project.has("go.mod") or is_loose(project)


def claim(project: Project) -> Claim | None:
    if not _is_module(project):
        return None
    from genfile.detect.go.claims import claim as claim_go

    return claim_go(project)


def detect(project: Project) -> Draft:
    from genfile.detect.go.service import detect as detect_go

    return detect_go(project)


def program(project: Project) -> Evidence | None:
    """A main package at the root, unless something says that it is a terminal tool."""
    from genfile.detect.go.claims import bare_program

    return bare_program(project)


def why_none(project: Project) -> Note | None:
    """Why a module's programs are not services."""
    if not _is_module(project):
        return None
    from genfile.detect.go.claims import why_none as why

    return why(project)


def members(root: Project) -> list[Project]:
    """The modules in the go.work of a folder, without the folder itself."""
    from genfile.parsers.gomod import parse_go_mod

    work = root.parse(parse_go_mod, "go.work") if root.has("go.work") else None
    found = [root.at(use) for use in (work.uses if work else ())]
    return [member for member in found if member.path != root.path and member.has("go.mod")]
