"""Image references: `[registry/]repository[:tag][@digest]`, by the grammar of github.com/distribution/reference."""

import re

from msgspec import Struct

from genfile.errors import UsageError

_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_REGISTRY = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}")
_MAX_NAME = 255
# The registry of a reference that names none.
HUB = "docker.io"


class ImageReference(Struct, frozen=True):
    """A reference in its parts; ``registry`` is None if it has none."""

    registry: str | None
    repository: str
    tag: str | None = None
    digest: str | None = None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"

    @property
    def name(self) -> str:
        """Registry and repository as they are written, without tag and digest."""
        return f"{self.registry}/{self.repository}" if self.registry else self.repository

    @property
    def host(self) -> str:
        """The host of the registry."""
        return self.registry or HUB

    @property
    def path(self) -> str:
        """The repository as its registry knows it: official images are in `library/` on Docker Hub."""
        official = self.host == HUB and "/" not in self.repository
        return f"library/{self.repository}" if official else self.repository


def parse_reference(text: str) -> ImageReference:
    """Parse a reference. Raises UsageError that says which part is wrong, and what is allowed."""
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise UsageError(
            f"image {text}: {digest or 'nothing'} is not a digest", hint="a digest is sha256: and 64 hex digits"
        )
    first, slash, more = rest.partition("/")
    hosted = bool(slash) and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    registry, path = (first, more) if hosted else (None, rest)
    if registry is not None and not _REGISTRY.fullmatch(registry):
        raise UsageError(f"image {text}: {registry} is not a registry", hint="a host name, with :PORT if it needs one")
    repository, colon, tag = path.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise UsageError(
            f"image {text}: {tag or 'nothing'} is not a tag",
            hint="letters, digits, _, . and -, at most 128, and neither . nor - first",
        )
    for component in repository.split("/"):
        if not _COMPONENT.fullmatch(component):
            raise UsageError(f"image {text}: {component or 'an empty part'} {_fault(component)}", hint=_mended(text))
    if len(f"{registry or ''}{repository}") > _MAX_NAME:
        raise UsageError(f"image {text[:60]}…: the name has more than {_MAX_NAME} characters")
    return ImageReference(registry, repository, tag or None, digest or None)


def _fault(component: str) -> str:
    if component != component.lower():
        return "has upper-case letters, and image names are lower-case"
    return "is not part of an image name: lower-case letters and digits, with ., _, __ or - between them"


def _mended(text: str) -> str | None:
    lower = text.lower()
    return f"{lower} would do" if lower != text else None
