"""Routes of web frameworks: which application or router each belongs to, where routers are mounted, and so the paths
that requests use."""

import re
from collections.abc import Collection, Hashable, Iterator

from msgspec import Struct, field

from genfile.evidence import Evidence, Fact

# Names of code that requires a login, which a health check does not get past.
GUARD = re.compile(r"(?i)auth(?!or)|jwt|protect|guard|verif|loggedin|permission")
# Last segments of a path that can only mean a health check.
_NAMES = frozenset("health healthz healthcheck health-check health_check _health livez readyz liveness".split())
_MAX_DEPTH = 12
_PART = re.compile(r"[\w.~-]+")


class _Mount(Struct, frozen=True):
    parent: Hashable
    prefix: str | None


class Routes(Struct):
    """The routes of a program. Any value that identifies a router may stand for it.

    ``roots``: the applications themselves; ``own``: the prefixes that routers have wherever they are mounted. A prefix
    of None is unknown or behind a login, so nothing below it counts.
    """

    roots: set[Hashable] = field(default_factory=set)
    own: dict[Hashable, str | None] = field(default_factory=dict)
    _routes: list[tuple[Hashable, str, Evidence]] = field(default_factory=list)
    _checks: set[Evidence] = field(default_factory=set)
    _mounts: dict[Hashable, list[_Mount]] = field(default_factory=dict)

    def route(self, router: Hashable, path: str, says: Evidence, *, checks: bool = False) -> None:
        """Add a route of a router; ``says``: where it is registered; ``checks``: it is a health check, whatever its
        path."""
        self._routes.append((router, path, says))
        if checks:
            self._checks.add(says)

    def mount(self, parent: Hashable, child: Hashable, prefix: str | None) -> None:
        """Mount a router below another; a prefix of None is unknown or behind a login."""
        self._mounts.setdefault(child, []).append(_Mount(parent, prefix))

    def is_mounted(self, router: Hashable) -> bool:
        """Whether a router is mounted anywhere."""
        return router in self._mounts

    def health(self, paths: Collection[str]) -> Fact[str] | None:
        """The first route among the given paths, else the first whose last segment can only mean a health check, else
        the first that is known to be one."""
        found = list(self._whole())
        usual = (fact for fact in found if fact.value in paths)
        named = (fact for fact in found if _is_health(fact.value))
        known = (fact for fact in found if not self._checks.isdisjoint(fact.evidence))
        return next(usual, None) or next(named, None) or next(known, None)

    def _whole(self) -> Iterator[Fact[str]]:
        for router, path, says in self._routes:
            for prefix in self._prefixes(router, 0):
                yield Fact(join_url(prefix, path), (says,))

    def _prefixes(self, router: Hashable, depth: int) -> Iterator[str]:
        """The prefixes under which a router is reached; none if no application leads to it."""
        own = self.own.get(router, "")
        if own is None or depth > _MAX_DEPTH:
            return
        if router in self.roots and router not in self._mounts:
            yield own
        for mount in self._mounts.get(router, ()):
            if mount.prefix is not None:
                for above in self._prefixes(mount.parent, depth + 1):
                    yield join_url(join_url(above, mount.prefix), own)


def join_url(prefix: str, path: str) -> str:
    """Join a prefix and a path as every framework does: with one slash between them."""
    if not path or not prefix or prefix == "/":
        return path or prefix
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}"


def _is_health(path: str) -> bool:
    parts = path.strip("/").split("/")
    plain = path.startswith("/") and all(_PART.fullmatch(part) for part in parts)
    names = parts[-1:] if parts[-1] not in ("live", "ready", "liveness", "readiness") else parts[-2:-1]
    return plain and bool(names) and names[0] in _NAMES
