"""The files that a project needs now, after its decisions, and their record in genfile.lock."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from genfile import __version__
from genfile.errors import NothingFoundError
from genfile.project.written import Written, WrittenService
from genfile.spec.base import plain
from genfile.upkeep.decisions import Decisions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genfile.api import Choice, Generation
    from genfile.detect.inspection import Inspection
    from genfile.source.open import AnySource


def produce(source: "AnySource", decisions: Decisions) -> "Generation":
    """What genfile would write for a project now, for its own services.

    Raises what `look` and `generate_from` raise, and NothingFoundError if none of its services is left.
    """
    from genfile.upkeep.look import look

    return produce_from(look(source, decisions), decisions)


def produce_from(
    inspection: "Inspection", decisions: Decisions, *, only: tuple[str, ...] = (), trace: bool = False
) -> "Generation":
    """As `produce`, for a tree that has been inspected; ``only``: these services, by path; ``trace``: record the fields
    behind each line."""
    from genfile.api import generate_from

    generation = generate_from(
        inspection,
        preset=decisions.preset,
        settings=decisions.settings,
        per_service=decisions.per_service,
        presets=decisions.presets,
        service=only or _services(inspection, decisions),
        compose=decisions.compose,
        comments=decisions.comments,
        levels=decisions.levels,
        base=decisions.base,
        trace=trace,
    )
    return with_pins(generation, decisions.pins)


def with_pins(generation: "Generation", pins: "Mapping[str, str]") -> "Generation":
    """A generation whose Dockerfiles name images by digest where one is known."""
    if not pins:
        return generation
    from genfile.engine.pins import pinned

    files = dict(generation.files)
    services = []
    for item, rendering in generation.services:
        path = rendering.layout.dockerfile
        text = pinned(rendering.dockerfile, pins)
        lines = text.split("\n")
        changed = tuple(
            replace(file, lines=tuple(replace(line, text=new) for line, new in zip(file.lines, lines, strict=False)))
            if file.path == path
            else file
            for file in rendering.files
        )
        files[path] = text
        services.append((item, replace(rendering, files=changed)))
    return replace(generation, services=tuple(services), files=files)


def _services(inspection: "Inspection", decisions: Decisions) -> "str | tuple[str, ...] | None":
    """The services to generate for: the one on the command line, else those that genfile wrote for before."""
    if decisions.flags.service is not None or not decisions.given.only:
        return decisions.flags.service
    there = tuple(path for path in decisions.given.only if any(path == item.spec.path for item in inspection.services))
    if not there:
        raise NothingFoundError(
            f"no service is left at {', '.join(decisions.given.only)}",
            hint="run `genfile init` to write the files of the current services",
        )
    return there


def record(generation: "Generation", decisions: Decisions, *, partly: bool = False) -> Written:
    """The content of genfile.lock once the files of a generation are written.

    ``partly``: the other services keep files of their own, so later runs are for those written alone.
    """
    before, named = decisions.before, decisions.flags.service is not None
    kept = before if before is not None and (named or before.given.only) else None
    services = dict(kept.services) if kept is not None else {}
    files = dict(kept.files) if kept is not None else {}
    for item, _ in generation.services:
        path = item.spec.path
        services[path] = WrittenService(plain(item.spec), *_preset(decisions.choice_for(path)), decisions.of(path))
    files |= {path: text.encode("utf-8") for path, text in generation.files.items()}
    # A subset: the services that were named one by one.
    subset = partly or (named and (before is None or before.given.only))
    only = tuple(sorted(services)) if subset else decisions.given.only
    given = replace(decisions.kept(generation), only=only)
    return Written(__version__, given, dict(sorted(services.items())), dict(sorted(files.items())), decisions.pins)


def _preset(choice: "Choice") -> tuple[str, str | None]:
    from genfile.bundle import Bundle

    source = choice.source
    if source is None:
        return "builtin", None
    return (choice.name or "", source.sha256) if isinstance(source, Bundle) else (source, None)
