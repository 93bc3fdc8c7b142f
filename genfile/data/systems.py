"""The distributions below base images: which release a tag names, and whether it still gets security fixes."""

import re
from datetime import date
from fnmatch import fnmatchcase
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


class AbandonedTag(Struct, frozen=True):
    """Tags of an official image that get no new releases: those with one of the words between dashes."""

    image: str
    words: tuple[str, ...]
    instead: str


@cache
def _releases() -> tuple[Release, ...]:
    return read_list(Release, _DATA, "release", key="name")


def release_of(image: str) -> Release | None:
    """The release that an image reference names, where the data has it."""
    name, tag = _parts(image)
    words = set(tag.split("-"))
    for item in _releases():
        plain = re.match(r"\d+(?:\.\d+)?|[a-z]*", tag)
        if fnmatchcase(name, item.image) and (
            tag in item.versions or (plain is not None and plain[0] in item.versions)
        ):
            return item
        if not words.isdisjoint(item.tags):
            return item
    return None


def is_archived(image: str) -> bool:
    """Whether the packages of an image's distribution are only in Debian's archive."""
    release = release_of(image)
    return release is not None and release.archived


def is_official(image: str) -> bool:
    """Whether an image, or a mirror of it, is an official one that runs as root unless its tag says otherwise."""
    return _is_one_of("official", image)


def is_of_root(image: str) -> bool:
    """Whether an image is known to run as root unless USER says otherwise."""
    return is_official(image) or _is_one_of("roots", image)


def is_distribution(image: str) -> bool:
    """Whether an image is a distribution's own, whose tags name a release by a word."""
    return _is_one_of("distributions", image)


def is_builder(image: str) -> bool:
    """Whether an image is made to build programs with, not to run them."""
    return _is_one_of("builders", image)


def is_jdk(image: str) -> bool:
    """Whether an image brings a whole JDK."""
    return _is_one_of("jdks", image) and not re.search(r"\bjre|headless", image)


def starts_nothing(image: str) -> bool:
    """Whether the image's own command is a shell or a prompt."""
    return _is_one_of("shells", image)


def leaves_root(image: str) -> bool:
    """Whether an image's first process leaves the work to processes that are not root's."""
    return _is_one_of("masters", image)


def _is_one_of(table: str, image: str) -> bool:
    """``table``: names, some with a pattern for the tag behind a colon."""
    name, tag = _parts(image)
    known = (item.partition(":") for item in load_table(_DATA)[table].split())
    return any(fnmatchcase(name, one) and fnmatchcase(tag, tags or "*") for one, _, tags in known)


def ends_at_once(program: str) -> bool:
    """Whether a program of every distribution only prints something, and ends."""
    return program in load_table(_DATA)["prints"].split()


def must_start_as_root(program: str) -> bool:
    """Whether a program has to start as root, since it changes its user on its own."""
    return program in load_table(_DATA)["switches"].split()


def successor(image: str) -> str | None:
    """What to take in place of an official image that gets no new releases; None for any other image."""
    name, tag = _parts(image)
    table: dict[str, str] = load_table(_DATA)["abandoned"]
    for known, instead in table.items():
        if fnmatchcase(name, known):
            return instead
    words = set(tag.split("-"))
    for item in read_list(AbandonedTag, _DATA, "abandoned_tag", key="image"):
        if name == item.image and not words.isdisjoint(item.words):
            return item.instead
    return None


def _parts(image: str) -> tuple[str, str]:
    """The name of an official image as Docker Hub has it, whatever registry mirrors it, and the tag."""
    place, _, last = image.partition("@")[0].rpartition("/")
    base, _, tag = last.partition(":")
    host, _, inner = place.partition("/")
    if "." in host or ":" in host:
        place = inner
    place = place.removesuffix("docker/library") if place.endswith("docker/library") else place
    return f"{place}/{base}" if place not in ("", "library") else base, tag
