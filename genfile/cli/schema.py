"""`genfile schema`: the JSON Schema of what genfile reads and writes."""

import enum
from typing import Annotated

import typer

from genfile.cli import ui


class SchemaName(enum.StrEnum):
    """The documents that have a published schema."""

    spec = "spec"
    preset = "preset"
    template = "template"
    config = "config"


def schema(name: Annotated[SchemaName, typer.Argument(metavar="NAME", help="Which schema")]) -> None:
    """Print a JSON Schema: of a spec, of preset.toml or template.toml, or of genfile.toml."""
    from genfile.schema import json_schema

    ui.json_out(json_schema(name.value))
