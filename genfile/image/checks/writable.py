"""The folders that the program writes to belong to its user."""

import posixpath
from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.files import ANYONE, Answer
from genfile.image.finding import Finding, Mend
from genfile.image.needs import ImageNeed, Needs

ID = "written-folders-writable"
REASON = "A program fails with `permission denied` if it may not write to its own folders."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    user = built.final.user.partition(":")[0]
    if user in ("", "0", "root") or "$" in user:
        return
    yield from _files(built, needs, user)
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


def _files(built: Built, needs: Needs, user: str) -> Iterator[Finding]:
    """Files of the tree that the program changes, where they are in the image and belong to somebody else."""
    wrong: list[tuple[ImageNeed, str, str]] = []
    for need in needs.overwritten:
        for place in built.image.in_image(need.value):
            found = built.final.files.find(place)
            if found.answer is Answer.YES and not found.folder and found.owner not in (user, "$" + user, ANYONE):
                wrong.append((need, place, "root" if found.owner == "0" else found.owner))
    paths = list(dict.fromkeys(need.value for need, _, _ in wrong))
    mend = Mend("owned", paths, f"the program writes {', '.join(paths)}")
    for need, place, owner in wrong:
        text = f"the program writes {place}, which belongs to {owner} instead of the user {user}"
        yield Finding(ID, text, need.path or built.path, need.line, f"give it to {user}", "warning", mend)


def _inside(path: str, folder: str) -> str:
    return posixpath.relpath(path, folder) if folder != "." else path
