"""One repository: its Dockerfiles, the services that are found without them, and how they go together."""

import posixpath
from pathlib import Path

from genfile.detect.inspection import InspectedService, inspect_source
from genfile.detect.tree import Tree
from genfile.errors import GenfileError
from genfile.source import Source, open_source
from genfile.spec.go import GoService
from tools.agreement.compare import Comparison
from tools.agreement.hide import Without, container_files
from tools.agreement.model import Compared, Skipped, Written
from tools.agreement.written import Reader


def compare_repository(folder: Path) -> list[Compared]:
    """Every comparison of a checkout; one that can't be read gives none."""
    try:
        return compare_source(open_source(folder), folder.name.replace("+", "/", 1))
    except GenfileError:
        return []


def compare_source(source: Source, repository: str) -> list[Compared]:
    """Every field of every Dockerfile of a source."""
    tree = Tree(source)
    dockerfiles = Reader(tree).read()
    if not dockerfiles:
        return []
    compared = [item for item in dockerfiles if isinstance(item, Written)]
    done = [_skipped(repository, item) for item in dockerfiles if isinstance(item, Skipped)]
    scripts = [
        posixpath.normpath(posixpath.join(item.context, script))
        for item in compared
        if item.image.command is not None
        for script in item.image.command.value.scripts
    ]
    services = inspect_source(Without(source, container_files(tree, scripts))).services
    for item in compared:
        service = match(item, services, len(compared) == 1)
        if service is not None and _is_another(item, service, tree):
            done.append(_skipped(repository, Skipped(item.path, "another program of the same module")))
        else:
            done += _one(repository, item, service, services, tree)
    return done


def _is_another(item: Written, service: InspectedService, tree: Tree) -> bool:
    """Whether a Dockerfile makes another of the commands that genfile knows of a Go module."""
    spec = service.spec
    if not isinstance(spec, GoService):
        return False
    built = set(Comparison(item, service, tree).go_packages())
    own, *others = (
        posixpath.normpath(posixpath.join(spec.path, name)) for name in (spec.main_package, *spec.commands.values())
    )
    return own not in built and bool(built & set(others))


def _skipped(repository: str, item: Skipped) -> Compared:
    return Compared(repository, item.path, None, "", "found", "not comparable", reason=item.reason)


def _one(
    repository: str,
    item: Written,
    service: InspectedService | None,
    services: tuple[InspectedService, ...],
    tree: Tree,
) -> list[Compared]:
    where = item.folder or "."
    if service is None:
        others = ", ".join(f"{other.spec.language} {other.spec.path}" for other in services)
        return [Compared(repository, item.path, None, item.language, "found", "differ", where, others, item.path)]
    found = Compared(
        repository, item.path, service.spec.path, item.language, "found", "agree", where, service.spec.path, item.path
    )
    if service.spec.frontend is not None and service.spec.frontend.path == where:
        return [found]
    return [found, *Comparison(item, service, tree).all(repository)]


def match(item: Written, services: tuple[InspectedService, ...], alone: bool) -> InspectedService | None:
    """The service that a Dockerfile is for: that of its folder, one whose server gives its site out, else the only one
    of its language above or below, or in a tree with a single Dockerfile."""
    where = item.folder or "."
    fitting = [service for service in services if _speaks(service, item.language)]
    exact = next((service for service in fitting if service.spec.path == where), None)
    served = next((s for s in services if s.spec.frontend is not None and s.spec.frontend.path == where), None)
    if exact is not None or served is not None:
        return exact or served
    near = [service for service in fitting if _within(service.spec.path, where) or _within(where, service.spec.path)]
    if len(near) == 1:
        return near[0]
    return fitting[0] if alone and len(fitting) == 1 else None


def _speaks(service: InspectedService, language: str) -> bool:
    return service.spec.language == language or (language == "node" and service.spec.language == "static")


def _within(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(folder + "/")
