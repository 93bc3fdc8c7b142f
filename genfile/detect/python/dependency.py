"""A dependency of a Python project."""

from msgspec import Struct

from genfile.evidence import Evidence


class Dependency(Struct, frozen=True):
    """A production dependency: normalised name, extras, the range as written, and its place."""

    name: str
    extras: tuple[str, ...]
    specifier: str
    evidence: Evidence
