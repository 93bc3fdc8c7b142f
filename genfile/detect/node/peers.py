"""Lockfiles that npm refuses: a locked package is outside the range that another one expects of its peer.

npm writes such a lockfile with --legacy-peer-deps or --force, and `npm ci` fails without the same option
(docs.npmjs.com/cli/commands/npm-ci). npm 7 also wrote one where an optional peer of an indirect dependency does not
fit; later releases want to move the peer, so that the lockfile is out of date for them.
"""

from collections.abc import Iterator
from typing import Any

from genfile.detect.node.manager import NodeProject
from genfile.evidence import Draft, Evidence
from genfile.parsers.data import parse_properties

MAX_PEERS = 400


def put_peers(project: NodeProject, draft: Draft) -> None:
    """Put the option that the lockfile was written with into /environment, with a warning."""
    found = next(conflicts(project), None)
    if found is None:
        return
    forced, text, says = found
    name = "npm_config_force" if forced else "npm_config_legacy_peer_deps"
    draft.values.setdefault("environment", []).append({"name": name, "phase": "install", "value": "true"})
    option = "--force" if forced else "--legacy-peer-deps"
    text = f"{text}, which `npm ci` refuses; the image installs with {option}"
    draft.note("warning", f"{says.path}: {text}", says.path, says.line)


def conflicts(project: NodeProject) -> Iterator[tuple[bool, str, Evidence]]:
    """The peers that direct dependencies expect and the lockfile does not provide: whether npm was forced, the message,
    its place."""
    root = project.root
    name = next((name for name in ("package-lock.json", "npm-shrinkwrap.json") if root.has(name)), None)
    document = root.json(name) if name is not None and not _is_settled(project) else None
    packages: dict[str, Any] = document.table("packages") if document is not None else {}
    for package, peer, wanted in _expected(project, packages):
        version = _version(packages, peer)
        if name is not None and version is not None and not _fits(version, wanted):
            # npm installs packages that are only peers, unless --legacy-peer-deps prevents it.
            forced = any(isinstance(item, dict) and item.get("peer") is True for item in packages.values())
            text = f"{package} expects {peer} {wanted}, but {version} is locked"
            yield forced, text, root.says(name, None, f"{package} expects {peer} {wanted}")
    if name is None:
        return
    for package, peer, wanted, version in _movable(project, packages):
        text = f"{package} expects {peer} {wanted}, but {version} is locked"
        yield False, text, root.says(name, None, f"{package} expects {peer} {wanted}")


def _movable(project: NodeProject, packages: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The optional peers that don't fit and that npm could move, since the root does not depend on them: package, peer,
    range, locked version."""
    direct, count = project.root_package.every_dependency, 0
    for path, item in packages.items():
        package = path.removeprefix("node_modules/")
        optional = item.get("peerDependenciesMeta") if isinstance(item, dict) else None
        if not package or "node_modules/" in package or not isinstance(optional, dict):
            continue
        peers = item.get("peerDependencies")
        for peer, wanted in peers.items() if isinstance(peers, dict) else ():
            # A version of its own lies in the package's folder; one that is a peer alone stays where it is.
            place = next(
                (name for name in (f"{package}/node_modules/{peer}", peer) if f"node_modules/{name}" in packages), ""
            )
            meta, version = optional.get(peer), None if _is_peer(packages, place) else _version(packages, place)
            if peer in direct or not isinstance(wanted, str) or not isinstance(meta, dict) or not meta.get("optional"):
                continue
            count += 1
            if count > MAX_PEERS:
                return
            if version is not None and not _fits(version, wanted):
                yield package, peer, wanted, version


def _expected(project: NodeProject, packages: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The peers that the root's dependencies require and that the root depends on too: package, peer, range."""
    direct, count = project.root_package.every_dependency, 0
    for package in direct:
        item = packages.get(f"node_modules/{package}")
        peers = item.get("peerDependencies") if isinstance(item, dict) else None
        optional = item.get("peerDependenciesMeta") if isinstance(item, dict) else None
        for peer, wanted in peers.items() if isinstance(peers, dict) else ():
            meta = optional.get(peer) if isinstance(optional, dict) else None
            if peer not in direct or not isinstance(wanted, str) or (isinstance(meta, dict) and meta.get("optional")):
                continue
            count += 1
            if count > MAX_PEERS:
                return
            yield package, peer, wanted


def _is_settled(project: NodeProject) -> bool:
    """Whether .npmrc says how npm handles peer conflicts, or package.json overrides versions."""
    settings = project.root.parse(parse_properties, ".npmrc") if project.root.has(".npmrc") else None
    said = settings is not None and any(settings.text(f"{kind}-peer-deps") for kind in ("legacy", "strict"))
    return said or project.root_package.document.get("overrides") is not None


def _version(packages: dict[str, Any], name: str) -> str | None:
    item = packages.get(f"node_modules/{name}")
    version = item.get("version") if isinstance(item, dict) else None
    return version if isinstance(version, str) else None


def _is_peer(packages: dict[str, Any], name: str) -> bool:
    item = packages.get(f"node_modules/{name}")
    return isinstance(item, dict) and item.get("peer") is True


def _fits(version: str, wanted: str) -> bool:
    """Whether a version is in a range; one that can't be parsed, such as a tag or a URL, allows every version."""
    import nodesemver

    try:
        return bool(nodesemver.satisfies(version, wanted, True))
    except (ValueError, TypeError):
        return True
