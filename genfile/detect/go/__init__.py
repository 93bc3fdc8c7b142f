"""Go: go.mod, the main packages below it, and what they listen on."""

from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence

NAME = "go"


def is_candidate(names: frozenset[str]) -> bool:
    return "go.mod" in names


def claim(project: Project) -> Claim | None:
    from genfile.detect.go.claims import claim as claim_go

    return claim_go(project)


def detect(project: Project) -> Draft:
    from genfile.detect.go.service import detect as detect_go

    return detect_go(project)


def program(project: Project) -> Evidence | None:
    """A main package at the root, where nothing says that it is a tool for a terminal."""
    from genfile.detect.go.claims import bare_program

    return bare_program(project)


def members(root: Project) -> list[Project]:
    """The modules that the go.work of a folder uses, itself left out."""
    from genfile.parsers.gomod import parse_go_mod

    work = root.parse(parse_go_mod, "go.work") if root.has("go.work") else None
    found = [root.at(use) for use in (work.uses if work else ())]
    return [member for member in found if member.path != root.path and member.has("go.mod")]
