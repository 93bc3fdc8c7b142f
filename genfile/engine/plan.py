"""The images of a folder, with the tags, labels, secrets and arguments of each build."""

import os
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genfile.dockerfile.model import Dockerfile
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.engine.asks import Asks, asks_of, how_to_give, secret_source
from genfile.engine.command import Target
from genfile.engine.reference import Reference, parse_reference
from genfile.engine.revision import Revision
from genfile.errors import NothingFoundError, SourceError, UsageError


@dataclass(frozen=True)
class Unit:
    """An image that can be built: its name, and the paths of its Dockerfile and its context in the project."""

    name: str
    dockerfile: str
    context: str
    path: str = "."


@dataclass(frozen=True)
class Told:
    """The user's flags for a build. ``tags``: whole references, or names that get the revision's tags."""

    tags: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    push: bool = False


@dataclass(frozen=True)
class Planned:
    """The images to build, and notes on them."""

    targets: tuple[Target, ...]
    notes: tuple[str, ...] = field(default=())


def units_of(root: Path, *, dockerfile: str | None = None, service: str | None = None) -> list[Unit]:
    """The images of a project: of the Dockerfile that was named, of the services in genfile.lock, else of the one at
    the root, which is built with the root as its context. Raises UsageError if that leaves nothing, or no choice.
    """
    if dockerfile is not None:
        if not (root / dockerfile).is_file():
            raise UsageError(f"{dockerfile} is not in {root}", hint="name a Dockerfile by its path in the project")
        return [Unit(_name(root), dockerfile, ".")]
    units = _written(root)
    if not units and (root / "Dockerfile").is_file():
        units = [Unit(_name(root), "Dockerfile", ".")]
    if not units:
        raise NothingFoundError(f"there is no Dockerfile in {root}", hint="`genfile init` writes one")
    if service is not None:
        wanted = service.strip("/").removeprefix("./") or "."
        chosen = [unit for unit in units if wanted in (unit.path, unit.name)]
        if not chosen:
            raise UsageError(f"no service at {service!r}", hint=f"there are: {', '.join(unit.path for unit in units)}")
        return chosen
    return units


def _written(root: Path) -> list[Unit]:
    from genfile.preset.layout import plan_layout
    from genfile.project.bases import FILE
    from genfile.project.config import read_text
    from genfile.project.written import read_written

    written = read_written(read_text(root, FILE))
    if written is None:
        return []
    several = "Dockerfile" not in written.files and len(written.files) > 1
    found = []
    for path, service in sorted(written.services.items()):
        for layout in (plan_layout(dict(service.spec), several=kind) for kind in (several, not several)):
            if (root / layout.dockerfile).is_file():
                found.append(Unit(str(service.spec["name"]), layout.dockerfile, layout.context, path))
                break
    return found


def _name(root: Path) -> str:
    from genfile.spec.base import service_name

    return service_name(root.resolve().name)


def plan_builds(
    root: Path,
    units: Sequence[Unit],
    told: Told,
    revision: Revision | None,
    *,
    environment: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> Planned:
    """Give each image its tags, labels, secrets and arguments.

    Raises UsageError for an image name that is none, a secret that a step can't do without and that was not given, or
    one name for several images; SourceError for a Dockerfile that can't be read.
    """
    if told.tags and len(units) > 1:
        raise UsageError(
            "--tag names one image, and there are several services", hint="add --service, or leave --tag out"
        )
    notes: list[str] = []
    targets = []
    for unit in units:
        asks = asks_of(read_named(root, unit.dockerfile))
        secrets, missing = _secrets(asks, told, environment, home or Path.home(), unit.dockerfile)
        notes += missing
        notes += _unset(asks, told, environment, unit.dockerfile)
        references = [parse_reference(tag) for tag in told.tags or (unit.name,)]
        if told.push and not any(item.registry or "/" in item.repository for item in references):
            raise UsageError(
                f"{references[0].name} names no registry to push to",
                hint="for example --tag registry.example/team/shop",
            )
        tags = tuple(str(item) for reference in references for item in _tagged(reference, told, revision))
        notes += [f"{tag}: latest says nothing about what is in the image" for tag in tags if tag.endswith(":latest")]
        labels = (*(revision.labels() if revision is not None else ()), *told.labels)
        ssh = told.ssh or asks.ssh
        passed = tuple(item.name for item in asks.arguments if item.name in environment and not _has(told, item.name))
        arguments = (*told.arguments, *(f"{name}={environment[name]}" for name in passed))
        targets.append(Target(unit.name, unit.dockerfile, unit.context, tags, secrets, ssh, arguments, labels))
    return Planned(tuple(targets), tuple(dict.fromkeys(notes)))


def read_named(root: Path, path: str) -> Dockerfile:
    """The Dockerfile at a path that somebody named. Raises SourceError if it can't be read, or is none."""
    try:
        return read_dockerfile((root / path).read_text("utf-8"))
    except DockerfileError as error:
        raise SourceError(f"{path}:{error.line}: {error.reason}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SourceError(f"{path} can't be read: {reason}") from None


def _tagged(reference: Reference, told: Told, revision: Revision | None) -> list[Reference]:
    if reference.tag is not None or reference.digest is not None:
        return [reference]
    tags = revision.tags() if revision is not None and told.push else ("dev",)
    return [Reference(reference.registry, reference.repository, tag) for tag in tags]


def _secrets(
    asks: Asks, told: Told, environment: Mapping[str, str], home: Path, dockerfile: str
) -> tuple[tuple[str, ...], list[str]]:
    given = {part.removeprefix("id=") for text in told.secrets for part in text.split(",") if part.startswith("id=")}
    found, notes = list(told.secrets), []
    for secret in asks.secrets:
        if secret.id in given:
            continue
        source = secret_source(secret, environment, home)
        if source is not None:
            found.append(source)
            continue
        place = f"{dockerfile}:{secret.line} asks for the secret {secret.id}, and there is none"
        if secret.required:
            raise UsageError(place, hint=how_to_give(secret))
        notes.append(f"{place}: {how_to_give(secret)}")
    return tuple(found), notes


def _unset(asks: Asks, told: Told, environment: Mapping[str, str], dockerfile: str) -> list[str]:
    return [
        f"{dockerfile}:{item.line}: the build argument {item.name} has no value: set it in the shell, "
        f"or add --build-arg {item.name}=VALUE"
        for item in asks.arguments
        if item.name not in environment and not _has(told, item.name)
    ]


def _has(told: Told, name: str) -> bool:
    return any(item.partition("=")[0] == name for item in told.arguments)


def relative_targets(targets: Sequence[Target], root: Path) -> list[Target]:
    """The same with paths from the current folder, so that a printed command can be pasted there."""
    from dataclasses import replace

    base = os.path.relpath(root).replace(os.sep, "/")
    return [
        replace(
            item,
            dockerfile=posixpath.normpath(posixpath.join(base, item.dockerfile)),
            context=posixpath.normpath(posixpath.join(base, item.context)),
        )
        for item in targets
    ]
