"""Variables with the address of another service of the project, which a developer runs at a port of the same machine.

In containers each service has a host name of its own, so compose gives such a variable the name of the service that
listens on that port.
"""

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from genfile.detect.connections import Read, samples
from genfile.detect.meanings import database_schemes
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

# A developer's machine, or a host of a compose file, with a port.
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)?(?:localhost|127\.0\.0\.1|\[::1\]|[a-z][a-z0-9-]*)"
    r":(?P<port>\d{2,5})(?P<path>/[A-Za-z0-9._~@/-]*)?"
)
# A server in a container speaks plain HTTP, whatever a developer's machine has before it.
_ENCRYPTED = ("https://", "wss://", "ssl://", "mqtts://", "grpcs://")
_HERE = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:localhost|127\.0\.0\.1|\[::1\]):\d")
MAX_ADDRESSES = 40


class LocalPort(Struct, frozen=True):
    """Where an address leads to. ``form``: the address, with {host} and {port} for those of the service."""

    port: int
    form: str


def read_place(text: str) -> LocalPort | None:
    """The port and form of an address with a host of this machine or of a compose file; None for any other text."""
    match = _ADDRESS.fullmatch(text.strip()) if len(text) < 300 else None
    if match is None:
        return None
    scheme, port = match["scheme"] or "", int(match["port"])
    if port > 65535 or scheme in _ENCRYPTED or scheme.removesuffix("://") in database_schemes():
        return None
    return LocalPort(port, f"{scheme}{{host}}:{{port}}{match['path'] or ''}")


def leads_here(text: str) -> bool:
    """Whether an address has the host of this machine and a port."""
    return _HERE.match(text) is not None


def put_addresses(draft: Draft, folder: Project, reads: Iterable[Read]) -> None:
    """Add to /addresses the variables of the running program whose default, example or value in a compose file is such
    an address; without those of databases, and those with the address of the service itself."""
    read = list(reads)
    listed = {item["name"]: item for item in draft.values.get("environment", ())}
    settled = {name for name, item in listed.items() if item["phase"] != "run" or item.get("value") is not None}
    settled |= {item["variable"] for item in draft.values.get("connections", ())}
    wanted = ({item.name for item in read} | listed.keys()) - settled
    for name, (says, texts) in samples(folder, read).items() if wanted else ():
        place = next((place for text in texts if (place := read_place(text)) is not None), None)
        if name in wanted and place is not None and place.port != draft.values.get("port"):
            add_address(draft, name, "run", place, says)


def add_address(draft: Draft, name: str, phase: str, place: LocalPort, says: Evidence) -> None:
    """Add a variable to /addresses. ``phase``: build, if its value is compiled in; else run."""
    listed: list[dict[str, Any]] = draft.values.get("addresses", [])
    if len(listed) < MAX_ADDRESSES and all(item["variable"] != name for item in listed):
        before = draft.evidence["/addresses"].evidence if listed else ()
        entry = {"variable": name, "phase": phase, "port": place.port, "form": place.form}
        draft.put("addresses", Fact([*listed, entry], (*before, says)))
