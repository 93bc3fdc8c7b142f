"""What browsers need of compose.yaml: a page calls its server where that is published, and the server answers it."""

from typing import Any


def open_to_browsers(entries: list[dict[str, Any]]) -> None:
    """Give each page's build the published address of the server that it calls, and each server the origins of the
    pages that its own example lists, if one of them is published there."""
    servers = [entry for entry in entries if entry["serves"] and not entry["browsed"]]
    pages = {_published(entry) for entry in entries if entry["port"] is not None and entry not in servers}
    for entry in entries:
        for item in entry["addresses"]:
            called = [other for other in servers if other["port"] == item.port and other is not entry]
            if item.phase == "page" and len(called) == 1:
                address = item.form.replace("{host}", "localhost").replace("{port}", str(_published(called[0])))
                _give_unset(entry, "arguments", item.variable, f"{item.variable}={address}")
        for item in entry["origins"]:
            if pages.intersection(item.ports):
                _give_unset(entry, "environment", item.variable, item.value)


def _give_unset(entry: dict[str, Any], place: str, name: str, value: str) -> None:
    if all(item["name"] != name or item["value"] is None for item in entry[place]):
        give(entry, place, name, value)


def give(entry: dict[str, Any], place: str, name: str, value: str) -> None:
    """Give a variable its value where it stands, or at the end. ``place``: `environment`, or `arguments` of a build."""
    held = {item["name"]: item for item in entry[place]}
    given = {"name": name, "value": value, "required": False, "secret": False}
    entry[place] = list({**held, name: given}.values())


def _published(entry: dict[str, Any]) -> int:
    """The port on the host."""
    return int(entry["published"].split(":")[-2])
