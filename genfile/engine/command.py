"""The command that builds an image, for Docker, Podman and Buildah."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from genfile.dockerfile.quoting import local_folder
from genfile.errors import UsageError

Engine = Literal["docker", "podman", "buildah"]


@dataclass(frozen=True)
class Target:
    """One image to be built: Dockerfile and context relative to the folder that the command runs in."""

    name: str
    dockerfile: str
    context: str
    tags: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class How:
    """How all of them are built. ``attest``: SBOM and provenance are attached; ``load``: into the engine's images."""

    platforms: tuple[str, ...] = ()
    push: bool = False
    stage: str | None = None
    no_cache: bool = False
    pull: bool = False
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    attest: bool = False


@dataclass(frozen=True)
class Command:
    """A program with its arguments, and what it reads from standard input."""

    words: tuple[str, ...]
    stdin: str | None = field(default=None)


def commands(engine: Engine, targets: Sequence[Target], how: How) -> list[Command]:
    """The commands that build all images: one bake of Docker's for several, else one build each.

    Raises UsageError for what the engine can't do.
    """
    if engine == "docker":
        return [_bake(targets, how)] if len(targets) > 1 else [Command(_docker(targets[0], how))]
    if how.attest:
        raise UsageError(
            f"{engine} attaches no SBOM and no provenance", hint="leave out --attest, or use --engine docker"
        )
    made = [Command(_plain(engine, item, how)) for item in targets]
    return made + [Command((engine, "push", tag)) for item in targets for tag in item.tags if how.push]


def _docker(target: Target, how: How) -> tuple[str, ...]:
    words = ["docker", "buildx", "build", *_common(target, how)]
    words += ["--push"] if how.push else ["--load"]
    if how.attest:
        words += ["--provenance=mode=max", "--sbom=true"]
    return (*words, local_folder(target.context))


def _plain(engine: Engine, target: Target, how: How) -> tuple[str, ...]:
    return (engine, "build", *_common(target, how), local_folder(target.context))


def _common(target: Target, how: How) -> list[str]:
    words = ["--file", target.dockerfile]
    for flag, values in (
        ("--tag", target.tags),
        ("--label", target.labels),
        ("--build-arg", target.arguments),
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


def _bake(targets: Sequence[Target], how: How) -> Command:
    import json

    document: dict[str, Any] = {
        "group": {"default": {"targets": [item.name for item in targets]}},
        "target": {item.name: _bake_target(item, how) for item in targets},
    }
    words = ["docker", "buildx", "bake", "--file", "-", "--push" if how.push else "--load"]
    if how.attest:
        words += ["--provenance=mode=max", "--sbom=true"]
    # A command line names a context below the current folder, and secrets from files in the user's home.
    return Command((*words, "--allow=fs=*"), json.dumps(document, indent=2) + "\n")


def _bake_target(target: Target, how: How) -> dict[str, Any]:
    from os.path import relpath

    context = local_folder(target.context)
    made: dict[str, Any] = {
        "context": context,
        # Bake takes a Dockerfile relative to its context.
        "dockerfile": relpath(target.dockerfile, context),
        "tags": list(target.tags),
        "labels": dict(item.split("=", 1) for item in target.labels),
        "args": dict(item.partition("=")[::2] for item in target.arguments if "=" in item),
        "secret": list(target.secrets),
        "ssh": list(target.ssh),
        "platforms": list(how.platforms),
        "target": how.stage,
        "no-cache": how.no_cache,
        "pull": how.pull,
        "cache-from": list(how.cache_from),
        "cache-to": list(how.cache_to),
    }
    return {key: value for key, value in made.items() if value not in (None, [], {}, False)}
