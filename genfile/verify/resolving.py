"""Why a resolver of Python's packages found no release: what pip and uv print, read and told apart."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.data import newest_for, runtime
from genfile.verify.causes import CauseMend
from genfile.versions import choose

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version

    from genfile.spec.project import Spec
    from genfile.verify.mends import MendTree

_ASKED = re.compile(r"satisfies the requirement (\S[^\n]*?) \(from ")
_OFFERED = re.compile(r"\(from versions: ([^)\n]*)\)")
_IGNORED = re.compile(r"([^\s;]+) Requires-Python ([^;\n]+)")
_NAMED = re.compile(r"([A-Za-z0-9][\w.-]*(?:\[[\w,.-]*\])?)`?(?: ?==|\s\(v?)?((?<=[=(v])\d[^\s`)]*)?")
_LISTED = re.compile(r"ABI tags?: ([^\n]*)")
_TAGS = re.compile(r"`cp3(\d+)\w*`")
# Where nothing says which Python a package has releases for: most that lag behind have one for this.
_USUAL = "3.12"


class _Refused(Struct, frozen=True):
    """What pip prints when no version fits: the requirement, the versions that the index has for this Python, and those
    that it has for others, each with its Requires-Python."""

    asked: str
    offered: tuple[str, ...]
    others: dict[str, str]

    @property
    def requirement(self) -> "Requirement | None":
        return _requirement(self.asked)

    @property
    def releases(self) -> "list[Version]":
        """What the index has for any Python, oldest first; no pre-release unless it has nothing else."""
        every = (*self.offered, *self.others)
        found = sorted(version for text in every if (version := _version(text)) is not None)
        return [item for item in found if not item.is_prerelease] or found

    @property
    def bound(self) -> str | None:
        """The Requires-Python of the newest version that is asked for and is for another Python."""
        requirement = self.requirement
        fitting = {
            version: text
            for name, text in self.others.items()
            if requirement is not None and (version := _version(name)) is not None
            if requirement.specifier.contains(version, prereleases=True)
        }
        return fitting[max(fitting)] if fitting else None

    @property
    def is_older(self) -> bool:
        """Whether older releases are asked for than pip sees: those may have no files for this Python."""
        requirement, releases = self.requirement, self.releases
        if requirement is None or not releases:
            return False
        named = [_version(item.version.removesuffix(".*")) for item in requirement.specifier]
        return bool(named) and all(item is not None and item <= releases[0] for item in named)


def _requirement(text: str) -> "Requirement | None":
    """A requirement parsed; None if it is not valid."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _version(text: str) -> "Version | None":
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None


def _read(log: str) -> _Refused | None:
    asked, offered = _ASKED.search(log), _OFFERED.search(log)
    if asked is None or offered is None:
        return None
    versions = tuple(word for word in re.split(r",\s*", offered[1]) if word != "none")
    return _Refused(asked[1], versions, dict(_IGNORED.findall(log)))


def invalid_requirement(name: str, spec: "Spec", tree: "MendTree") -> CauseMend | None:
    """A requirement that an older pip looks for as it stands, and that is not valid."""
    refused = _read(name)
    if refused is None or refused.requirement is not None:
        return None
    return CauseMend({}, f"{refused.asked} is not a valid requirement")


def other_python(name: str, spec: "Spec", tree: "MendTree") -> CauseMend | None:
    """A version that exists, for another Python: the newest one with support that it is for."""
    refused = _read(name)
    bound = refused.bound if refused is not None else name
    if bound is None:
        return None
    what = refused.asked if refused is not None else "a package"
    text = f"{what} is for Python {bound.strip()}, and the image has {_python(spec)}"
    line = choose("python", [(bound, "pep440")]).line
    return CauseMend({} if line is None else {"runtime.version": line}, text)


def no_version(name: str, spec: "Spec", tree: "MendTree") -> CauseMend | None:
    """A version that does not exist: the index has others, and not only newer ones."""
    refused = _read(name)
    requirement, releases = (refused.requirement, refused.releases) if refused is not None else (None, [])
    if refused is None or requirement is None or not releases:
        return None
    if refused.is_older or _reach(requirement) is not None:
        return None
    return CauseMend({}, f"{refused.asked} does not exist: the newest release is {releases[-1]}")


def no_wheel(name: str, spec: "Spec", tree: "MendTree") -> CauseMend | None:
    """A version without a file for this Python: the newest Python that it has one for, as far as that is known."""
    refused = _read(name)
    what = refused.asked if refused is not None else _named(name)
    # uv lists what a version has files for.
    tags = [int(minor) for listed in _LISTED.findall(name) for minor in _TAGS.findall(listed)]
    line = f"3.{max(tags)}" if tags else _reach(_requirement(what)) or _older(_python(spec))
    text = f"{what or 'a package'} has no release for Python {_python(spec)}"
    if refused is not None and not refused.releases:
        text += ", or no index has a package of that name"
    return CauseMend({} if line is None else {"runtime.version": line}, text)


def _named(text: str) -> str:
    """The requirement that a message begins with: `torch==2.0`, Poetry's `torch (2.0)`, uv's "torch` (v2.0)"."""
    match = _NAMED.match(text)
    if match is None:
        return ""
    return f"{match[1]}=={match[2]}" if match[2] else match[1]


def _reach(requirement: "Requirement | None") -> str | None:
    """The newest Python that a pinned version is known to work with."""
    if requirement is None:
        return None
    pinned = [item.version for item in requirement.specifier if item.operator in ("==", "===", "~=")]
    return newest_for("python", requirement.name.lower(), pinned[0]) if pinned else None


def _python(spec: "Spec") -> str:
    """The line of the image's Python."""
    return spec.runtime.version if spec.runtime is not None else runtime("python").default


def _older(line: str) -> str | None:
    """The line to try instead: the usual one, else the one before."""
    lines = [item.version for item in runtime("python").lines]
    at = lines.index(line) if line in lines else len(lines)
    usual = lines.index(_USUAL)
    return _USUAL if at < usual else lines[at + 1] if at + 1 < len(lines) else None
