"""The models of `preset.toml`."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from genfile.options.model import Option, OptionName
from genfile.spec.base import Model, RelativePath, Text

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class OutputFile(Model):
    """A file that the preset writes: rendered from a template, or a copy of one of its own files."""

    path: RelativePath = Field(description="Dockerfile, .dockerignore, or a path in the build context.")
    template: RelativePath | None = Field(None, description="A template, as a path in the preset's folder.")
    source: RelativePath | None = Field(None, description="A text file of the preset that is copied unchanged.")
    when: str | None = Field(
        None, description="An expression over `spec` and `options`; the file is written while it is true."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> "OutputFile":
        if (self.template is None) == (self.source is None):
            raise ValueError("needs either `template` or `source`")
        return self


class PresetManifest(Model):
    """A preset: what it applies to, what it extends, its options, and the files that it writes."""

    manifest: Literal[1]
    name: Name
    summary: Text
    extends: str | None = Field(
        None, description="A preset: a built-in's name, a reference, or `builtin`: the built-in that applies."
    )
    requires: str | None = Field(None, description="The genfile versions that can read the preset: `>=0.3,<1`.")
    applies_to: str | None = Field(
        None, alias="applies-to", description="An expression over `spec`; by default that of the parent."
    )
    # Of the model `genfile.spec.rules.DetectRules`, which few presets need, and which is read apart.
    detect: dict[str, Any] | None = Field(None, description="How to find services that genfile does not know.")
    options: dict[OptionName, Option] = {}
    files: tuple[OutputFile, ...] = ()


def parse_manifest(
    values: dict[str, Any], inherited: dict[str, dict[str, Any]], place: str, text: str
) -> PresetManifest:
    """Validate a manifest; an option of a parent may give only what it changes.

    ``inherited``: the options of the parents as plain values. ``text``: the file, for line numbers in errors.
    Raises PresetError that names the file, the line and the fix.
    """
    from pydantic import ValidationError

    from genfile.preset.faults import manifest_fault

    options = values.get("options", {})
    if isinstance(options, dict):
        merged = {
            name: inherited.get(name, {}) | option if isinstance(option, dict) else option
            for name, option in options.items()
        }
        values = {**values, "options": merged}
    try:
        return PresetManifest.model_validate(values)
    except ValidationError as error:
        raise manifest_fault(error, PresetManifest, place, text) from None


def parse_options(values: dict[str, Any], place: str, text: str) -> dict[str, Option]:
    """Validate a file of options alone: one table an option. Raises PresetError as `parse_manifest` does."""
    from pydantic import ValidationError

    from genfile.preset.faults import manifest_fault

    found = {}
    for name, value in values.items():
        try:
            found[name] = Option.model_validate(value)
        except ValidationError as error:
            raise manifest_fault(error, Option, place, text, (name,)) from None
    return found
