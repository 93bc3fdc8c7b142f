"""What is compared: Dockerfiles that people wrote, and the verdict on each field."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from genfile.container import Image

Verdict = Literal["agree", "differ", "not comparable"]
LANGUAGES = ("node", "python", "go", "java")
FIELDS = ("found", "start", "port", "version", "packages", "folders")


@dataclass(frozen=True)
class Written:
    """A Dockerfile for production. ``context`` and ``folder`` (of the program's sources) are paths of the tree;
    ``environment``: what the image sets, and its compose service."""

    path: str
    context: str
    folder: str
    language: str
    image: Image
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Skipped:
    """A Dockerfile that nothing is compared with, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Compared:
    """One field of one Dockerfile: what each side says, and where (`path:line`)."""

    repository: str
    dockerfile: str
    service: str | None
    language: str
    field: str
    verdict: Verdict
    written: str = ""
    found: str = ""
    written_at: str = ""
    found_at: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
