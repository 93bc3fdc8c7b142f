"""The images of a folder, with the tags, labels, secrets and arguments of each build."""

import os
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from genfile.dockerfile.model import Dockerfile
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.engine.asks import NOTHING, Asks, asks_of
from genfile.engine.command import BuildTarget
from genfile.engine.giving import Confirm, Named, give, nobody
from genfile.engine.reference import ImageReference, parse_reference
from genfile.engine.revision import Revision
from genfile.errors import NothingFoundError, SourceError, UsageError

if TYPE_CHECKING:
    from genfile.project.written import Written


class Unit(Struct, frozen=True):
    """An image that can be built: its name, and the paths of its Dockerfile and its context in the project.

    ``ours``: what the Dockerfile asks for as genfile wrote it, by genfile.lock; nothing where it wrote none.
    """

    name: str
    dockerfile: str
    context: str
    path: str = "."
    ours: Asks = NOTHING


class BuildRequest(Struct, frozen=True):
    """The user's flags for a build. ``tags``: whole references, or names that get the revision's tags."""

    tags: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    push: bool = False


class Planned(Struct, frozen=True):
    """The images to build, and notes on them."""

    targets: tuple[BuildTarget, ...]
    notes: tuple[str, ...] = field(default=())


def units_of(root: Path, *, dockerfile: str | None = None, service: str | None = None) -> list[Unit]:
    """The images of a project: of the Dockerfile that was named, of the services in genfile.lock, else of the one at
    the root, which is built with the root as its context. Raises UsageError if that leaves nothing, or no choice.
    """
    written = _lock(root)
    if dockerfile is not None:
        if not (root / dockerfile).is_file():
            raise UsageError(f"{dockerfile} is not in {root}", hint="name a Dockerfile by its path in the project")
        return [Unit(_name(root), dockerfile, ".", ours=_ours(root, dockerfile, written))]
    units = _written(root, written)
    if not units and (root / "Dockerfile").is_file():
        units = [Unit(_name(root), "Dockerfile", ".", ours=_ours(root, "Dockerfile", written))]
    if not units:
        raise NothingFoundError(f"there is no Dockerfile in {root}", hint="`genfile init` writes one")
    if service is not None:
        wanted = service.strip("/").removeprefix("./") or "."
        chosen = [unit for unit in units if wanted in (unit.path, unit.name)]
        if not chosen:
            raise UsageError(f"no service at {service!r}", hint=f"there are: {', '.join(unit.path for unit in units)}")
        return chosen
    return units


def _lock(root: Path) -> "Written | None":
    from genfile.project.bases import FILE
    from genfile.project.reading import read_text
    from genfile.project.written import read_written

    return read_written(read_text(root, FILE))


def _written(root: Path, written: "Written | None") -> list[Unit]:
    from genfile.preset.layout import plan_layout

    if written is None:
        return []
    several = "Dockerfile" not in written.files and len(written.files) > 1
    found = []
    for path, service in sorted(written.services.items()):
        for layout in (plan_layout(dict(service.spec), several=kind) for kind in (several, not several)):
            if (root / layout.dockerfile).is_file():
                for place in (layout.dockerfile, layout.context):
                    _check_inside(root, place)
                ours = _ours(root, layout.dockerfile, written)
                found.append(Unit(str(service.spec["name"]), layout.dockerfile, layout.context, path, ours))
                break
    return found


def _check_inside(root: Path, path: str) -> None:
    """The lock is a file of the tree like any other: it sends nothing to the builder that lies outside."""
    if not (root / path).resolve().is_relative_to(root.resolve()):
        raise UsageError(f"genfile.lock names {path}, which is outside of {root}", hint="delete genfile.lock")


def _ours(root: Path, dockerfile: str, written: "Written | None") -> Asks:
    """What genfile.lock says that genfile wrote into a Dockerfile, as far as it asks for something."""
    path = posixpath.normpath(dockerfile)
    kept = None if written is None else written.files.get(path)
    if kept is None or written is None:
        return NOTHING
    if isinstance(kept, str):
        # Of a large file only the digest is there.
        text = (root / dockerfile).read_bytes()
        kept = text if written.is_untouched(path, text) else b""
    try:
        return asks_of(read_dockerfile(kept.decode("utf-8", "replace")))
    except DockerfileError:
        return NOTHING


def _name(root: Path) -> str:
    from genfile.spec.base import service_name

    return service_name(root.resolve().name)


def plan_builds(
    root: Path,
    units: Sequence[Unit],
    told: BuildRequest,
    revision: Revision | None,
    *,
    environment: Mapping[str, str] = os.environ,
    home: Path | None = None,
    confirm: Confirm = nobody,
) -> Planned:
    """Give each image its tags, labels, secrets and arguments. ``confirm``: asked before a Dockerfile that genfile did
    not write gets anything of the user's.

    Raises UsageError for an image name that is none, a secret that a step can't do without and that was not given, or
    one name for several images; SourceError for a Dockerfile that can't be read.
    """
    if told.tags and len(units) > 1:
        raise UsageError(
            "--tag names one image, and there are several services", hint="add --service, or leave --tag out"
        )
    _one_name_each(units)
    notes: list[str] = []
    targets = []
    for unit in units:
        asks = asks_of(read_named(root, unit.dockerfile))
        given = give(
            unit.dockerfile, asks, _named(told), environment, home or Path.home(), ours=unit.ours, confirm=confirm
        )
        tags = _tags(unit, told, revision)
        notes += given.notes
        notes += [f"{tag}: latest says nothing about what is in the image" for tag in tags if tag.endswith(":latest")]
        targets.append(
            BuildTarget(
                unit.name,
                unit.dockerfile,
                unit.context,
                tags,
                secrets=(*told.secrets, *given.secrets),
                ssh=(*told.ssh, *given.ssh),
                arguments=tuple(
                    dict.fromkeys((*(item.partition("=")[0] for item in told.arguments), *given.arguments))
                ),
                values=dict(item.split("=", 1) for item in told.arguments if "=" in item),
                labels=(*(revision.labels() if revision is not None else ()), *told.labels),
            )
        )
    return Planned(tuple(targets), tuple(dict.fromkeys(notes)))


def _one_name_each(units: Sequence[Unit]) -> None:
    names = [unit.name for unit in units]
    for unit in units:
        if names.count(unit.name) > 1:
            paths = ", ".join(other.path for other in units if other.name == unit.name)
            raise UsageError(
                f"several services are called {unit.name}: {paths}",
                hint="build one at a time: --service PATH; or name them in genfile.toml",
            )


def _tags(unit: Unit, told: BuildRequest, revision: Revision | None) -> tuple[str, ...]:
    references = [parse_reference(tag) for tag in told.tags or (unit.name,)]
    if told.push and not any(item.registry or "/" in item.repository for item in references):
        raise UsageError(
            f"{references[0].name} names no registry to push to",
            hint="for example --tag registry.example/team/shop",
        )
    return tuple(str(item) for reference in references for item in _tagged(reference, told, revision))


def read_named(root: Path, path: str) -> Dockerfile:
    """The Dockerfile at a path that somebody named. Raises SourceError if it can't be read, or is none."""
    try:
        return read_dockerfile((root / path).read_text("utf-8"))
    except DockerfileError as error:
        raise SourceError(f"{path}:{error.line}: {error.reason}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SourceError(f"{path} can't be read: {reason}") from None


def _tagged(reference: ImageReference, told: BuildRequest, revision: Revision | None) -> list[ImageReference]:
    if reference.tag is not None or reference.digest is not None:
        return [reference]
    tags = revision.tags() if revision is not None and told.push else ("dev",)
    return [ImageReference(reference.registry, reference.repository, tag) for tag in tags]


def _named(told: BuildRequest) -> Named:
    """What the flags name of what a Dockerfile can ask for."""
    secrets = (part for text in told.secrets for part in text.split(",") if part.startswith("id="))
    return Named(
        frozenset(part.removeprefix("id=") for part in secrets),
        frozenset(item.partition("=")[0] for item in told.arguments),
        bool(told.ssh),
    )


def relative_targets(targets: Sequence[BuildTarget], root: Path) -> list[BuildTarget]:
    """The same with paths from the current folder, so that a printed command can be pasted there."""
    from msgspec.structs import replace

    base = os.path.relpath(root).replace(os.sep, "/")
    return [
        replace(
            item,
            dockerfile=posixpath.normpath(posixpath.join(base, item.dockerfile)),
            context=posixpath.normpath(posixpath.join(base, item.context)),
        )
        for item in targets
    ]
