"""The profile without which Maven leaves a placeholder in the configuration: `active: @profiles.active@`."""

from collections.abc import Iterator

from genfile.detect.java.documents import DEPLOYED, DEVELOPMENT, FILES, FILTERED, RESOURCES
from genfile.detect.java.pom import Pom
from genfile.parsers.xml import Element


def filling_profile(pom: Pom) -> str | None:
    """The profile that sets a property which the configuration uses and nothing else sets: production's first, a
    developer's last. Without it, the program stops at the bare placeholder."""
    named = {name for text in _texts(pom) for name in FILTERED.findall(text)} - pom.properties.keys()
    found = [item.find_text("id") or "" for item in _profiles(pom) if named & _set(item)] if named else []
    return min((name for name in found if name), key=_rank, default=None)


def _texts(pom: Pom) -> Iterator[str]:
    """The whole texts of the configuration files that every start reads and Maven fills in."""
    return (pom.folder.text(name) or "" for name in FILES if name.startswith(RESOURCES) and pom.folder.has(name))


def _profiles(pom: Pom) -> Iterator[Element]:
    return (item for owner in pom.chain for item in owner.root.all("profiles", "profile"))


def _set(profile: Element) -> set[str]:
    return {child.tag for item in profile.all("properties") for child in item.children}


def _rank(name: str) -> int:
    lower = name.lower()
    if DEPLOYED.match(lower) is not None:
        return 0 if lower.startswith("prod") else 1
    return 2 if lower not in DEVELOPMENT else 3
