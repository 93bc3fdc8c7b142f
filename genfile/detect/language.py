"""The interface of a language module: a module with functions, without a base class."""

from dataclasses import dataclass
from typing import Literal, Protocol

from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence

Strength = Literal["server", "site", "program", "guess"]

# Strongest first: what of two languages in one folder is the service, and what only helps it.
STRENGTHS: tuple[Strength, ...] = ("server", "program", "site", "guess")


@dataclass(frozen=True, slots=True)
class Claim:
    """A language says that a folder is a service of its own.

    ``strength``: `server` (a framework or a start command that serves), `program` (an entry point that may be
    anything), `site` (a front end that is only files), `guess` (nothing but a likely file name).
    """

    strength: Strength
    reason: Evidence


class Language(Protocol):
    """A module of this shape stands in ``survey.LANGUAGES``."""

    NAME: str

    def is_candidate(self, names: frozenset[str]) -> bool:
        """Cheap: could a folder with files of these names be a project of this language?"""

    def claim(self, project: Project) -> Claim | None:
        """Whether the folder is a service; None for a library, a workspace root, mere tooling."""

    def detect(self, project: Project) -> Draft:
        """The facts of a service that was claimed."""
