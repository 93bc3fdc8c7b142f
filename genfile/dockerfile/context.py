"""Does the build context hold what a Dockerfile takes from it, once .dockerignore has been applied?"""

import posixpath
from collections.abc import Collection

from msgspec import Struct

from genfile.dockerfile.ignore import IgnoreRule, IgnoreRules
from genfile.dockerfile.model import Dockerfile


class Missing(Struct, frozen=True):
    """A source of COPY, ADD or a bind mount that no file is left of; ``rule`` is what ignored it, if anything did."""

    source: str
    line: int
    rule: IgnoreRule | None


def missing_sources(dockerfile: Dockerfile, rules: IgnoreRules, files: Collection[str]) -> tuple[Missing, ...]:
    """The sources that would be missing from a context of these files (relative paths). Empty: all is there."""
    found: list[Missing] = []
    for source, line in dockerfile.context_sources():
        wanted = [path for path in files if _covers(source, path)]
        if any(not rules.excludes(path) for path in wanted):
            continue
        found.append(Missing(source, line, rules.rule_for(wanted[0]) if wanted else None))
    return tuple(found)


def _covers(source: str, path: str) -> bool:
    plain = posixpath.normpath(source.strip("/") or ".")
    if plain == "." or path == plain or path.startswith(plain + "/"):
        return True
    return any(char in plain for char in "*?[") and IgnoreRule(plain, 0, negated=False).matches(path)
