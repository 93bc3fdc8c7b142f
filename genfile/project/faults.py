"""Faults of a file that a person wrote, in one line: the file, the line, what is wrong, how to mend it."""

from typing import TYPE_CHECKING, Any, TypeVar, get_args

from genfile.errors import UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from genfile.parsers import Document

ModelType = TypeVar("ModelType", bound="BaseModel")


def parse_model(model: type[ModelType], text: str, name: str) -> ModelType:
    """Read a TOML text into a model. Raises UsageError that names the file and the line."""
    from pydantic import ValidationError

    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        document = parse_toml(text)
    except ParseError as error:
        place = name if error.line is None else f"{name}:{error.line}"
        raise UsageError(f"{place}: {error.reason}") from None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise _fault(error, model, document, name) from None


def _fault(error: "ValidationError", model: "type[BaseModel]", document: "Document", name: str) -> UsageError:
    # An unknown key first: where another is missing, it is most often the same one, misspelt.
    found = error.errors(include_url=False, include_context=False)
    first, *others = sorted(found, key=lambda item: item["type"] != "extra_forbidden")
    location = tuple(part for part in first["loc"] if part != "[key]")
    line = next((n for end in range(len(location), 0, -1) if (n := document.line(*location[:end])) is not None), None)
    place = name if line is None else f"{name}:{line}"
    field = ".".join(map(str, location)) or "the file"
    more = f"; and {len(others)} more" if others else ""
    if first["type"] == "extra_forbidden":
        return UsageError(f"{place}: {field} is not a key that there is{more}", hint=_close(model, location))
    if first["type"] == "missing":
        return UsageError(f"{place}: {field} is missing{more}")
    message = first["msg"].removeprefix("Value error, ")
    return UsageError(f"{place}: {field}: {message} (got {str(first['input'])[:80]!r}){more}")


def _close(model: "type[BaseModel]", location: tuple[str | int, ...]) -> str:
    from difflib import get_close_matches

    known = list(_inner(model, location[:-1]).model_fields)
    close = get_close_matches(str(location[-1]), known, 1)
    return f"did you mean {close[0]}?" if close else f"one of {', '.join(known)}"


def _inner(model: "type[BaseModel]", location: tuple[str | int, ...]) -> "type[BaseModel]":
    """The model of the table at a place; a table of tables has names of its own in between."""
    for part in location:
        field = model.model_fields.get(str(part))
        model = (_model_in(field.annotation) if field is not None else None) or model
    return model


def _model_in(annotation: Any) -> "type[BaseModel] | None":
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item)) is not None), None)
