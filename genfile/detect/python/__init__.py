from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft
NAME = "python"
def is_candidate(names: frozenset[str]) -> bool:
    return False
def claim(project: Project) -> Claim | None:
    return None
def detect(project: Project) -> Draft:
    return Draft()
