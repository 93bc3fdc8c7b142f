"""One port: the command, EXPOSE, the port's variable and the health check agree."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.ports import command_port, loopback_flags
from genfile.dockerfile.edit import Edit
from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "one-port"
REASON = "A service that listens on another port than the image declares is unreachable or never healthy."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    image = built.image
    command = image.command
    exposed = {said.value.number: said for said in image.stage.exposed if said.value.role == "web"}
    if command is not None and command.value.words and not any("$" in word for word in command.value.words):
        yield from _loopback(built, command.value.words, command.evidence.line)
        number = command_port(command.value.text, command.value.assignments)
        if number is not None and exposed and number not in exposed:
            said = next(iter(exposed.values()))
            text = f"the command listens on {number}, but EXPOSE says {said.value.number}"
            edits = _exposing(built, said.evidence.line, number)
            yield Finding(ID, text, built.path, said.evidence.line, f"EXPOSE {number}", "warning", edits=edits)
    check = image.health
    if check is not None and check.value.port is not None and exposed and check.value.port not in exposed:
        known = {said.value.number for said in image.ports} - {check.value.port}
        if needs.port in known and check.value.port not in needs.others:
            text = f"HEALTHCHECK connects to {check.value.port}, but the service listens on {needs.port}"
            yield Finding(ID, text, built.path, check.evidence.line, None, "warning")
    if needs.port is not None and exposed and needs.port not in exposed:
        said = next(iter(exposed.values()))
        text = f"the service listens on {needs.port}, but EXPOSE says {said.value.number}"
        edits = _exposing(built, said.evidence.line, needs.port)
        yield Finding(ID, text, built.path, said.evidence.line, f"EXPOSE {needs.port}", "warning", edits=edits)


def _exposing(built: Built, line: int | None, number: int) -> tuple[Edit, ...]:
    """The edit that changes a single EXPOSE to another port."""
    item = next((item for item in built.dockerfile.instructions if item.line == line), None)
    if item is None or re.fullmatch(r"\d+(?:/tcp)?", item.value.strip()) is None:
        return ()
    return (Edit(item.line, item.end_line, f"EXPOSE {number}"),)


def _loopback(built: Built, words: tuple[str, ...], line: int | None) -> Iterator[Finding]:
    """An address that only the container itself can reach."""
    if posixpath.basename(words[0]) in ("sh", "bash"):
        return
    for name, value in loopback_flags(words):
        text = f"{name} {value}: reachable only from inside the container"
        yield Finding(ID, text, built.path, line, f"{name} 0.0.0.0")
