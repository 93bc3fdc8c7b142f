"""A project's services after its decisions: some ignored, skipped, renamed or added."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.errors import SpecError, UsageError
from genfile.evidence import Evidence, Fact

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.guard import Runner
    from genfile.project.decided import Decided
    from genfile.source.base import Source
    from genfile.source.open import AnySource
    from genfile.spec.config import ServiceConfig
    from genfile.upkeep.decisions import Decisions


def look(source: "AnySource", decisions: "Decisions", *, guard: "Runner | None" = None) -> "Inspection":
    """As `genfile.api.inspect`, with all decisions applied but those that set fields.

    Raises UsageError, with its place, for a service in genfile.toml that does not exist, and what `inspect` raises.
    """
    from genfile.api import inspect

    decided = decisions.decided
    if decided is None:
        return inspect(source, preset=decisions.preset, guard=guard)
    tree = _visible(source, decided)
    services = decided.config.services
    skip = {path for path, service in services.items() if service.skip}
    found = inspect(tree, preset=decisions.preset, guard=guard, skip=skip)
    added = _added(tree, found, decided)
    named = [_named(item, services.get(item.spec.path), decided) for item in (*found.services, *added)]
    _check_names(named, decided)
    return replace(
        found,
        services=tuple(sorted(named, key=lambda item: item.spec.path) if added else named),
        notes=found.notes if found.services or not added else (),
    )


def settled(inspection: "Inspection", decisions: "Decisions") -> "Inspection":
    """The same services with the decided fields set."""
    from genfile.api import settle

    if not inspection.services:
        return inspection
    done = settle(
        inspection,
        preset=decisions.preset,
        settings=decisions.settings,
        per_service=decisions.per_service,
        presets=decisions.presets,
    )
    return replace(inspection, services=tuple(item.service for item in done))


def _visible(source: "AnySource", decided: "Decided") -> "Source":
    """A source without ignored files."""
    from genfile.source.left_out import LeftOutSource, Patterns
    from genfile.source.open import open_source

    if not decided.config.ignore:
        return open_source(source)
    try:
        patterns = Patterns(decided.config.ignore)
    except ValueError as error:
        raise UsageError(f"{decided.origin.place('ignore')}: ignore: {error}") from None
    if isinstance(source, str | os.PathLike):
        from genfile.source.folder import FolderSource

        # Ignored folders don't count toward the tree's limits.
        return LeftOutSource(FolderSource(Path(source), pruned=patterns.leave_out_folder), patterns)
    return LeftOutSource(open_source(source), patterns)


def _added(tree: "Source", found: "Inspection", decided: "Decided") -> "list[InspectedService]":
    """The services that only genfile.toml declares. Raises UsageError for one that it names but that does not exist."""
    known = {item.spec.path: item.spec.language for item in found.services}
    added = []
    for path, service in decided.config.services.items():
        place = decided.origin.place("services", path)
        if path in found.skipped:
            continue
        if path not in known and service.language is None:
            raise UsageError(f"{place}: no service found at {path}", hint=_there(path, found))
        if path not in known:
            added.append(_made(tree, path, service, decided))
        elif service.language not in (None, known[path]):
            raise UsageError(
                f"{place}: the service at {path} is {known[path]}, not {service.language}",
                hint="remove `language`; it only adds a service where none is found",
            )
    return added


def _there(path: str, found: "Inspection") -> str:
    from difflib import get_close_matches

    paths = sorted({*(item.spec.path for item in found.services), *found.skipped})
    close = get_close_matches(path, paths, 1)
    if close:
        return f"did you mean {close[0]}?"
    there = f"services found at: {', '.join(paths)}" if paths else "no services found"
    return f"{there}; set `language` to add one"


def _made(tree: "Source", path: str, service: "ServiceConfig", decided: "Decided") -> "InspectedService":
    from genfile.detect.inspection import InspectedService
    from genfile.spec.base import service_name
    from genfile.spec.project import parse_spec

    place = decided.origin.place("services", path, "language")
    folders = tree.index().folders
    if path != "." and not any(folder == path or folder.startswith(f"{path}/") for folder in folders):
        raise UsageError(f"{place}: no folder {path}")
    assert service.language is not None
    said = (Evidence(place.path, place.line, f"language = {service.language}"),)
    name = service_name(tree.name if path == "." else path)
    values: dict[str, Any] = {"language": service.language, "path": path, "name": name}
    facts: dict[str, Fact[Any]] = {"/language": Fact(service.language, said)}
    version = _newest(service.language)
    if version is not None:
        values["runtime"] = {"version": version}
        facts["/runtime/version"] = Fact(version, said, guess=True)
    try:
        return InspectedService(parse_spec(values), facts)
    except SpecError as error:
        raise UsageError(f"{place}: {error.message}", hint=error.hint) from None


def _newest(language: str) -> str | None:
    """The version for a project that asks for none."""
    from genfile.data import runtime

    try:
        return runtime(language).default
    except KeyError:
        return None


def _named(item: "InspectedService", service: "ServiceConfig | None", decided: "Decided") -> "InspectedService":
    if service is None or service.name is None:
        return item
    from genfile.settle import rename

    return rename(item, service.name, decided.origin.place("services", item.spec.path, "name"))


def _check_names(services: "list[InspectedService]", decided: "Decided") -> None:
    names: dict[str, str] = {}
    for item in services:
        name, path = item.spec.name, item.spec.path
        if name in names:
            given = path if decided.config.services.get(path) else names[name]
            raise UsageError(
                f"{decided.origin.place('services', given, 'name')}: the services at {names[name]} and {path} are both "
                f"named {name}",
                hint="give one of them another name",
            )
        names[name] = path
