"""A tree without what is written for containers.

Left out: Dockerfiles and what is ignored for them, compose files (by whatever name), dev containers, `heroku.yml`,
Skaffold and bake files, Kubernetes manifests, Helm charts, and the scripts that only a Dockerfile starts. Everything
else stays, as users have it: files of hosts that build from sources (Procfile, fly.toml, render.yaml, …), workflows and
the README, although those two may repeat a `docker run`.
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator

from genfile.container.compose import strength
from genfile.detect.tree import Tree
from genfile.source.base import Index, Source, Unreadable, make_index

_DOCKERFILE = re.compile(r"(?:.*\.)?(?:dockerfile|containerfile)(?:[._-].+)?", re.IGNORECASE)
_NOT_ONE = ("ignore", ".md", ".sh", ".yml", ".yaml", ".j2", ".tmpl", ".py", ".js", ".ts", ".json", ".toml", ".go")
_COMPOSE = re.compile(r"(?:docker-)?compose\b.*\.ya?ml", re.IGNORECASE)
_OTHERS = frozenset("heroku.yml skaffold.yaml docker-bake.hcl devcontainer.json .devcontainer.json".split())
_SERVICES = re.compile(r"^services:.*?^\s+(?:build|image):", re.MULTILINE | re.DOTALL)
_MANIFEST = re.compile(r"^apiVersion:.*?^kind:|^kind:.*?^apiVersion:", re.MULTILINE | re.DOTALL)


def is_dockerfile(path: str) -> bool:
    name = posixpath.basename(path).lower()
    return _DOCKERFILE.fullmatch(name) is not None and not name.endswith(_NOT_ONE)


def container_files(tree: Tree, scripts: Iterable[str] = ()) -> frozenset[str]:
    """The paths to leave out; ``scripts``: those that Dockerfiles start."""
    charts = [posixpath.dirname(path) + "/" for path in tree.paths if posixpath.basename(path) == "Chart.yaml"]
    own = set(_only_for_images(tree, scripts))
    return frozenset(
        path
        for path in tree.paths
        if path in own or _is_named(path) or path.startswith(tuple(charts)) or _is_manifest(tree, path)
    )


def _is_named(path: str) -> bool:
    name = posixpath.basename(path).lower()
    return (
        is_dockerfile(path)
        or (name.endswith("ignore") and _DOCKERFILE.fullmatch(name.removesuffix(".dockerignore")) is not None)
        or name == ".dockerignore"
        or strength(name) is not None
        or _COMPOSE.fullmatch(name) is not None
        or name in _OTHERS
    )


def is_compose(tree: Tree, path: str) -> bool:
    """Whether a file is a compose file: by its name, or by what it says (`production.yml`)."""
    if strength(posixpath.basename(path).lower()) is not None:
        return True
    return path.endswith((".yml", ".yaml")) and _SERVICES.search((tree.text(path) or "")[:20_000]) is not None


def _is_manifest(tree: Tree, path: str) -> bool:
    """A manifest of Kubernetes, or a compose file by another name."""
    text = (tree.text(path) or "")[:20_000] if path.endswith((".yml", ".yaml")) else ""
    return _MANIFEST.search(text) is not None or (is_compose(tree, path) and not path.startswith("."))


def _only_for_images(tree: Tree, scripts: Iterable[str]) -> Iterator[str]:
    """The scripts that no Procfile and no script of a package.json names as well."""
    names = [path for path in tree.paths if posixpath.basename(path) in ("Procfile", "package.json")]
    texts = [_commands(path, tree.text(path) or "") for path in names]
    for script in scripts:
        if not any(posixpath.basename(script) in text for text in texts):
            yield script


def _commands(path: str, text: str) -> str:
    if path.endswith("Procfile"):
        return text
    try:
        return str(json.loads(text).get("scripts"))
    except (ValueError, AttributeError, RecursionError):
        return text


class Without:
    """A source in which some files are not there."""

    def __init__(self, source: Source, hidden: frozenset[str]) -> None:
        self.source, self.hidden = source, hidden
        index = source.index()
        kept = {
            folder: [name for name in names if posixpath.join(folder, name) not in hidden]
            for folder, names in index.folders.items()
        }
        self._index = make_index({key: names for key, names in kept.items() if names or not key}, list(index.notes))

    @property
    def name(self) -> str:
        return self.source.name

    def index(self) -> Index:
        return self._index

    def read(self, path: str, limit: int) -> bytes:
        if path in self.hidden:
            raise Unreadable(path, "does not exist")
        return self.source.read(path, limit)
