"""What compose.yaml means for the compose files that a folder already has."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.evidence import Note
from genfile.project.reading import read_text

if TYPE_CHECKING:
    from genfile.project.plan import Plan
    from genfile.upkeep.decisions import Decisions

# Compose reads the first of these that exists, and only that one.
_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
# It merges the first of these into it, whichever file it is.
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


def own_compose_file(folder: Path) -> str | None:
    """The compose file of a folder that docker compose reads now, unless genfile wrote it."""
    from genfile.container.own import is_own_compose

    name = next((name for name in _FILES if (folder / name).is_file()), None)
    if name is None:
        return None
    return None if is_own_compose(read_text(folder, name) or "") else name


def without_compose(folder: Path, decisions: "Decisions") -> "tuple[Decisions, Note | None]":
    """The decisions without a compose.yaml that would take the place of the project's own compose file, and a note on
    it; as they are if there is no such file, or if genfile has written compose.yaml before."""
    before = decisions.before
    if not decisions.compose or (
        before is not None and "compose.yaml" in before.files and (folder / "compose.yaml").is_file()
    ):
        return decisions, None
    name = own_compose_file(folder)
    if name is None:
        return decisions, None
    text = (
        "it is not genfile's, and docker compose would read compose.yaml instead of it"
        if name != "compose.yaml"
        else "it is not genfile's"
    )
    note = Note(
        "warning", f"{text}; genfile writes no compose.yaml; to replace it, run `genfile init --compose --force`", name
    )
    return replace(decisions, flags=replace(decisions.flags, compose=False)), note


def compose_notes(plan: "Plan") -> Iterator[Note]:
    """Notes on the compose files beside a compose.yaml that a plan creates."""
    made = next((change for change in plan.changes if change.path == _FILES[0] and change.action == "create"), None)
    if made is None:
        return
    for name in _FILES[1:]:
        if (plan.root / name).is_file():
            text = f"compose.yaml takes precedence over it from now on; for this one, `docker compose -f {name}`"
            yield Note("warning", text, name)
            left = list(_left_out(_services(read_text(plan.root, name)), _services((made.new or b"").decode())))
            if left:
                yield Note("warning", f"it also starts {', '.join(left)}, which compose.yaml leaves out", name)
            break
    for name in _OVERRIDES:
        if (plan.root / name).is_file():
            yield Note("warning", "docker compose merges it into compose.yaml; rename it if that is not intended", name)
            break


def _services(text: str | None) -> dict[str, Any]:
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_yaml

    try:
        table = parse_yaml(text or "").table("services")
    except ParseError:
        return {}
    return {str(name): body for name, body in table.items() if isinstance(body, dict)}


def _left_out(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """The services with a ready-made image that is of none of the servers that the new file starts."""
    from genfile.container.references import image_name
    from genfile.data import backing_services

    known = [
        {service.name, *service.schemes, *map(str.lower, service.names), image_name(service.image)}
        for service in backing_services().values()
    ]
    there = {image_name(str(body.get("image"))) for body in ours.values()}
    there = there.union(*(words for words in known if words & there))
    for name, body in theirs.items():
        image = body.get("image")
        if isinstance(image, str) and not body.get("build") and not any(word in image_name(image) for word in there):
            yield name
