"""Servers that listen on loopback, which nothing outside the container reaches: told to listen on all addresses, or
marked, so that the image's health check asks the container's own address and fails."""

from genfile.container.ports import is_own_host, opened, opened_address
from genfile.evidence import About, Draft, Evidence, Fact, Topic

_EVERYWHERE = "0.0.0.0"


def put_fixed(draft: Draft, says: Evidence, remedy: str = f"listen on {_EVERYWHERE}") -> None:
    """Put that the code fixes a loopback address, with a warning."""
    tell_of_fixed(draft, says, remedy)
    draft.put("loopback", Fact("fixed", (says,)))


def tell_of_fixed(draft: Draft, says: Evidence, remedy: str = f"listen on {_EVERYWHERE}") -> None:
    """The warning alone, where another call may listen on all addresses."""
    text = f"{says}: reachable only from inside the container; {remedy}"
    draft.note("warning", text, says.path, says.line, About(Topic.FAILS))


def put_moved(draft: Draft, says: Evidence) -> None:
    """Put that an argument or a variable of the image takes the place of a loopback address."""
    draft.put("loopback", Fact("moved", (says,)))


def put_opened(draft: Draft) -> None:
    """Replace the loopback addresses that the commands and variables of a service name, as a developer's script does:
    `next start -H 127.0.0.1`, `HOST=localhost node server.js`."""
    start = draft.evidence.get("/start")
    words = list(draft.values.get("start") or ())
    if draft.values.get("port") and start is not None and (told := opened(words)) != words:
        says = start.evidence[0]
        draft.put("start", start.but(told))
        draft.note("info", f"{says}: the image has it listen on {_EVERYWHERE}", says.path, says.line)
        put_moved(draft, says)
    processes = draft.values.get("processes") or {}
    for name, command in list(processes.items()):
        processes[name] = opened(list(command), served_only=True)
    for item in draft.values.get("environment", ()):
        if item.get("phase", "run") == "run" and is_own_host(item["name"]) and isinstance(item.get("value"), str):
            item["value"] = opened_address(item["value"]) or item["value"]
