"""The interface of a language module: a module with functions, without a base class."""

from typing import Literal, Protocol

from msgspec import Struct

from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence

Strength = Literal["server", "site", "program", "guess"]

# Strongest first: which of two languages in a folder is the service, and which only helps it.
STRENGTHS: tuple[Strength, ...] = ("server", "program", "site", "guess")


class Claim(Struct, frozen=True):
    """A language's claim that a folder is a service.

    ``strength``: `server` (a framework or a start command that serves), `program` (an entry point that may be
    anything), `site` (a front end that is only files), `guess` (only a likely file name).
    """

    strength: Strength
    reason: Evidence


class Language(Protocol):
    """The form of the modules in ``survey.LANGUAGES``."""

    NAME: str

    def is_candidate(self, names: frozenset[str]) -> bool:
        """Whether a folder with these file names could be a project in this language; must be cheap."""

    def claim(self, project: Project) -> Claim | None:
        """The claim of a service; None for a library, a workspace root, or tooling."""

    def detect(self, project: Project) -> Draft:
        """The facts of a claimed service."""
