"""Variables without which a program fails: marked in the spec, each with its evidence."""

from collections.abc import Iterable

from msgspec.structs import replace

from genfile.detect.shared import is_secret
from genfile.evidence import Draft, Evidence, Fact

# Variables that the image or the platform always sets.
GIVEN = frozenset({"PORT", "HOST", "HOSTNAME", "NODE_ENV", "HOME", "PATH", "USER", "TZ", "LANG", "PWD"})
MAX_REQUIRED = 60
# How many a note names.
_NAMED = 6


def put_required(draft: Draft, found: Iterable[tuple[str, Evidence]]) -> None:
    """Mark variables as required, of those that are listed or as new ones; one with a value needs nothing.

    ``found``: names with their evidence.
    """
    listed = draft.values.get("environment", [])
    present = {item["name"]: item for item in listed if item["phase"] == "run"}
    places: dict[str, Evidence] = {}
    for name, says in found:
        item = present.get(name)
        if name in GIVEN or name == draft.values.get("port_variable") or len(places) >= MAX_REQUIRED:
            continue
        if item is None:
            item = present[name] = {"name": name, "phase": "run", "secret": is_secret(name)}
            listed.append(item)
        if item.get("value") is None:
            item["required"] = True
            places.setdefault(name, replace(says, subject=name))
    if places:
        draft.put("environment", Fact(listed, tuple(places.values())))
        first = next(iter(places.values()))
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        names = ", ".join(list(places)[:_NAMED])
        them = "it" if len(places) == 1 else "them"
        text = f"set {names}{more} in the container; the service does not start without {them}"
        draft.note("info", text, first.path, first.line)
