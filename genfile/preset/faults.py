"""Errors in a preset, for its author: the file, the line, what is wrong, how to fix it."""

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from genfile.errors import PresetError


def manifest_fault(
    error: ValidationError, model: type[BaseModel], place: str, text: str, table: tuple[str, ...] = ()
) -> PresetError:
    """The first fault of a manifest as one line; an unknown key gets a `did you mean`.

    ``table``: the keys of the table that ``model`` describes, where that is not the whole file.
    """
    # An unknown key first: where one is missing, it is most often the same one, misspelt.
    from genfile.spec.wording import place_of, wrong

    found = error.errors(include_url=False)
    first, *others = sorted(found, key=lambda item: item["type"] != "extra_forbidden")
    inside = list(place_of(first))
    location = [*table, *inside]
    line = line_of(text, location)
    where = f"{place}:{line}" if line else place
    field = ".".join(str(part) for part in location) or "the document"
    message = wrong(first)
    hint = None
    if first["type"] == "extra_forbidden":
        message = "is not a known key"
        hint = _close(str(location[-1]), _keys(model, inside[:-1]))
    elif first["type"] != "missing":
        message = f": {message}"
    more = f"; and {len(others)} more" if others else ""
    return PresetError(f"{where}: {field}{'' if message[0] == ':' else ' '}{message}{more}", hint=hint)


def template_fault(error: Exception, template: str, context: Mapping[str, Any]) -> PresetError:
    """A fault while a template was rendered: its file and line, the block, and the field that there is not."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

    from genfile.preset.environment import FieldError

    if isinstance(error, TemplateSyntaxError):
        return PresetError(f"{error.name or template}:{error.lineno}: {error.message}")
    place, message, hint = _place(error, template), str(error) or type(error).__name__, getattr(error, "hint", None)
    if isinstance(error, FieldError):
        holder = _path_of(error.holder, context)
        message = f"{holder or 'this table'} has no field {error.name!r}"
        hint = _close(error.name, sorted(map(str, error.holder)))
    elif isinstance(error, UndefinedError):
        name = message.partition("'")[2].partition("'")[0]
        hint = _close(name, sorted(context))
    elif isinstance(error, TemplateNotFound):
        message = f"no template named {error.name!r}"
    return PresetError(f"{place}: {message}", hint=hint)


def _place(error: BaseException, template: str) -> str:
    """The template, line and block that an error came from: Jinja rewrites tracebacks to template lines."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return template
    last = frames[-1]
    block = f" ({last.name})" if last.name.startswith("block ") else ""
    return f"{last.filename}:{last.lineno}{block}"


def _path_of(wanted: Any, context: Mapping[str, Any], prefix: str = "") -> str | None:
    """The path of a table in the context, dotted: `spec.runtime`."""
    for key, value in context.items():
        path = f"{prefix}{key}"
        if value is wanted:
            return path
        if isinstance(value, Mapping) and (found := _path_of(wanted, value, path + ".")) is not None:
            return found
    return None


def line_of(text: str, location: Sequence[str | int]) -> int | None:
    """The line of a place in a TOML text, counted from 1: of the deepest part of it that is there."""
    from genfile.parsers.data import parse_toml

    document = parse_toml(text)
    return next((n for end in range(len(location), 0, -1) if (n := document.line(*location[:end])) is not None), None)


def close_name(name: str, known: Sequence[str]) -> str | None:
    """`did you mean port?`, or None if no name is close."""
    return _close(name, known)


def _close(name: str, known: Sequence[str]) -> str | None:
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else (f"use one of {', '.join(sorted(known))}" if known else None)


def _keys(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The keys that a table of the manifest may have, by its place."""
    current = model
    for part in location:
        if isinstance(part, int):
            continue
        field = next(
            (f for name, f in current.model_fields.items() if part in (name, f.alias)),
            None,
        )
        inner = _model_in(field.annotation) if field is not None else None
        # A table of tables: its own keys are free names.
        current = inner or current
    return [field.alias or name for name, field in current.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    from typing import get_args

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item))), None)
