"""Lockfiles that npm refuses: a locked package is outside the range that another one expects of its peer.

npm writes such a lockfile with --legacy-peer-deps or --force, and `npm ci` fails without the same option
(docs.npmjs.com/cli/commands/npm-ci). npm 7 also wrote one where an optional peer of an indirect dependency does not
fit; later releases want to move the peer, so that the lockfile is out of date for them.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Any

from genfile.detect.node.manager import NodeProject
from genfile.evidence import Draft, Evidence
from genfile.parsers.data import parse_properties

MAX_PEERS = 400
_PEER_KEYS = ("peerDependencies", "peerDependenciesMeta")


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
    """The peers that packages expect and the lockfile does not provide: whether npm was forced, the message, its
    place."""
    root = project.root
    name = next((name for name in ("package-lock.json", "npm-shrinkwrap.json") if root.has(name)), None)
    document = root.json(name) if name is not None and not _is_settled(project) else None
    if name is None or document is None:
        return
    packages, direct = document.table("packages"), project.root_package.every_dependency
    # npm installs packages that are only peers, unless --legacy-peer-deps prevents it.
    forced = any(isinstance(item, dict) and item.get("peer") is True for item in packages.values())
    expected = ((forced, item) for item in _expected(packages, direct))
    movable = ((False, item) for item in _movable(packages, direct))
    for by_force, (package, peer, wanted, version) in chain(expected, movable):
        if version is not None and not _fits(version, wanted):
            text = f"{package} expects {peer} {wanted}"
            yield by_force, f"{text}, but {version} is locked", root.says(name, None, text)


def _expected(packages: dict[str, Any], direct: Collection[str]) -> Iterator[tuple[str, str, str, str | None]]:
    """The peers that the root's dependencies require and that the root depends on too: package, peer, range, locked
    version."""
    listed = ((package, packages.get(f"node_modules/{package}")) for package in direct)
    found = ((package, peer, wanted) for package, peer, wanted, optional in _peers(listed) if not optional)
    for package, peer, wanted in islice((item for item in found if item[1] in direct), MAX_PEERS):
        yield package, peer, wanted, _version(packages, peer)


def _movable(packages: dict[str, Any], direct: Collection[str]) -> Iterator[tuple[str, str, str, str | None]]:
    """The optional peers that npm could move, since the root does not depend on them: package, peer, range, locked
    version."""
    named = ((path.removeprefix("node_modules/"), item) for path, item in packages.items())
    listed = ((package, item) for package, item in named if package and "node_modules/" not in package)
    found = ((package, peer, wanted) for package, peer, wanted, optional in _peers(listed) if optional)
    for package, peer, wanted in islice((item for item in found if item[1] not in direct), MAX_PEERS):
        # A version of its own lies in the package's folder; one that is a peer alone stays where it is.
        places = (f"{package}/node_modules/{peer}", peer)
        place = next((name for name in places if f"node_modules/{name}" in packages), "")
        yield package, peer, wanted, None if _is_peer(packages, place) else _version(packages, place)


def _peers(listed: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str, str, bool]]:
    """The peers of packages in a lockfile: package, peer, range, and whether the peer is optional."""
    for package, item in listed:
        peers, metas = (item.get(key) if isinstance(item, dict) else None for key in _PEER_KEYS)
        for peer, wanted in peers.items() if isinstance(peers, dict) else ():
            meta = metas.get(peer) if isinstance(metas, dict) else None
            if isinstance(wanted, str):
                yield package, peer, wanted, isinstance(meta, dict) and bool(meta.get("optional"))


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
