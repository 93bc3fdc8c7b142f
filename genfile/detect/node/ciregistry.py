"""The private registry that CI sets up for a scope of packages, where no .npmrc is committed."""

import re
from collections.abc import Iterator
from typing import Any

from genfile.detect.hosting.images import quietly
from genfile.detect.node.manager import NodeProject
from genfile.detect.tree import Project
from genfile.evidence import Evidence

_FILES = (
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    ".circleci/config.yml",
    "cloudbuild.yaml",
)
_FOLDERS = (".github/workflows", ".gitea/workflows", ".forgejo/workflows")
# `npm config set @shop:registry https://…`, `echo "@shop:registry=https://…" >> .npmrc`.
_SETTING = re.compile(r"(@[a-z0-9~][a-z0-9._~-]*):registry[=\s'\"]+(https?://[^\s'\"]+)")
_PUBLIC = ("registry.npmjs.org", "registry.yarnpkg.com")
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock")
MAX_FILES = 20
_MAX_DEPTH = 12


def scoped_registry(project: NodeProject) -> tuple[str, Evidence] | None:
    """The first scope of a dependency that CI takes from a private registry, with the line that says so."""
    scopes = {name.partition("/")[0] for name in _outside(project)}
    if not scopes:
        return None
    root = Project(project.folder.tree, "")
    for name in _names(root)[:MAX_FILES]:
        document = quietly(root, name)
        for place, scope, url in _settings(document.value, ()) if document is not None else ():
            private = not any(host in url for host in _PUBLIC)
            if document is not None and private and scope in scopes and not _is_public(project, scope):
                return scope, root.says(name, document.line(*place), f"{scope} comes from {url}"[:100])
    return None


def _outside(project: NodeProject) -> list[str]:
    """The dependencies with a scope that are not in the tree."""
    listed = [item for package in project.packages for item in package.every_dependency.items()]
    inner = {project.package.name}
    if project.workspace is not None:
        inner |= {package.name for package in project.workspace.named([name for name, _ in listed])}
    local = ("workspace:", "file:", "link:", "portal:")
    return [name for name, text in listed if name[:1] == "@" and name not in inner and not text.startswith(local)]


def _names(root: Project) -> list[str]:
    found = [name for name in _FILES if root.has(name)]
    return found + [
        f"{base}/{name}" for base in _FOLDERS for name in root.names(base) if name.endswith((".yml", ".yaml"))
    ]


def _settings(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Each scope with its registry: the inputs of a step that sets up Node, or a command that writes npm's settings."""
    if len(place) > _MAX_DEPTH:
        return
    if isinstance(value, str):
        yield from ((place, match[1], match[2]) for match in _SETTING.finditer(value))
    elif isinstance(value, list):
        if any("publish" in str(item.get("run", "")) for item in value if isinstance(item, dict)):
            # The registry that these steps send packages to.
            return
        for at, item in enumerate(value):
            yield from _settings(item, (*place, at))
    elif isinstance(value, dict):
        scope, url = value.get("scope"), value.get("registry-url")
        if isinstance(scope, str) and isinstance(url, str):
            yield (*place, "registry-url"), f"@{scope.removeprefix('@')}", url
        for key, item in value.items():
            yield from _settings(item, (*place, str(key)))


def _is_public(project: NodeProject, scope: str) -> bool:
    """Whether the lockfile takes packages of a scope from the public registry."""
    texts = (project.root.text(name) or "" for name in _LOCKS if project.root.has(name))
    return any(f"{host}/{scope}/" in text for text in texts for host in _PUBLIC)
