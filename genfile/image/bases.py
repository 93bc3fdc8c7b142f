"""Known facts about a base image, by its reference."""

import posixpath
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from msgspec import Struct, field

# Where a distribution's image keeps its own files; everything else is empty in the known images.
SYSTEM = tuple(
    "/bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /sys /tmp /usr /var".split(" ")
)


class Base(Struct, frozen=True):
    """A known base image.

    ``programs``: on its PATH; ``only``: there are no others; ``distribution``: debian, alpine or none; ``python``:
    where its pip installs; ``version``: the beginning of its tag; ``accounts``: users with groups of their names, each
    with its number.
    """

    name: str
    programs: frozenset[str]
    shell: bool = True
    only: bool = False
    distribution: str = "debian"
    python: str | None = None
    version: str | None = None
    accounts: Mapping[str, int] = field(default_factory=dict)


SCRATCH = Base("scratch", frozenset(), shell=False, only=True, distribution="none")
_TAG = re.compile(r"v?(\d+(?:\.\d+)*)")


def base_of(reference: str) -> Base | None:
    """The base image for a reference; None if it is unknown, or hidden by a variable."""
    if reference == "scratch":
        return SCRATCH
    if "$" in reference or not reference:
        return None
    plain = reference.partition("@")[0]
    name, _, tag = plain.rpartition(":") if ":" in posixpath.basename(plain) else (plain, "", "")
    entry = next((item for item in _entries() if any(_fits(name, known) for known in item["names"])), None)
    if entry is None:
        return None
    programs = set(entry["programs"])
    alpine = "alpine" in tag or name.rpartition("/")[2] == "alpine"
    small = alpine or "slim" in tag
    if entry.get("slim") is False and not small:
        programs |= set(_data()["tools"])
    if alpine:
        programs |= set(_data()["busybox"])
    elif entry.get("shell", True):
        programs.add("bash")
    match = _TAG.match(tag)
    return Base(
        name.rpartition("/")[2],
        frozenset(programs),
        entry.get("shell", True),
        entry.get("only", False),
        "alpine" if alpine else "none" if entry.get("only") else "debian",
        entry.get("python"),
        match[1] if match else None,
        entry.get("accounts", {}),
    )


def known_programs() -> frozenset[str]:
    """The programs whose absence is certain: those that a base image or a package brings."""
    return _known()


def packages_with(program: str) -> tuple[str, ...]:
    """Shell patterns of the system packages that bring a program."""
    found: list[str] = _data()["packages"].get(program, [])
    return tuple(found)


def named_programs(*, terminal: bool = False) -> tuple[str, ...]:
    """The programs that nothing starts unless a text of the project names them; ``terminal``: only those of people."""
    found: list[str] = _data()["terminal" if terminal else "named"]
    return tuple(found)


@cache
def _known() -> frozenset[str]:
    named = {program for item in _entries() for program in item["programs"] if not program.startswith("/")}
    return frozenset(named | set(_data()["tools"]) | set(_data()["packages"]))


def _fits(name: str, known: str) -> bool:
    """Whether a repository is the named one, in whatever registry mirrors it."""
    count = known.count("/") + 1
    parts = name.split("/")
    host = parts[:-count]
    official = host in ([], ["library"], ["docker.io", "library"]) or any(char in host[0] for char in ".:")
    if count == 1 and not official:
        # Somebody's own image of that name: `bitnami/node`.
        return False
    return fnmatchcase("/".join(parts[-count:]), known)


def _entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _data()["base"]
    return found


@cache
def _data() -> dict[str, Any]:
    from genfile.data import load_table

    return load_table("bases")
