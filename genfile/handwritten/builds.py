"""How Dockerfiles are built: with which context, target and arguments, as compose, bake files and workflows say."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from genfile.parsers import ParseError

if TYPE_CHECKING:
    from genfile.container.compose import ComposeService
    from genfile.detect.tree import Tree
    from genfile.image import Context

# Files of builds that are read of one tree.
MAX_FILES = 60
MAX_OTHERS = 20
WORKFLOWS = ".github/workflows"
# Folders of what gives a cluster its hosts.
_CLUSTERS = frozenset("k8s kubernetes helm charts chart manifests kustomize deploy deployment deployments".split())


class BuildWay(Struct, frozen=True):
    """One way that a Dockerfile is built. ``root``: the folder of the context, "" for the tree's own; ``said``: the
    file that says so, None where nothing does; ``given``: the variables that its container gets."""

    dockerfile: str
    root: str
    target: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    said: str | None = None
    given: frozenset[str] = frozenset()


def is_build_file(path: str) -> bool:
    """Whether a file is one of compose or bake, by its name."""
    from genfile.container.bake import is_bake_file
    from genfile.container.compose import strength

    name = posixpath.basename(path)
    return is_bake_file(name) or strength(name) is not None


def ways_of(tree: "Tree", path: str) -> tuple[BuildWay, ...]:
    """Every way that a Dockerfile is built, those of production first; by default in its folder, or at the root."""
    found = tuple(way for way in declared(tree) if way.dockerfile == path)
    if found:
        return found
    folder = posixpath.dirname(path)
    return (BuildWay(path, folder), *((BuildWay(path, ""),) if folder else ()))


def declared(tree: "Tree") -> tuple[BuildWay, ...]:
    """What the compose files, bake files and workflows of a tree build."""
    key = ("declared-builds",)
    if key not in tree.memory:
        names = sorted(filter(is_build_file, tree.paths), key=_order)[:MAX_FILES]
        composed = (way for name in names for way in builds_in(tree, name))
        tree.memory[key] = (*composed, *_others(tree), *_of_workflows(tree))
    found: tuple[BuildWay, ...] = tree.memory[key]
    return found


def builds_in(tree: "Tree", path: str) -> Iterator[BuildWay]:
    """What one compose file or bake file builds; one that can't be read builds nothing."""
    from genfile.container.bake import is_bake_file, read_bake

    if not is_bake_file(posixpath.basename(path)):
        yield from (_of_compose(item, path) for item in _services(tree, path) if _inside(item.context))
        return
    try:
        targets = read_bake(tree.text(path) or "", path)
    except (ParseError, RecursionError):
        return
    for item in targets:
        if _inside(item.context):
            yield BuildWay(item.dockerfile, item.context, item.target, item.arguments, path)


def hosts(tree: "Tree") -> frozenset[str] | None:
    """The names that services of compose files answer to; None where something else may bring hosts."""
    from genfile.container.compose import strength
    from genfile.parsers.data import parse_yaml

    folders = {part for folder in tree.folders for part in folder.lower().split("/")}
    if folders & _CLUSTERS:
        return None
    found: set[str] = set()
    for path in sorted(tree.paths):
        if strength(posixpath.basename(path)) is None:
            continue
        document = tree.parse(parse_yaml, path)
        services = document.get("services") if document is not None else None
        for name, body in services.items() if isinstance(services, dict) else ():
            found |= {str(name), *_names(body if isinstance(body, dict) else {})}
    return frozenset(found)


def composed(tree: "Tree", dockerfile: str) -> "Iterator[tuple[str, ComposeService]]":
    """The services of compose files that are built from a Dockerfile, each with the path of its file."""
    from genfile.container.compose import strength

    for path in sorted(tree.paths):
        if strength(posixpath.basename(path)) is not None:
            yield from ((path, item) for item in _services(tree, path) if item.dockerfile == dockerfile)


def _names(service: Mapping[str, object]) -> Iterator[str]:
    """Further names of a service: of its container, its aliases, and those that it gives to others."""
    for key in ("container_name", "hostname"):
        yield from (str(service[key]),) if service.get(key) else ()
    for key in ("links", "external_links", "extra_hosts"):
        listed = service.get(key)
        for item in listed if isinstance(listed, list) else ():
            yield from str(item).split(":")
    networks = service.get("networks")
    for network in networks.values() if isinstance(networks, dict) else ():
        aliases = network.get("aliases") if isinstance(network, dict) else None
        yield from map(str, aliases if isinstance(aliases, list) else ())


def _services(tree: "Tree", path: str) -> "tuple[ComposeService, ...]":
    from genfile.container.compose import read_compose, read_dotenv
    from genfile.parsers.data import parse_yaml

    document = tree.parse(parse_yaml, path)
    dotenv = tree.text(posixpath.join(posixpath.dirname(path), ".env"))
    return read_compose(document, path, read_dotenv(dotenv or "")) if document is not None else ()


def _others(tree: "Tree") -> Iterator[BuildWay]:
    """Compose files of any other name, at the root."""
    from genfile.container.compose import strength_of

    names = sorted(name for name in tree.folders.get("", ()) if name.endswith((".yml", ".yaml")))
    for name in names[:MAX_OTHERS]:
        if not is_build_file(name) and strength_of(name, tree.text(name) or "") is not None:
            yield from (_of_compose(item, name) for item in _services(tree, name) if _inside(item.context))


def _of_workflows(tree: "Tree") -> Iterator[BuildWay]:
    """Steps of GitHub workflows that build an image, where they name a folder."""
    from genfile.parsers.data import parse_yaml

    for name in sorted(tree.folders.get(WORKFLOWS, ()))[:MAX_OTHERS]:
        path = f"{WORKFLOWS}/{name}"
        document = tree.parse(parse_yaml, path) if "build-push-action" in (tree.text(path) or "") else None
        jobs = document.get("jobs") if document is not None else None
        for job in jobs.values() if isinstance(jobs, dict) else ():
            steps = job.get("steps") if isinstance(job, dict) else None
            for step in steps if isinstance(steps, list) else ():
                way = _of_step(step, path) if isinstance(step, dict) else None
                if way is not None and way.dockerfile in tree.paths:
                    yield way


def _of_step(step: Mapping[str, object], path: str) -> BuildWay | None:
    """What a step of docker/build-push-action builds: its context is the root unless it says otherwise."""
    given = step.get("with")
    if not str(step.get("uses") or "").startswith("docker/build-push-action") or not isinstance(given, dict):
        return None
    root = posixpath.normpath(str(given.get("context") or "."))
    root = "" if root == "." else root
    dockerfile = posixpath.normpath(str(given.get("file") or posixpath.join(root, "Dockerfile")))
    if not _inside(root) or "$" in root + dockerfile:
        return None
    return BuildWay(dockerfile, root, str(given["target"]) if given.get("target") else None, said=path)


def _of_compose(item: "ComposeService", path: str) -> BuildWay:
    root = "" if item.context == "." else item.context
    return BuildWay(item.dockerfile, root, item.target, dict(item.arguments), path, frozenset(item.environment))


def _inside(folder: str) -> bool:
    return not folder.startswith(("..", "/"))


def _order(path: str) -> tuple[int, int, str]:
    from genfile.container.compose import strength

    rank = strength(posixpath.basename(path))
    return (2 if rank is None else rank, path.count("/"), path)


def context_of_way(tree: "Tree", way: BuildWay) -> "Context":
    """The build context, with the ignore file that BuildKit takes: the Dockerfile's own, else the context's."""
    from genfile.image import ignoring
    from genfile.proof import context_of

    own = tree.text(f"{way.dockerfile}.dockerignore")
    text = own if own is not None else tree.text(posixpath.join(way.root, ".dockerignore"))
    return ignoring(context_of(tree, way.root or "."), text)
