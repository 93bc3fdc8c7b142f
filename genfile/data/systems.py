"""The distributions below base images: which release a tag names, and whether it still gets security fixes."""

import re
from datetime import date
from functools import cache

from msgspec import Struct

from genfile.data.entries import load_table, read_list

_DATA = "systems"


class Release(Struct, frozen=True):
    """A release of a distribution that is past its end of life, or soon will be."""

    name: str
    tags: tuple[str, ...]
    image: str
    versions: tuple[str, ...]
    ends: date
    archived: bool = False


@cache
def _releases() -> tuple[Release, ...]:
    return read_list(Release, _DATA, "release", key="name")


def release_of(image: str) -> Release | None:
    """The release that an image reference names, where the data has it."""
    name, tag = _parts(image)
    words = set(tag.split("-"))
    for item in _releases():
        plain = re.match(r"\d+(?:\.\d+)?|[a-z]*", tag)
        if name == item.image and (tag in item.versions or (plain is not None and plain[0] in item.versions)):
            return item
        if not words.isdisjoint(item.tags):
            return item
    return None


def is_archived(image: str) -> bool:
    """Whether the packages of an image's distribution are only in Debian's archive."""
    release = release_of(image)
    return release is not None and release.archived


def is_official(image: str) -> bool:
    """Whether an image is an official one that runs as root unless its tag says otherwise."""
    return _parts(image)[0] in load_table(_DATA)["official"].split()


def successor(image: str) -> str | None:
    """What to take in place of an official image that gets no new releases; None for any other image."""
    name, _ = _parts(image)
    found: str | None = load_table(_DATA)["abandoned"].get(name)
    return found


def _parts(image: str) -> tuple[str, str]:
    """The name of an official image as Docker Hub has it, and the tag."""
    name, _, tag = image.partition("@")[0].partition(":")
    return name.removeprefix("docker.io/").removeprefix("library/"), tag
