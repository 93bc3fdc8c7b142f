"""The folders that the program writes to belong to its user."""

import posixpath
from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.files import ANYONE, Answer
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "written-folders-writable"
REASON = "A program fails with `permission denied` if it may not write to its own folders."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    user = built.final.user.partition(":")[0]
    if user in ("", "0", "root") or "$" in user:
        return
    volumes = [said.value for said in built.image.volumes]
    for need in needs.written:
        for place in built.image.in_image(need.value) or (built.final.at(_inside(need.value, needs.folder)),):
            found = built.final.files.find(place)
            if found.answer is Answer.UNKNOWN or any(place == item or place.startswith(item + "/") for item in volumes):
                continue
            if found.answer is Answer.YES and found.owner in (user, "$" + user, ANYONE):
                continue
            owner = "root" if found.owner == "0" else found.owner
            text = f"the program writes to {place}, which " + (
                f"belongs to {owner} instead of the user {user}" if found.answer is Answer.YES else "does not exist"
            )
            hint = f"create it and give it to {user}, or mount a volume there"
            yield Finding(ID, text, need.path or built.path, need.line, hint, "warning")


def _inside(path: str, folder: str) -> str:
    return posixpath.relpath(path, folder) if folder != "." else path
