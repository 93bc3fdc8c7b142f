"""Addresses that browsers use: a page's build compiles in where its server is, and a server lists the pages that it
answers. On a developer's machine both are ports of that machine, where compose publishes the services too."""

import re
from collections.abc import Iterable

from genfile.detect.addresses import add_address, leads_here, read_place
from genfile.detect.connections import samples
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

_ORIGIN = r"https?://(?:localhost|127\.0\.0\.1):(\d{2,5})/?"
# One origin, or several in a list of JSON or between commas.
_ORIGINS = re.compile(rf"[\[\"']*{_ORIGIN}[\"']*(?:\s*,\s*[\"']*{_ORIGIN}[\"']*)*\]?")
_MAX_TEXT = 300
_MAX_ORIGINS = 20


def put_browsers(draft: Draft, folder: Project) -> None:
    """Add to /addresses what a page's build compiles in, and put /origins: variables of a server whose example lists
    pages on this machine."""
    listed = {item["name"]: item for item in draft.values.get("environment", ()) if item.get("value") is None}
    settled = {item["variable"] for item in draft.values.get("connections", ())}
    settled |= {item["variable"] for item in draft.values.get("addresses", ()) if item["phase"] == "build"}
    wanted = {name: item for name, item in listed.items() if name not in settled and not item.get("secret")}
    found: dict[str, tuple[str, list[int], Evidence]] = {}
    for name, (says, texts) in samples(folder, ()).items() if wanted else ():
        if name not in wanted:
            continue
        if wanted[name].get("phase") == "build":
            _put_page(draft, name, texts, says)
        else:
            text = next((text for text in texts if len(text) < _MAX_TEXT and _ORIGINS.fullmatch(text.strip())), None)
            if text is not None and len(found) < _MAX_ORIGINS:
                found[name] = text.strip(), [int(port) for port in re.findall(_ORIGIN, text)], says
    if found:
        value = [{"variable": name, "value": text, "ports": ports} for name, (text, ports, _) in found.items()]
        draft.put("origins", Fact(value, tuple(says for _, _, says in found.values())))


def _put_page(draft: Draft, name: str, texts: Iterable[str], says: Evidence) -> None:
    place = next((place for text in texts if leads_here(text) and (place := read_place(text)) is not None), None)
    if place is not None and place.port != draft.values.get("port"):
        add_address(draft, name, "page", place, says)
