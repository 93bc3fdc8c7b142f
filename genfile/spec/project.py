"""The document that `genfile inspect --json` prints and `genfile render` reads."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from genfile.errors import SpecError
from genfile.spec.base import WORD, Model, Word
from genfile.spec.service import Service

if TYPE_CHECKING:
    from genfile.spec.generic import GenericService
    from genfile.spec.go import GoService
    from genfile.spec.java import JavaService
    from genfile.spec.node import NodeService
    from genfile.spec.python import PythonService
    from genfile.spec.static import StaticService

    Spec = NodeService | PythonService | GoService | JavaService | StaticService | GenericService

VERSION = 1
LANGUAGES = ("node", "python", "go", "java", "static")


class EvidenceItem(Model):
    path: str
    line: int | None = None
    says: str
    guess: bool = Field(False, description="True if this is a guess that nothing in the tree confirms.")


class NoteItem(Model):
    level: Literal["info", "warning", "error"]
    text: str
    path: str | None = None
    line: int | None = None


class RiskItem(Model):
    """A problem of the image that the files describe, found without building it."""

    id: Word = Field(description="The check that found it; see docs/checks.md.")
    level: Literal["error", "warning"] = Field(description="`error` if the build or the start is certain to fail.")
    text: str
    hint: str | None = Field(None, description="How to fix it.")
    path: str | None = None
    line: int | None = None


@cache
def spec_class(language: str) -> "type[Spec]":
    """The model of a language, imported on first use; the generic model for a language that genfile does not know.

    Raises SpecError for what is not a lower-case word.
    """
    if language == "node":
        from genfile.spec.node import NodeService as node

        return node
    if language == "python":
        from genfile.spec.python import PythonService as python

        return python
    if language == "go":
        from genfile.spec.go import GoService as go

        return go
    if language == "java":
        from genfile.spec.java import JavaService as java

        return java
    if language == "static":
        from genfile.spec.static import StaticService as static

        return static
    if re.fullmatch(WORD, language):
        from genfile.spec.generic import GenericService as generic

        return generic
    raise SpecError(
        f"language {language!r} is not a lower-case word",
        hint=f"use one of {', '.join(LANGUAGES)}, or a language of a preset",
    )


def parse_spec(values: Any) -> "Spec":
    """Validate a spec given as plain values. Raises SpecError that names the field and what it must be."""
    if not isinstance(values, dict):
        raise SpecError("a spec must be a JSON object")
    language = values.get("language")
    if not isinstance(language, str):
        raise SpecError("spec: `language` is missing", hint=f"use one of {', '.join(LANGUAGES)}")
    try:
        return spec_class(language).model_validate(values)
    except ValidationError as error:
        raise SpecError(describe(error)) from None


def describe(error: ValidationError) -> str:
    """The first fault of a validation error in one line: `spec: port: 'x' is not a whole number`."""
    first, *others = error.errors(include_url=False)
    more = f"; and {len(others)} more" if others else ""
    return f"spec: {_fault(first)}{more}"


def faults(values: dict[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    """The problems of a spec given as plain values: place and one line each. Raises SpecError for a bad language."""
    try:
        spec_class(str(values.get("language"))).model_validate(values)
    except ValidationError as error:
        return [(item["loc"], _fault(item)) for item in error.errors(include_url=False)]
    return []


def _fault(item: Any) -> str:
    from genfile.spec.wording import place_of, wrong

    place = ".".join(map(str, place_of(item)))
    return f"{place or 'the document'}: {wrong(item)}"


__all__ = [
    "LANGUAGES",
    "VERSION",
    "EvidenceItem",
    "NoteItem",
    "RiskItem",
    "Service",
    "describe",
    "parse_spec",
    "spec_class",
]
