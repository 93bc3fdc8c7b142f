"""Errors in a file that a person wrote, in one line: file, line and column, what is wrong, how to fix it."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from msgspec import Struct

from genfile.errors import UsageError
from genfile.spec.settings import Place

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from genfile.parsers import Document, Key

ModelType = TypeVar("ModelType", bound="BaseModel")


class Origin(Struct, frozen=True, dict=True):
    """A parsed file: its name, its text, and the table of it that is meant; () for the file as a whole."""

    name: str
    text: str
    document: "Document"
    table: "tuple[Key, ...]" = ()

    @property
    def value(self) -> Any:
        return self.document.get(*self.table)

    def place(self, *path: "Key") -> Place:
        """The place of a key of the table, or of the nearest enclosing one."""
        whole = (*self.table, *path)
        for end in range(len(whole), 0, -1):
            line = self.document.line(*whole[:end])
            if line is not None:
                return Place(self.name, line, self._column(line, whole, end))
        return Place(self.name)

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.removeprefix("\ufeff").splitlines()

    def _column(self, line: int, path: "tuple[Key, ...]", end: int) -> int | None:
        """The column of the innermost key on the line: an inline table is on one line with its content."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        for key in (*reversed(path[end:]), *reversed(path[:end])):
            if not isinstance(key, str):
                continue
            found = re.search(rf"""(["']){re.escape(key)}\1|(?<![\w-]){re.escape(key)}(?![\w-])""", text)
            if found is not None:
                return found.start() + 1
        return None


def open_toml(text: str, name: str) -> Origin:
    """Read a TOML text. Raises UsageError that names the file, the line and the column."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        return Origin(name, text, parse_toml(text))
    except ParseError as error:
        raise UsageError(f"{Place(name, error.line, error.column)}: {error.reason}") from None


def parse_model(model: type[ModelType], text: str, name: str) -> ModelType:
    """Read a TOML text into a model. Raises UsageError that names the place of a fault."""
    return validate(model, open_toml(text, name))


def validate(model: type[ModelType], origin: Origin) -> ModelType:
    """A model of a file's content. Raises UsageError that names the place of an error."""
    from pydantic import ValidationError

    try:
        return model.model_validate(origin.value)
    except ValidationError as error:
        raise _fault(error, model, origin) from None


def _fault(error: "ValidationError", model: "type[BaseModel]", origin: Origin) -> UsageError:
    # An unknown key first: where another is missing, it is most often the same one, misspelt.
    from genfile.spec.wording import place_of, wrong

    found = error.errors(include_url=False)
    first, *others = sorted(found, key=lambda item: item["type"] != "extra_forbidden")
    location = place_of(first)
    place = origin.place(*location)
    field = ".".join(map(str, location)) or "the file"
    more = f"; and {len(others)} more" if others else ""
    if first["type"] == "extra_forbidden":
        return UsageError(f"{place}: {field} is not a known key{more}", hint=_close(model, location))
    colon = "" if first["type"] == "missing" else ":"
    return UsageError(f"{place}: {field}{colon} {wrong(first)}{more}")


def _close(model: "type[BaseModel]", location: tuple[str | int, ...]) -> str:
    from difflib import get_close_matches

    known = list(_inner(model, location[:-1]).model_fields)
    close = get_close_matches(str(location[-1]), known, 1)
    return f"did you mean {close[0]}?" if close else f"use one of {', '.join(known)}"


def _inner(model: "type[BaseModel]", location: tuple[str | int, ...]) -> "type[BaseModel]":
    """The model of the table at a place, which may be in a table keyed by name."""
    for part in location:
        field = model.model_fields.get(str(part))
        model = (_model_in(field.annotation) if field is not None else None) or model
    return model


def _model_in(annotation: Any) -> "type[BaseModel] | None":
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item)) is not None), None)
