"""What a Python project depends on."""

from dataclasses import dataclass

from genfile.evidence import Evidence


@dataclass(frozen=True)
class Dependency:
    """A production dependency: normalised name, extras, the range as written, and where it stands."""

    name: str
    extras: tuple[str, ...]
    specifier: str
    evidence: Evidence
