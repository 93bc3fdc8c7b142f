"""The whole documents, as models: imported only for schemas and for strict checks, never on the way of `init`."""

from typing import Annotated, Literal

from pydantic import Field

from genfile.spec.base import Model
from genfile.spec.go import GoService
from genfile.spec.java import JavaService
from genfile.spec.node import NodeService
from genfile.spec.project import EvidenceItem, NoteItem
from genfile.spec.python import PythonService
from genfile.spec.static import StaticService

AnyService = Annotated[
    NodeService | PythonService | GoService | JavaService | StaticService, Field(discriminator="language")
]


class InspectedItem(Model):
    """One service: its spec, evidence by JSON pointer into it, notes."""

    spec: AnyService
    evidence: dict[str, tuple[EvidenceItem, ...]] = {}
    notes: tuple[NoteItem, ...] = ()


class InspectDocument(Model):
    """What `genfile inspect --json` prints, and `genfile render` reads."""

    version: Literal[1]
    services: tuple[InspectedItem, ...]
    notes: tuple[NoteItem, ...] = ()
