"""The JVM: Maven and Gradle builds, and the programs that they create."""

from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft, Note

NAME = "java"


def is_candidate(names: frozenset[str]) -> bool:
    return not names.isdisjoint({"pom.xml", "build.gradle", "build.gradle.kts"})


def claim(project: Project) -> Claim | None:
    from genfile.detect.java.claims import claim as claim_java

    return claim_java(project)


def detect(project: Project) -> Draft:
    from genfile.detect.java.service import detect as detect_java

    return detect_java(project)


def why_none(project: Project) -> Note | None:
    """Why a module's program is not a service."""
    from genfile.detect.java.claims import why_none as why

    return why(project)
