"""What the release command of a service reaches, which may be less than the service does."""

import posixpath
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from genfile.data import load_table

if TYPE_CHECKING:
    from genfile.spec.project import Spec


def reached(spec: "Spec", base: dict[str, Any]) -> dict[str, Any]:
    """What an entry for the release command has less than the service: databases and variables that its program does
    not reach, as far as that is known."""
    reads = spec.release_reads
    if reads is not None:
        named = {item.service for item in spec.connections if item.variable in reads}
    else:
        named = sql().intersection(spec.backing_services) if _is_migration(spec.release or ()) else set()
    waits = [item for item in base["depends_on"] if item["name"] in named]
    less: dict[str, Any] = {"depends_on": waits} if waits else {}
    given = [item for item in base["environment"] if reads is not None and item["name"] in reads]
    if not given or reads is None:
        return less
    return less | {"environment": given, "addresses": [item for item in spec.addresses if item.variable in reads]}


def sql() -> set[str]:
    """The names of the databases of SQL."""
    return set(load_table("connections")["sql"])


def _is_migration(command: Sequence[str]) -> bool:
    """Whether a command prepares a database of SQL and reaches no other."""
    words = [posixpath.basename(word) for word in command if not word.startswith("-")]
    words = words[1:] if words[:1] in (["python"], ["node"], ["bun"]) else words
    table = load_table("connections")["migrating"]
    return bool(words) and (words[0] in table or " ".join(words[:2]) in table)
