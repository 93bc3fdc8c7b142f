"""The model of a child's answer, imported only where one is checked."""

from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from genfile.spec.base import Model
from genfile.spec.project import EvidenceItem, NoteItem, RiskItem

_Many = Field(max_length=10_000)


class PlaceItem(EvidenceItem):
    subject: str = ""


class FactItem(Model):
    pointer: Annotated[str, StringConstraints(pattern=r"^/[^\r\n]{1,300}$")]
    value: JsonValue
    evidence: Annotated[tuple[PlaceItem, ...], _Many]
    guess: bool
    remedy: str | None


class ServiceItem(Model):
    spec: dict[str, JsonValue]
    facts: Annotated[tuple[FactItem, ...], _Many]
    notes: Annotated[tuple[NoteItem, ...], _Many]
    risks: Annotated[tuple[RiskItem, ...], _Many] = ()
    overwritten: Annotated[tuple[FactItem, ...], _Many] = ()


class TreeAnswer(Model):
    """The services of a tree and the notes on it."""

    services: Annotated[tuple[ServiceItem, ...], _Many]
    notes: Annotated[tuple[NoteItem, ...], _Many]
