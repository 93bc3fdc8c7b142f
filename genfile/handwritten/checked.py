"""Dockerfiles that somebody wrote, checked on paper against the project that they are for."""

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from genfile.errors import SourceError, UsageError
from genfile.evidence import Risk
from genfile.handwritten.builds import (
    BuildWay,
    builds_in,
    composed,
    context_of_way,
    declared,
    hosts,
    is_build_file,
    ways_of,
)
from genfile.handwritten.found import Found, by_weight
from genfile.handwritten.ignored import UNUSED, without_silenced
from genfile.handwritten.names import is_dockerfile, is_for_development

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.detect.tree import Tree
    from genfile.image import Built, Finding, Needs
    from genfile.practice import Wrong
    from genfile.source.base import Source

MAX_DOCKERFILES = 200
# Checks of good practice that count for an image that nobody ships, too.
_ALWAYS = frozenset({"base-version", "base-ended", "manager-unpinned", "waits-for-host"})


class Checked(Struct, frozen=True):
    """A Dockerfile with what was found in it; ``built``: None where its text is not a Dockerfile."""

    path: str
    found: tuple[Found, ...]
    built: "Built | None"


def wanted(tree: "Tree", names: Sequence[str]) -> dict[str, tuple[BuildWay, ...]]:
    """The Dockerfiles that are meant, each with the ways that it is built.

    ``names``: of Dockerfiles, and of compose files and bake files, which stand for what they build; without any, all
    of the tree. Raises UsageError for a name that is not there.
    """
    found: dict[str, tuple[BuildWay, ...]] = {}
    for name in names:
        if name not in tree.paths:
            text = f"{name} is not in {tree.source.name}"
            raise UsageError(text, hint="name Dockerfiles by their path in the folder")
        if not is_build_file(name):
            found[name] = ways_of(tree, name)
            continue
        for way in builds_in(tree, name):
            found[way.dockerfile] = (*found.get(way.dockerfile, ()), way)
    if names:
        return {path: ways for path, ways in found.items() if path in tree.paths}
    every = {path for path in tree.paths if is_dockerfile(path) and not _is_vendored(tree, path)}
    every |= {way.dockerfile for way in declared(tree) if way.dockerfile in tree.paths}
    return {path: ways_of(tree, path) for path in sorted(every)[:MAX_DOCKERFILES]}


def _is_vendored(tree: "Tree", path: str) -> bool:
    """Whether a file came with a package that `go mod vendor` copied."""
    parts = path.split("/")[:-1]
    return any("modules.txt" in tree.folders.get("/".join(parts[: at + 1]), ()) for at in _all(parts, "vendor"))


def _all(parts: Sequence[str], name: str) -> list[int]:
    return [at for at, part in enumerate(parts) if part == name]


def check_dockerfiles(
    source: "Source", names: Sequence[str] = (), inspection: "Inspection | None" = None
) -> dict[str, tuple[Risk, ...]]:
    """What is wrong with the images that Dockerfiles of a tree make, by the path of each: builds and starts alone.

    ``names``: as for `wanted`. ``inspection``: what is known of the services already. Raises UsageError for a name that
    is not there, SourceError for text that is not a Dockerfile where it was named. What comments silence is left out.
    """
    from genfile.detect.inspection import inspect_source
    from genfile.detect.tree import Tree

    tree = Tree(source)
    known = inspect_source(source) if inspection is None else inspection
    found: dict[str, tuple[Risk, ...]] = {}
    for path, ways in wanted(tree, names).items():
        items, built = _on_paper(tree, known, path, ways, named=bool(names))
        if built is not None:
            items = without_silenced(items, built.dockerfile, path, frozenset())
        found[path] = tuple(item.risk for item in items if item.risk.id != UNUSED)
    return found


def lint_dockerfiles(source: "Source", inspection: "Inspection", names: Sequence[str] = ()) -> list[Checked]:
    """Everything that is wrong with the Dockerfiles of a tree, by good practice as well.

    ``inspection``: the services as they are without the testimony of these Dockerfiles. Raises as `check_dockerfiles`.
    """
    from genfile.detect.tree import Tree

    tree = Tree(source)
    found = []
    for path, ways in wanted(tree, names).items():
        certain, built = _on_paper(tree, inspection, path, ways, named=bool(names), testified=False)
        certain = _variables_in_one(certain, path, built)
        practice = _practice(tree, inspection, path, ways[0], built) if built is not None else ()
        items = dict.fromkeys((*certain, *practice))
        found.append(Checked(path, tuple(sorted(items, key=by_weight)), built))
    return found


def _variables_in_one(items: tuple[Found, ...], path: str, built: "Built | None") -> tuple[Found, ...]:
    """The findings with one hint for all variables that the program needs, and one for those with a default that
    everyone can read: no fault of the Dockerfile, but something that whoever starts the container has to know."""
    from genfile.image.checks.variables import ID, is_of_fallback

    if built is None:
        return items
    command = built.image.command
    line = command.evidence.line if command is not None and command.evidence.path == path else built.final.line
    said = [item.risk for item in items if item.risk.id == ID]
    needed = [risk for risk in said if not is_of_fallback(risk.text)]
    known = [risk for risk in said if is_of_fallback(risk.text)]
    one = [_in_one(needed, "{} {has} no default; the container does not start without {it}", path, line)]
    one.append(_in_one(known, "unless {} {is} given, everyone can read {its} value in the code{where}", path, line))
    return (*(item for item in items if item.risk.id != ID), *(item for item in one if item is not None))


def _in_one(said: Sequence[Risk], text: str, path: str, line: int | None) -> Found | None:
    """One finding for several variables, each named by the first word of what is said of it."""
    from genfile.image.checks.variables import ID

    names = [risk.text.partition(" ")[0] for risk in said]
    if not names:
        return None
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    one = {"has": "has", "is": "is", "it": "it", "its": "its"}
    many = {"has": "have", "is": "are", "it": "them", "its": "their"}
    first = said[0]
    where = f" ({first.path}:{first.line})" if first.path not in (None, path) and first.line else ""
    text = text.format(shown, where=where, **(one if len(names) == 1 else many))
    return Found(Risk(ID, "hint", text, "set what is missing where the container is deployed", path, line))


def dockerfiles_of(source: "Source", names: Sequence[str] = ()) -> list[str]:
    """The Dockerfiles that `lint_dockerfiles` looks at."""
    from genfile.detect.tree import Tree

    return list(wanted(Tree(source), names))


def _on_paper(
    tree: "Tree",
    inspection: "Inspection",
    path: str,
    ways: tuple[BuildWay, ...],
    *,
    named: bool,
    testified: bool = True,
) -> "tuple[tuple[Found, ...], Built | None]":
    """What ends a build or a start, by the way that has most of what is copied; and the image of that way.

    ``testified``: what is known of the services is partly this Dockerfile's own word.
    """
    from genfile.dockerfile.reader import DockerfileError
    from genfile.image import build, check

    text = tree.text(path)
    best: tuple[int, tuple[Finding, ...], Built] | None = None
    for way in ways if text is not None else ():
        context = context_of_way(tree, way)
        try:
            built = build(text or "", context, path=path, target=way.target, arguments=way.arguments)
        except DockerfileError as error:
            if named:
                raise SourceError(f"{path}:{error.line}: {error.reason}") from None
            return (), None
        findings = check(built, _needs(inspection, way, built, testified=testified))
        failing = sum(item.level == "error" for item in findings)
        if best is None or failing < best[0]:
            sure = tuple(item for item in findings if not _lies_elsewhere(tree, built, way, item))
            best = (failing, sure, built)
    if best is None:
        return (), None
    return tuple(_found(tree, item, path, best[2].context.root) for item in best[1]), best[2]


def _lies_elsewhere(tree: "Tree", built: "Built", way: BuildWay, item: "Finding") -> bool:
    """Whether what a COPY lacks lies in another folder that may be the context, where nothing says which one is: then a
    script may put the context together."""
    if way.said is not None or item.check != "copied-files-exist":
        return False
    places = {other.root for other in ways_of(tree, way.dockerfile)} - {way.root}
    lacks = [lack for stage in built.needed for lack in stage.lacks if lack.line == item.line and not lack.ignored]
    paths = [posixpath.join(place, lack.path) for place in places for lack in lacks]
    folders = tuple(f"{folder}/" for folder in tree.folders)
    return any(path in tree.paths or any(at.startswith(f"{path}/") for at in folders) for path in paths)


def _found(tree: "Tree", item: "Finding", path: str, root: str) -> Found:
    """A finding with its place in the tree: files that a program loads are named as the build context has them."""
    from genfile.proof import risk_of

    joined = posixpath.join(root, item.path) if item.path is not None and item.path != path else None
    return Found(risk_of(replace(item, path=joined) if joined in tree.paths else item, path), item.edits)


def _practice(tree: "Tree", inspection: "Inspection", path: str, way: BuildWay, built: "Built") -> tuple[Found, ...]:
    """What is wrong by good practice; that of the final stage, whatever stage a compose file builds."""
    from genfile.image import build
    from genfile.practice import LEVELS, Subject, practise

    if way.target is not None:
        built = build(built.dockerfile.text, built.context, path=path, arguments=way.arguments)
    service = _service(inspection, path, built.context.root, built)
    subject = Subject(built, service, hosts(tree), tuple(composed(tree, path)))
    wrong: list[Wrong] = list(dict.fromkeys(practise(subject)))
    if is_for_development(path) or is_for_development(built.image.stage.name or ""):
        wrong = [item for item in wrong if item.id in _ALWAYS]
    return tuple(
        Found(
            Risk(item.id, item.level or LEVELS[item.id], item.text, item.hint, path, item.line),
            item.edits,
            evidence=item.evidence,
        )
        for item in wrong
    )


def _needs(inspection: "Inspection", way: BuildWay, built: "Built", *, testified: bool) -> "Needs":
    """What the service needs that a Dockerfile is for."""
    from genfile.image.needs import NOTHING_KNOWN
    from genfile.proof import needs_of

    service = _service(inspection, way.dockerfile, way.root, built)
    if service is None:
        return NOTHING_KNOWN
    needs = needs_of(service, way.root or ".")
    # The port of a static site is that of the web server that genfile would take; a default is nobody's word.
    sure = service.spec.static is None and (testified or _says_its_port(service, way, built))
    return needs if sure else replace(needs, port=None)


def _says_its_port(service: "InspectedService", way: BuildWay, built: "Built") -> bool:
    """Whether the code or a file of settings names the port, and neither the Dockerfile nor a compose file chooses
    another one: by the variable that the code reads, or by the command."""
    from genfile.container.ports import command_port

    fact, command = service.facts.get("/port"), built.image.command
    variable = service.spec.port_variable or "PORT"
    if fact is None or fact.guess or variable in built.image.environment or variable in way.given:
        return False
    if command is not None and command_port(command.value.text, command.value.assignments) is not None:
        return False
    number = re.compile(rf"(?<!\d){fact.value}(?!\d)")
    return any(item.line is not None and number.search(item.says) for item in fact.evidence)


def _service(inspection: "Inspection", path: str, root: str, built: "Built") -> "InspectedService | None":
    """The service that a Dockerfile is for: the one of its folder, or of the context; else the only one, where that
    lies in the context. One in another language than those of the base images is not it."""
    folder = posixpath.dirname(path) or "."
    services = {service.spec.path: service for service in inspection.services}
    only = next(iter(services.values())) if len(services) == 1 else None
    if only is not None and root and not f"{only.spec.path}/".startswith(f"{root}/"):
        only = None
    found = services.get(folder) or services.get(root or ".") or only
    return found if found is not None and _is_in_its_language(found, built) else None


def _is_in_its_language(service: "InspectedService", built: "Built") -> bool:
    from genfile.detect.hosting.images import IMAGES

    names = {image.partition("@")[0].partition(":")[0].rpartition("/")[2] for image, _ in built.image.images}
    there = {language for language, known in IMAGES.items() if not names.isdisjoint(known)}
    return not there or service.spec.language not in IMAGES or service.spec.language in there
