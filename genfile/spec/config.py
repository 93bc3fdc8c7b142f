"""What a project decides, as models: `genfile.toml`, and the part of `genfile.lock` that follows from it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from genfile.spec.base import Argument, Model

PresetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class PresetSource(Model):
    """A preset that the project has a name for."""

    source: Argument = Field(description="A folder, an archive, git+URL@tag#folder, gh:owner/repo@tag, package:NAME.")


class Config(Model):
    """What a user can decide: the preset, fields of the spec and options of the preset by name, as text."""

    preset: str | None = None
    comments: Literal["none", "brief", "teach"] | None = None
    set: dict[str, str] = {}
    presets: dict[PresetName, PresetSource] = {}


class LockedPreset(Model):
    """What a source was when it was added or updated."""

    source: Argument
    commit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+!:-]{1,100}$")] | None = Field(
        None, description="Of git, 40 hex digits; of an archive, sha256:…; of a package, its version."
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="The digest of all files of the preset."
    )
    extends: dict[Argument, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]] = Field(
        {}, description="The commit of each preset out of git that it extends, by its reference."
    )


class LockedTemplate(Model):
    """What `genfile new` wrote: each file's content, compressed, for `genfile update` to merge with."""

    files: dict[str, str] = {}
    executable: list[str] | None = Field(None, description="The files that were executable; without it, nobody knows.")


class Lock(Model):
    """`genfile.lock`: what was resolved. Written by genfile alone."""

    version: Literal[1]
    presets: dict[PresetName, LockedPreset] = {}
    template: LockedTemplate | None = None
