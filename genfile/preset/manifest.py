"""What `preset.toml` may say."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from genfile.options.model import Option, OptionName
from genfile.spec.base import Model, RelativePath, Text


class Applies(Model):
    """What a spec must be for the preset to be chosen for it: every key that is given must agree."""

    language: tuple[str, ...] = ()
    static: bool | None = Field(None, description="Whether the service is only files after its build.")


class OutputFile(Model):
    path: RelativePath = Field(description="Dockerfile, .dockerignore or a name beside them.")
    template: str


class Manifest(Model):
    """A preset: what it is for, what it extends, what can be set, what it writes."""

    manifest: Literal[1]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    summary: Text
    extends: str | None = None
    applies: Applies = Applies.model_construct()
    options: dict[OptionName, Option] = {}
    files: tuple[OutputFile, ...] = ()


def parse_manifest(values: dict[str, Any], place: str) -> Manifest:
    """Validate a manifest. Raises PresetError that names the file and the field."""
    from pydantic import ValidationError

    from genfile.errors import PresetError
    from genfile.spec.project import describe

    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        raise PresetError(f"{place}: {describe(error).removeprefix('spec: ')}") from None


__all__ = ["Applies", "Manifest", "Option", "OptionName", "OutputFile", "parse_manifest"]
