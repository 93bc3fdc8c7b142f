"""The models of `template.toml`."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints

from genfile.options import Option, OptionName
from genfile.spec.base import Model, Text

if TYPE_CHECKING:
    from pydantic import ValidationError

    from genfile.parsers import Document

FILE = "template.toml"


class FileRule(Model):
    """Files that are there only when an expression over the answers is true."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(
        description="A path in the template, with * for part of a name and ** for any folders."
    )
    when: str | bool


class TemplateManifest(Model):
    """A template: its description, its questions, and the files that depend on the answers."""

    manifest: Literal[1]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    summary: Text
    root: str | None = Field(None, description="The folder name of the new project, unless the user gives one.")
    dockerfile: bool = Field(False, description="Whether genfile adds container files to the rendered project.")
    questions: dict[OptionName, Option] = {}
    files: tuple[FileRule, ...] = ()


def read_manifest(files: Mapping[str, bytes]) -> TemplateManifest:
    """Read and validate a template's manifest. Raises PresetError with every fault, each with its line."""
    from pydantic import ValidationError

    from genfile.errors import PresetError
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    content = files.get(FILE)
    if content is None:
        raise PresetError(f"the template has no {FILE}", hint="a template needs a template.toml in its folder")
    try:
        document = parse_toml(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise PresetError(f"{FILE}: not UTF-8 text") from None
    except ParseError as error:
        raise PresetError(f"{FILE}: {error}") from None
    newer = document.get("manifest")
    if isinstance(newer, int) and newer > 1:
        raise PresetError(f"{FILE}: manifest {newer} is newer than this genfile supports", hint="upgrade genfile")
    try:
        return TemplateManifest.model_validate(document.value)
    except ValidationError as error:
        raise PresetError("; ".join(_faults(error, document))) from None


def _faults(error: "ValidationError", document: "Document") -> list[str]:
    faults: dict[str, None] = {}
    from genfile.spec.wording import place_of, wrong

    for fault in error.errors(include_url=False):
        path = place_of(fault)
        line = next((found for end in range(len(path), 0, -1) if (found := document.locate(path[:end]))), 1)
        where = ".".join(str(part) for part in path)
        text = f"unknown key{_meant(path)}" if fault["type"] == "extra_forbidden" else wrong(fault)
        faults[f"{FILE}:{line}: {where}: {text}"] = None
    return list(faults)[:8]


def _meant(path: tuple[Any, ...]) -> str:
    model: type[Model] = TemplateManifest
    if len(path) > 2:
        model = Option if path[0] == "questions" else FileRule
    close = get_close_matches(str(path[-1]), model.model_fields, 1)
    return f" (did you mean {close[0]}?)" if close else ""
