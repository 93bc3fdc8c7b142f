"""A dependency of a Python project."""

from dataclasses import dataclass

from genfile.evidence import Evidence


@dataclass(frozen=True)
class Dependency:
    """A production dependency: normalised name, extras, the range as written, and its place."""

    name: str
    extras: tuple[str, ...]
    specifier: str
    evidence: Evidence
