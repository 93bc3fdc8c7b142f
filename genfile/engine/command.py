"""The command that builds an image, for Docker, Podman and Buildah."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.dockerfile.quoting import local_folder
from genfile.errors import UsageError

Engine = Literal["docker", "podman", "buildah"]


# Variables that the programs which build read themselves: a value meant for the build alone is not put there.
_READ_BY_ENGINES = re.compile(
    r"(?:DOCKER|BUILDX|BUILDKIT|BUILDAH|PODMAN|CONTAINERS?|STORAGE|REGISTRY|REGISTRIES|COMPOSE|XDG|LD|LC|GO|OTEL|SSL|"
    r"SSH|GIT|AWS|GITHUB|ACTIONS)_\w+|PATH|HOME|USER|LANG|TMPDIR|TERM|SOURCE_DATE_EPOCH|\w*_PROXY|\w*_proxy"
)


class BuildTarget(Struct, frozen=True):
    """One image to be built: Dockerfile and context relative to the folder that the command runs in.

    ``arguments``: names, whose values the engine takes from its environment; ``values``: those that the user typed.
    """

    name: str
    dockerfile: str
    context: str
    tags: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


class How(Struct, frozen=True):
    """How all of them are built. ``attest``: SBOM and provenance are attached; ``load``: into the engine's images."""

    platforms: tuple[str, ...] = ()
    push: bool = False
    stage: str | None = None
    no_cache: bool = False
    pull: bool = False
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    attest: bool = False


class EngineCommand(Struct, frozen=True):
    """A program with its arguments, and what it reads from standard input.

    ``environment``: variables that it gets beside genfile's own. ``hidden``: arguments that hold a value, each with
    what is shown in its place.
    """

    words: tuple[str, ...]
    stdin: str | None = field(default=None)
    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[str, ...]:
        """The words without the values of build arguments."""
        return tuple(self.hidden.get(word, word) for word in self.words)


def commands(engine: Engine, targets: Sequence[BuildTarget], how: How) -> list[EngineCommand]:
    """The commands that build all images: one bake of Docker's for several, else one build each.

    Raises UsageError for what the engine can't do.
    """
    if engine == "docker":
        return [_bake(targets, how)] if len(targets) > 1 else [_command(targets[0], _docker(targets[0], how))]
    if how.attest:
        raise UsageError(
            f"{engine} attaches no SBOM and no provenance", hint="leave out --attest, or use --engine docker"
        )
    return [command for item in targets for command in _plain(engine, item, how)]


def _command(target: BuildTarget, words: Sequence[str], stdin: str | None = None) -> EngineCommand:
    """A command that finds the typed values of arguments in its environment."""
    environment = {name: value for name, value in target.values.items() if not _READ_BY_ENGINES.fullmatch(name)}
    hidden = {word: word.partition("=")[0] for word in words if word in _spelled(target).values()}
    return EngineCommand(tuple(words), stdin, environment, hidden)


def _spelled(target: BuildTarget) -> dict[str, str]:
    """The arguments that have to stand in the command with their values."""
    return {name: f"{name}={value}" for name, value in target.values.items() if _READ_BY_ENGINES.fullmatch(name)}


def _docker(target: BuildTarget, how: How) -> tuple[str, ...]:
    words = ["docker", "buildx", "build", *_common(target, how)]
    words += ["--push"] if how.push else ["--load"]
    if how.attest:
        words += ["--provenance=mode=max", "--sbom=true"]
    return (*words, local_folder(target.context))


def _plain(engine: Engine, target: BuildTarget, how: How) -> Iterator[EngineCommand]:
    """The commands of Podman and Buildah. Images for several platforms are put together in a list of manifests."""
    words = [engine, "build", *_common(target, how, several=len(how.platforms) > 1), local_folder(target.context)]
    yield _command(target, words)
    if len(how.platforms) > 1:
        first = target.tags[0]
        yield from (EngineCommand((engine, "tag", first, tag)) for tag in target.tags[1:])
        if how.push:
            yield from (
                EngineCommand((engine, "manifest", "push", "--all", tag, f"docker://{tag}")) for tag in target.tags
            )
    elif how.push:
        yield from (EngineCommand((engine, "push", tag)) for tag in target.tags)


def _common(target: BuildTarget, how: How, *, several: bool = False) -> list[str]:
    words = ["--file", target.dockerfile]
    for flag, values in (
        ("--manifest" if several else "--tag", target.tags[:1] if several else target.tags),
        ("--label", target.labels),
        ("--build-arg", tuple(_spelled(target).get(name, name) for name in target.arguments)),
        ("--secret", target.secrets),
        ("--ssh", target.ssh),
        ("--cache-from", how.cache_from),
        ("--cache-to", how.cache_to),
    ):
        words += [word for value in values for word in (flag, value)]
    if how.platforms:
        words += ["--platform", ",".join(how.platforms)]
    if how.stage:
        words += ["--target", how.stage]
    return words + ["--no-cache"] * how.no_cache + ["--pull"] * how.pull


def _bake(targets: Sequence[BuildTarget], how: How) -> EngineCommand:
    import json

    document = {"target": {item.name: _bake_target(item, how) for item in targets}}
    words = ["docker", "buildx", "bake", "--file", "-", "--push" if how.push else "--load"]
    if how.attest:
        words += ["--provenance=mode=max", "--sbom=true"]
    for item in targets:
        spelled = _spelled(item)
        words += [word for name in item.arguments for word in ("--set", f"{item.name}.args.{spelled.get(name, name)}")]
    # A context below the current folder, and files of the user's home as secrets, are what the command line names.
    words += ["--allow=fs=*", *(["--allow=ssh"] if any(item.ssh for item in targets) else [])]
    command = _command(targets[0], (*words, *(item.name for item in targets)), json.dumps(document, indent=2) + "\n")
    hidden = {
        f"{item.name}.args.{word}": f"{item.name}.args.{name}"
        for item in targets
        for name, word in _spelled(item).items()
    }
    return replace(command, hidden=hidden)


def _bake_target(target: BuildTarget, how: How) -> dict[str, Any]:
    from os.path import relpath

    context = local_folder(target.context)
    made: dict[str, Any] = {
        "context": context,
        # Bake takes a Dockerfile relative to its context.
        "dockerfile": relpath(target.dockerfile, context),
        "tags": list(target.tags),
        "labels": dict(item.partition("=")[::2] for item in target.labels),
        "secret": list(target.secrets),
        "ssh": list(target.ssh),
        "platforms": list(how.platforms),
        "target": how.stage,
        "no-cache": how.no_cache,
        "pull": how.pull,
        "cache-from": list(how.cache_from),
        "cache-to": list(how.cache_to),
    }
    return {key: _literal(value) for key, value in made.items() if value not in (None, [], {}, False)}


def _literal(value: Any) -> Any:
    """A value of which bake expands nothing: its texts are templates."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    return value
