"""Dockerfiles that somebody wrote, checked on paper against the project that they are for."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from genfile.errors import SourceError, UsageError
from genfile.evidence import Note, Risk

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.detect.tree import Tree
    from genfile.image import Context, Finding, Needs
    from genfile.source.base import Source

_NAME = re.compile(r"(?:dockerfile|containerfile)(?:\..+)?|.+\.dockerfile", re.IGNORECASE)
# Endings of files beside a Dockerfile that are not: ignore files, templates.
_OTHERS = (".dockerignore", ".j2", ".tmpl", ".tpl", ".template", ".md")
MAX_DOCKERFILES = 200


def check_dockerfiles(
    source: "Source", names: Sequence[str] = (), inspection: "Inspection | None" = None
) -> dict[str, tuple[Risk, ...]]:
    """What is wrong with the images that Dockerfiles of a tree make, by the path of each.

    ``names``: paths relative to the root; by default every Dockerfile of the tree. The build context is the one that a
    compose file gives, else the folder or the root, whichever has what is copied. ``inspection``: what is known of the
    services already. Raises UsageError for a name that is not there, SourceError for text that is not a Dockerfile
    where it was named.
    """
    from genfile.detect.inspection import inspect_source
    from genfile.detect.tree import Tree

    tree = Tree(source)
    known = list(names) or sorted(path for path in tree.paths if is_dockerfile(path))[:MAX_DOCKERFILES]
    missing = next((name for name in known if name not in tree.paths), None)
    if missing is not None:
        raise UsageError(f"{missing} is not in {source.name}", hint="name Dockerfiles by their path in the folder")
    known_of = inspect_source(source) if inspection is None else inspection
    return {name: _checked(tree, known_of, name, named=bool(names)) for name in known}


def practice_of(source: "Source", names: Sequence[str], inspection: "Inspection") -> dict[str, tuple[Risk, ...]]:
    """What is wrong with Dockerfiles by good practice and by the measure of their project, by the path of each.

    ``inspection``: the services as they are without the testimony of these Dockerfiles.
    """
    from genfile.container.image import interpret
    from genfile.detect.tree import Tree
    from genfile.dockerfile.reader import DockerfileError, read_dockerfile
    from genfile.practice import Subject, practise

    tree = Tree(source)
    found: dict[str, tuple[Risk, ...]] = {}
    for path in names:
        # What a compose file builds may be the stage for development; good practice is for the final one.
        root, _, arguments = next(_builds(tree, path))
        try:
            dockerfile = read_dockerfile(tree.text(path) or "")
            image = interpret(dockerfile, path, tree.text, arguments=arguments)
        except DockerfileError:
            continue
        subject = Subject(dockerfile, image, _context(tree, path, root), _service(inspection, path, root))
        wrong = dict.fromkeys(practise(subject))
        found[path] = tuple(Risk(item.id, "warning", item.text, item.hint, path, item.line) for item in wrong)
    return found


def is_dockerfile(path: str) -> bool:
    """Whether a file is a Dockerfile by its name."""
    name = posixpath.basename(path)
    return _NAME.fullmatch(name) is not None and not name.lower().endswith(_OTHERS)


def _checked(tree: "Tree", inspection: "Inspection", path: str, *, named: bool) -> tuple[Risk, ...]:
    from genfile.dockerfile.reader import DockerfileError
    from genfile.image import build, check
    from genfile.proof import risk_of

    text = tree.text(path)
    if text is None:
        return ()
    best: tuple[int, tuple[Finding, ...]] | None = None
    for root, target, arguments in _builds(tree, path):
        try:
            built = build(text, _context(tree, path, root), path=path, target=target, arguments=arguments)
        except DockerfileError as error:
            if named:
                raise SourceError(f"{path}:{error.line}: {error.reason}") from None
            return ()
        findings = check(built, _needs(inspection, path, root))
        absent = sum(item.check == "copied-files-exist" for item in findings)
        if best is None or absent < best[0]:
            best = (absent, findings)
    found = best[1] if best is not None else ()
    return tuple(risk_of(item, path) for item in found)


def _builds(tree: "Tree", path: str) -> Iterator[tuple[str, str | None, dict[str, str]]]:
    """The ways that a Dockerfile is built: the folder of the context, the target, the build arguments."""
    from genfile.detect.hosting.containers import compose_services
    from genfile.detect.tree import Project

    folder = posixpath.dirname(path)
    said = False
    for place in dict.fromkeys(("", folder, posixpath.dirname(folder))):
        for service in compose_services(Project(tree, place)):
            if service.dockerfile == path:
                said = True
                root = "" if service.context == "." else service.context
                yield root, service.target, dict(service.arguments)
    if not said:
        yield folder, None, {}
        if folder:
            yield "", None, {}


def _context(tree: "Tree", path: str, root: str) -> "Context":
    """The build context, with the ignore file that BuildKit takes: the Dockerfile's own, else the context's."""
    from genfile.image import ignoring
    from genfile.proof import context_of

    own = tree.text(f"{path}.dockerignore")
    return ignoring(
        context_of(tree, root or "."), own if own is not None else tree.text(posixpath.join(root, ".dockerignore"))
    )


def _needs(inspection: "Inspection", path: str, root: str) -> "Needs":
    """What the service needs that a Dockerfile is for."""
    from genfile.image.needs import NOTHING_KNOWN
    from genfile.proof import needs_of

    service = _service(inspection, path, root)
    if service is None:
        return NOTHING_KNOWN
    needs = needs_of(service, root or ".")
    # The port of a static site is that of the web server that genfile would take.
    return replace(needs, port=None) if service.spec.static is not None else needs


def _service(inspection: "Inspection", path: str, root: str) -> "InspectedService | None":
    """The service that a Dockerfile is for: the one of its folder, or of the context; else the only one."""
    folder = posixpath.dirname(path) or "."
    services = {service.spec.path: service for service in inspection.services}
    only = next(iter(services.values())) if len(services) == 1 else None
    return services.get(folder) or services.get(root or ".") or only


def kept_out(root: Path, context: str, dockerfile: str) -> list[Note]:
    """A warning where the ignore file that a folder has keeps out what a Dockerfile copies of it.

    ``context``: the folder of the tree that is the build context.
    """
    from genfile.detect.paths import relative
    from genfile.detect.tree import Tree
    from genfile.dockerfile.context import missing_sources
    from genfile.dockerfile.ignore import read_ignore
    from genfile.dockerfile.reader import read_dockerfile
    from genfile.source import open_source

    folder = "" if context == "." else context
    name = f"{folder}/.dockerignore" if folder else ".dockerignore"
    tree = Tree(open_source(root))
    text = tree.text(name)
    if text is None:
        return []
    files = [relative(path, folder) for path in tree.paths if not folder or path.startswith(f"{folder}/")]
    missing = missing_sources(read_dockerfile(dockerfile), read_ignore(text), files)
    names = ", ".join(dict.fromkeys(item.source for item in missing if item.rule is not None))
    told = f"it leaves out {names}, which the Dockerfile copies: use genfile's own, or let them through"
    return [Note("warning", told, name)] if names else []
