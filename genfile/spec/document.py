"""The models of whole documents: imported only for schemas and strict validation, never by `init`."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from genfile.spec.base import Model
from genfile.spec.generic import BUILT_IN, GenericService
from genfile.spec.go import GoService
from genfile.spec.java import JavaService
from genfile.spec.node import NodeService
from genfile.spec.project import EvidenceItem, NoteItem, RiskItem
from genfile.spec.python import PythonService
from genfile.spec.static import StaticService


def _language(value: Any) -> str:
    language = value.get("language") if isinstance(value, dict) else getattr(value, "language", None)
    return language if language in BUILT_IN else "another"


AnyService = Annotated[
    Annotated[NodeService, Tag("node")]
    | Annotated[PythonService, Tag("python")]
    | Annotated[GoService, Tag("go")]
    | Annotated[JavaService, Tag("java")]
    | Annotated[StaticService, Tag("static")]
    | Annotated[GenericService, Tag("another")],
    Discriminator(_language),
]


class InspectedItem(Model):
    """One service: its spec, evidence by JSON pointer into the spec, notes and risks."""

    spec: AnyService
    evidence: dict[str, tuple[EvidenceItem, ...]] = {}
    notes: tuple[NoteItem, ...] = ()
    risks: tuple[RiskItem, ...] = ()


class InspectDocument(Model):
    """The document that `genfile inspect --json` prints and `genfile render` reads."""

    version: Literal[1]
    services: tuple[InspectedItem, ...]
    notes: tuple[NoteItem, ...] = ()
