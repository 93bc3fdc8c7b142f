"""Programs that do their work and exit: an image is made of them, and somebody runs it when the work is due."""

from genfile.evidence import Draft, Evidence, Fact


def put_one_off(draft: Draft, says: Evidence | None) -> None:
    """Put /one_off if something says that the program ends, unless it listens, serves files or talks to a client."""
    if says is not None and not any(draft.values.get(name) for name in ("port", "static", "stdio")):
        draft.put("one_off", Fact(True, (says,)))
