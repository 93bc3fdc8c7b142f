"""Extensions of a database that its usual image does not have: the project needs another image of the same server."""

import re
from collections.abc import Callable

from genfile.container.references import image_name
from genfile.data import BackingService
from genfile.detect.hosting.containers import compose_files
from genfile.detect.mentioned import first_mention
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact


def put_extensions(
    draft: Draft, folder: Project, backing: list[BackingService], depends: Callable[[str], bool]
) -> None:
    """Put /extensions. ``depends``: whether the service has a dependency with that name."""
    known = {name: item for service in backing for name, item in service.extensions.items()}
    created = {name: _created(name, item) for name, item in known.items()}
    # Most projects create none of them, so that one look is enough.
    if not known or first_mention(folder, re.compile("|".join(created.values()))) is None:
        created = {}
    found: dict[str, Evidence] = {}
    for name, item in known.items():
        says = first_mention(folder, re.compile(created[name])) if name in created else None
        says = says or _run(folder, item["image"])
        if says is None and any(map(depends, item["needs"])):
            says = draft.evidence["/backing_services"].evidence[0]
        if says is not None:
            found[name] = says
    if not found:
        return
    draft.put("extensions", Fact(list(found), tuple(found.values())))
    if len(found) > 1:
        first, second = list(found)[:2]
        text = f"needs the extensions {first} and {second}, which no image has together; compose.yaml has {first} alone"
        draft.note("warning", f"{found[second]}: the database {text}", found[second].path, found[second].line)


def _created(name: str, item: dict[str, list[str]]) -> str:
    """An expression for what creates an extension, or says that it is there."""
    words = [re.escape(word.lower()) for word in item["says"]]
    created = rf"create\s+extension\s+(?:if\s+not\s+exists\s+)?[\\\"'`]*{re.escape(name)}\b"
    return "|".join((created, *words))


def _run(folder: Project, image: str) -> Evidence | None:
    """Where the developers' own compose file runs an image of that name."""
    for place, path, document in compose_files(folder):
        for name, body in document.table("services").items():
            given = body.get("image") if isinstance(body, dict) else None
            if isinstance(given, str) and image_name(given) == image_name(image):
                return place.says(path, document.line("services", name, "image"), f"image: {given}")
    return None
