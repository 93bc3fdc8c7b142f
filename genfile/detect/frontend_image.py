"""A front end and its server in the project's own Dockerfile: built in one stage, copied to where the server is."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from genfile.detect.hosting import hosting
from genfile.detect.survey import inside
from genfile.detect.tree import Project
from genfile.dockerfile.model import Dockerfile, Instruction, Stage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Together:
    """What a stage makes of a front end (``output``), by which script where that is not `build`, and where it goes."""

    output: str
    target: str
    script: str | None
    evidence: Evidence


def built_together(server: Project, site: Project, output: str) -> Together | None:
    """The first Dockerfile that builds a site in a stage of Node and puts what it made beside, or into, the server."""
    paths = list(hosting(server).dockerfiles)
    above = server.parent()
    while above is not None:
        paths += hosting(above).dockerfiles
        above = above.parent()
    for path in dict.fromkeys(paths):
        try:
            dockerfile = read_dockerfile(server.tree.text(path) or "")
        except DockerfileError:
            continue
        found = _in_dockerfile(server, site, output, path, dockerfile)
        if found is not None:
            return found
    return None


def _in_dockerfile(server: Project, site: Project, output: str, path: str, dockerfile: Dockerfile) -> Together | None:
    name = posixpath.basename(site.path)
    builders = {
        stage.name or str(stage.index)
        for stage in dockerfile.stages[:-1]
        if any(_takes(item, name) for base in dockerfile.lineage(stage) for item in copies(base))
        and any(word in base.image for base in dockerfile.lineage(stage) for word in ("node", "bun"))
    }
    final = dockerfile.lineage(dockerfile.stages[-1])
    # The stages that the last one takes something of, the front end's own left out: the server is built there.
    makers = [
        stage
        for taken in dict.fromkeys(item.flag("from") for base in final for item in base.all("COPY"))
        if taken not in builders
        for stage in dockerfile.stages[:-1]
        if taken in (stage.name, str(stage.index))
    ]
    own = posixpath.basename(server.path)
    holders = [*(base for maker in makers for base in dockerfile.lineage(maker)), *final]
    if server.path and not any(_takes(item, own) for stage in holders for item in copies(stage)):
        return None
    for stage in holders:
        for folder, item in _in_folders(stage):
            if item.keyword == "COPY" and item.flag("from") in builders:
                destination = posixpath.normpath(posixpath.join(folder, item.words[-1]))
                target = _tree_path(stage, destination) if stage not in final else None
                target = target or _beside(destination, folder, server) or output
                builder = next(s for s in dockerfile.stages if (s.name or str(s.index)) == item.flag("from"))
                made = _made(site, dockerfile, builder, item.words[0]) or output
                says = Evidence(path, item.line, item.original.strip()[:100])
                return Together(made, target, _script_run(site, dockerfile, builder), says)
    return None


def copies(stage: Stage) -> Iterator[Instruction]:
    """COPY and ADD alike, in order."""
    return (item for item in stage.instructions if item.keyword in ("COPY", "ADD"))


def _in_folders(stage: Stage) -> Iterator[tuple[str, Instruction]]:
    """Every COPY and ADD with the folder that the stage has last: what is copied before it is told is found there."""
    last = next((item.words[0] for item in reversed(stage.all("WORKDIR")) if item.words), "/")
    folder = last
    for item in stage.instructions:
        if item.keyword == "WORKDIR" and item.words:
            folder = posixpath.join(folder, item.words[0])
        elif item.keyword in ("COPY", "ADD"):
            yield folder, item


def _tree_path(stage: Stage, path: str) -> str | None:
    """Which path of the tree a path inside of a stage is, by what was copied there out of the build context."""
    for folder, item in _in_folders(stage):
        if item.flag("from") is not None or len(item.words) != 2:
            continue
        source = posixpath.normpath(item.words[0].lstrip("/") or ".")
        place = posixpath.normpath(posixpath.join(folder, item.words[1]))
        if path.startswith(place.rstrip("/") + "/") and not source.startswith(".."):
            inner = posixpath.relpath(path, place)
            return inner if source == "." else f"{source}/{inner}"
    return None


def _script_run(site: Project, dockerfile: Dockerfile, builder: Stage) -> str | None:
    """The script of the front end that a stage runs last, where that is not `build`."""
    from genfile.detect.node.claims import read_project

    read = read_project(site)
    scripts = read.package.scripts if read else {}
    found: str | None = None
    for stage in reversed(dockerfile.lineage(builder)):
        for item in stage.all("RUN"):
            for match in re.finditer(r"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?([A-Za-z0-9:_-]+)", item.value):
                found = match[1] if match[1] in scripts else found
    return found if found != "build" else None


def _made(site: Project, dockerfile: Dockerfile, builder: Stage, source: str) -> str | None:
    """What a COPY takes out of the stage that builds a front end, as a folder of the tree."""
    for stage in dockerfile.lineage(builder):
        mapped = _tree_path(stage, posixpath.normpath(source)) if source.startswith("/") else None
        if mapped is not None and inside(mapped, site.path):
            return mapped
    folders = [
        item.words[0] for stage in dockerfile.lineage(builder) for item in reversed(stage.all("WORKDIR")) if item.words
    ]
    folder = folders[0] if folders else "/"
    path = posixpath.normpath(posixpath.join(folder, source))
    if not path.startswith(folder.rstrip("/") + "/"):
        return None
    inner = posixpath.relpath(path, folder)
    # The stage may hold the whole tree, or the front end's folder alone.
    return inner if inside(inner, site.path) else site.full(inner)


def _takes(item: Instruction, name: str) -> bool:
    """Whether a COPY takes a folder of that name, or what is in it, from the build context."""
    if item.flag("from") is not None:
        return False
    return any(name in word.strip("./").split("/") for word in item.words[:-1])


def _beside(path: str, folder: str, server: Project) -> str | None:
    """Where a COPY puts the files, as a path of the tree: what lies below the working folder is the server's own."""
    if not path.startswith(folder.rstrip("/") + "/"):
        return None
    return server.full(posixpath.relpath(path, folder))
