"""The models of `genfile.toml`, of the user's `config.toml`, and of `genfile.lock`."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from genfile.spec.base import Argument, Model, RelativePath, ServiceName, Word

PresetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
CommentLevel = Literal["none", "brief", "teach"]
# More patterns than a person writes, yet few enough to match 100,000 files.
Patterns = Annotated[tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...], Field(max_length=100)]

_SET = "Fields of the spec (dotted, or as tables) and options of the preset; a string means the same as with `--set`."


class PresetSource(Model):
    """A named preset."""

    source: Argument = Field(
        description="A folder, an archive, git+URL@tag#folder, gh:owner/repo@tag, or package:NAME."
    )


class ServiceConfig(Model):
    """Settings of one service, which win over those for all."""

    name: ServiceName | None = Field(None, description="The name of the service.")
    skip: bool = Field(False, description="Skip this service: it gets no files.")
    language: Word | None = Field(
        None, description="Add a service in this language here, which detection does not find."
    )
    preset: Argument | None = Field(None, description="The preset that renders this service.")
    comments: CommentLevel | None = Field(None, description="How much the Dockerfile explains in comments.")
    set: dict[str, Any] = Field({}, description=_SET)


class LintIgnore(Model):
    """Findings of one check that are meant."""

    id: Word = Field(description="The check, by its id in docs/checks.md.")
    path: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        "*", description="Only in these Dockerfiles: a path, or a pattern with *."
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(description="Why it is meant.")


class LintConfig(Model):
    """What is decided for `genfile lint`."""

    level: Literal["error", "warning", "hint"] | None = Field(
        None, description="From this level on findings make the exit code 3: error by default."
    )
    ignore: Annotated[tuple[LintIgnore, ...], Field(max_length=200)] = Field((), description="Findings that are meant.")


class Config(Model):
    """Settings of a project: `genfile.toml`, `[tool.genfile]` in pyproject.toml, or `genfile` in package.json."""

    preset: Argument | None = Field(None, description="A built-in preset, a name of `presets`, or a reference.")
    comments: CommentLevel | None = Field(
        None, description="How much the files explain in comments; `brief` by default."
    )
    compose: bool | None = Field(None, description="Write compose.yaml too.")
    ignore: Patterns = Field((), description="Paths that detection ignores, as .gitignore patterns.")
    set: dict[str, Any] = Field({}, description=_SET)
    services: dict[RelativePath, ServiceConfig] = Field({}, description="Single services, by the path of each.")
    lint: LintConfig = Field(LintConfig.model_construct(), description="What `genfile lint` leaves out.")
    presets: dict[PresetName, PresetSource] = Field({}, description="Presets that the project has names for.")


class UserConfig(Model):
    """A user's settings for every project: `genfile/config.toml` in the user's configuration folder."""

    preset: Argument | None = Field(None, description="A built-in preset, a name of `presets`, or a reference.")
    comments: CommentLevel | None = Field(
        None, description="How much the files explain in comments; `brief` by default."
    )
    set: dict[str, Any] = Field({}, description=_SET)
    presets: dict[PresetName, PresetSource] = Field({}, description="Named presets of this user.")
    trust: tuple[str, ...] = Field(
        (), description="Sources that a project may refer to, and whose templates may run code."
    )


class LockedPreset(Model):
    """The version of a preset when it was added or updated."""

    source: Argument
    commit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+!:-]{1,100}$")] | None = Field(
        None, description="For git 40 hex digits; for an archive sha256:…; for a package its version."
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
    executable: list[str] | None = Field(None, description="The files that were executable; absent if unknown.")


class Lock(Model):
    """`genfile.lock`: what was resolved and written. Only genfile writes it."""

    version: Literal[1]
    presets: dict[PresetName, LockedPreset] = {}
    template: LockedTemplate | None = None
    containers: dict[str, Any] | None = Field(
        None, description="What `genfile init` wrote, for `check` and `update`; read by `genfile.project.written`."
    )
