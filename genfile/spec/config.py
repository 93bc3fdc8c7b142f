"""The models of `genfile.toml`, of the user's `config.toml`, and of `genfile.lock`."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from genfile.spec.base import Argument, Model, RelativePath, ServiceName, Word

PresetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
CommentLevel = Literal["none", "brief", "teach"]
# More patterns than a person writes, yet few enough to match 100,000 files.
Patterns = Annotated[tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...], Field(max_length=100)]

_SET = "Fields of the spec (dotted, or as tables) and options of the preset; a string is read as for `--set`."


class PresetSource(Model):
    """A named preset."""

    source: Argument = Field(description="A folder, an archive, git+URL@tag#folder, gh:owner/repo@tag, package:NAME.")


class ServiceConfig(Model):
    """Settings of one service, which win over those for all."""

    name: ServiceName | None = Field(None, description="The name of the service.")
    skip: bool = Field(False, description="Leaves the service out: it gets no files.")
    language: Word | None = Field(None, description="Adds a service in this language that detection does not find.")
    preset: Argument | None = Field(None, description="The preset that renders this service.")
    comments: CommentLevel | None = Field(None, description="How much its Dockerfile explains.")
    set: dict[str, Any] = Field({}, description=_SET)


class Config(Model):
    """Settings of a project: `genfile.toml`, `[tool.genfile]` in pyproject.toml, or `genfile` in package.json."""

    preset: Argument | None = Field(None, description="A built-in preset, a name of `presets`, or a reference.")
    comments: CommentLevel | None = Field(None, description="How much the files explain; default: brief.")
    compose: bool | None = Field(None, description="Also write compose.yaml.")
    ignore: Patterns = Field((), description="Paths that detection skips, as .gitignore patterns.")
    set: dict[str, Any] = Field({}, description=_SET)
    services: dict[RelativePath, ServiceConfig] = Field({}, description="Settings of single services, by path.")
    presets: dict[PresetName, PresetSource] = Field({}, description="Names for presets.")


class UserConfig(Model):
    """A user's settings for every project: `genfile/config.toml` in the user's configuration folder."""

    preset: Argument | None = Field(None, description="A built-in preset, a name of `presets`, or a reference.")
    comments: CommentLevel | None = Field(None, description="How much the files explain; default: brief.")
    set: dict[str, Any] = Field({}, description=_SET)
    presets: dict[PresetName, PresetSource] = Field({}, description="Names for presets.")
    trust: tuple[str, ...] = Field((), description="Sources that a tree may name, and whose templates may run code.")


class LockedPreset(Model):
    """The version of a preset when it was added or updated."""

    source: Argument
    commit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+!:-]{1,100}$")] | None = Field(
        None, description="git: 40 hex digits; archive: sha256:…; package: its version."
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="The digest of all files of the preset."
    )
    extends: dict[Argument, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]] = Field(
        {}, description="The commit of each git preset that it extends, by reference."
    )


class LockedTemplate(Model):
    """What `genfile new` wrote: the compressed content of each file, as the base that `genfile update` merges with."""

    files: dict[str, str] = {}
    executable: list[str] | None = Field(None, description="The files that were executable; null: unknown.")


class Lock(Model):
    """`genfile.lock`: what was resolved and written. Only genfile writes it."""

    version: Literal[1]
    presets: dict[PresetName, LockedPreset] = {}
    template: LockedTemplate | None = None
    containers: dict[str, Any] | None = Field(
        None, description="What `genfile init` wrote, for `check` and `update`; read by `genfile.project.written`."
    )
