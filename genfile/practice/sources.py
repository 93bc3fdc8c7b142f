"""What steps fetch from elsewhere: whatever a branch has today, and programs for one kind of processor."""

import re
from collections.abc import Iterator

from genfile.practice.subject import Practice, Subject, Wrong

_CLONE = re.compile(r"\bgit\s+clone\b(?P<rest>[^;&|\n]*)")
_CHOSEN = re.compile(r"\bgit\b[^;&|\n]*\b(?:checkout|reset|switch)\b")
_BRANCH = re.compile(r"(?:--branch|-b)(?:[= ]\s*)(?P<name>\S+)")
_BRANCHES = frozenset({"main", "master", "develop", "dev", "trunk", "HEAD", "latest"})
# A file of a branch, or the newest release, by an address that never changes.
_MOVING = re.compile(
    r"https?://(?:raw\.githubusercontent\.com/[^/\s]+/[^/\s]+/(?:refs/heads/)?(?P<raw>main|master|develop|HEAD)/\S*"
    r"|github\.com/[^/\s]+/[^/\s]+/(?:raw|archive)/(?:refs/heads/)?(?P<web>main|master|develop|HEAD)(?:/\S*|\.(?:zip|tar\.gz))"
    r"|[^\s\"']+/(?P<newest>latest)/[^\s\"']+)"
)
_FROM_GIT = re.compile(r"(?:^|[\s\"'])(?:[\w.\[\]-]+\s*@\s*)?git\+(?:https?|ssh)://(?P<rest>[^\s\"'#]+)")
_GO = re.compile(r"\bgo\s+install\s+(?:-\S+\s+)*(?P<name>\S+)@latest")
_INSTALLED = re.compile(r"\b(?:gem|cargo)\s+install\s+(?P<name>[a-z][\w-]*)(?P<flags>[^;&|\n]*)")
_VERSION = re.compile(r"(?:^|\s)(?:-v|--version|--path|--git)\b|:\d|@\d")
# Words for one kind of processor: as a value for Go, and in the address of a download.
_GOARCH = re.compile(r"\bGOARCH=(?P<name>amd64|arm64|386)\b")
_DOWNLOAD = re.compile(r"https?://\S*?(?P<name>x86_64|amd64|linux-x64|linux64|aarch64|arm64)")
_ASKED = re.compile(r"TARGETARCH|TARGETPLATFORM|BUILDARCH|uname|--print-architecture|\barch\b|--print-arch")
_MAX_COMMAND = 8_000


def _moving(subject: Subject) -> Iterator[Wrong]:
    """Sources without a version, in every stage that the image needs; scripts run at once are another check's."""
    for stage in subject.built.needed:
        for item in subject.instructions(stage):
            text = item.value[:_MAX_COMMAND].replace("\\\n", " ") if item.keyword in ("RUN", "ADD") else ""
            what = next(_without_version(text, is_add=item.keyword == "ADD"), None)
            if what is not None:
                said = f"{what}: every build may get something else"
                yield Wrong("source-moving", item.line, said, "name a tag, a release or a commit")


def _without_version(text: str, *, is_add: bool) -> Iterator[str]:
    for match in _CLONE.finditer(text):
        branch = _BRANCH.search(match["rest"])
        if branch is None and not _CHOSEN.search(text):
            yield "`git clone` takes whatever the default branch has today"
        elif branch is not None and branch["name"] in _BRANCHES and not _CHOSEN.search(text):
            yield f"`git clone` takes whatever {branch['name']} has today"
    for match in _MOVING.finditer(text) if is_add or not re.search(r"\|\s*(?:sudo\s+)?(?:ba|da|a)?sh\b", text) else ():
        branch_name = match["raw"] or match["web"]
        if match["newest"] is None:
            yield f"the download takes whatever {branch_name} has today"
        else:
            yield "the download takes the latest release"
    for match in _FROM_GIT.finditer(text):
        _, at, version = match["rest"].rpartition("@")
        if not at or "/" in version or version in _BRANCHES:
            branch_name = version if at and "/" not in version else "the default branch"
            yield f"the installation takes whatever {branch_name} has today"
    for match in (*_GO.finditer(text), *_INSTALLED.finditer(text)):
        if match.re is _GO or not _VERSION.search(match["flags"]):
            yield f"{match['name']} is installed in its newest version"


def _fixed(subject: Subject) -> Iterator[Wrong]:
    """Steps that make or fetch a program for one kind of processor, on a base that every machine gets in its own."""
    for stage in subject.built.needed:
        instructions = subject.instructions(stage)
        text = "\n".join(item.value for item in instructions)
        first = instructions[0] if instructions and instructions[0].keyword == "FROM" else None
        if _ASKED.search(text) or (first is not None and first.flag("platform")):
            continue
        for item in instructions:
            value = item.value[:_MAX_COMMAND].replace("\\\n", " ") if item.keyword in ("RUN", "ENV", "ADD") else ""
            match = _GOARCH.search(value) or (_DOWNLOAD.search(value) if item.keyword != "ENV" else None)
            if match is not None:
                what = "builds" if "GOARCH" in match[0] else "downloads"
                said = f"the step {what} a program for {match['name']}, whatever machine builds or runs the image"
                yield Wrong("platform-fixed", item.line, said, "take the processor from ARG TARGETARCH")
                break


PRACTICES = (
    Practice(
        "source-moving",
        "What a branch or the latest release has changes without notice, and nobody has tested it.",
        "docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        _moving,
        "hint",
    ),
    Practice(
        "platform-fixed",
        "An image is built and run on machines with other processors, too.",
        "docs.docker.com/build/building/multi-platform/",
        _fixed,
        "hint",
    ),
)
