"""Digests in Dockerfiles: `node:22@sha256:…`, the tag kept in front for people, Renovate and Dependabot."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from genfile.dockerfile.model import Dockerfile
from genfile.dockerfile.reader import read_dockerfile
from genfile.engine.reference import ImageReference, parse_reference
from genfile.errors import UsageError

_AROUND = r"[A-Za-z0-9._/:@$-]"


class Use(Struct, frozen=True):
    """An image that a Dockerfile takes from outside: as it is written, and the lines of the instruction."""

    text: str
    line: int
    end_line: int

    @property
    def reference(self) -> ImageReference | None:
        """The image; None if a variable stands in it, or it is not a reference."""
        try:
            return None if "$" in self.text else parse_reference(self.text)
        except UsageError:
            return None


def uses_of(dockerfile: Dockerfile) -> Iterator[Use]:
    """Every image that is taken from outside, in order: FROM, COPY --from, and mounts of RUN."""
    lines = dockerfile.text.split("\n")
    seen: set[str] = set()
    for stage in dockerfile.stages:
        if stage.image not in seen and stage.image != "scratch":
            end = stage.line
            while end < len(lines) and lines[end - 1].rstrip().endswith(("\\", "`")):
                end += 1
            yield Use(stage.image, stage.line, end)
        if stage.name:
            seen.add(stage.name)
        for item in stage.instructions:
            for name in (item.flag("from"), *(mount.get("from") for mount in item.mounts)):
                if name and name not in dockerfile.stage_names and not name.isdecimal() and name != "scratch":
                    yield Use(name, item.line, item.end_line)


def pinned(text: str, digests: Mapping[str, str]) -> str:
    """The text of a Dockerfile with digests in it. ``digests``: by `name:tag` as written, without a digest.

    An image that has another digest gets the new one. Raises DockerfileError for what is not a Dockerfile.
    """
    lines = text.split("\n")
    for use in uses_of(read_dockerfile(text)):
        reference = use.reference
        digest = digests.get(tagged(reference)) if reference is not None else None
        if reference is None or digest is None:
            continue
        new = str(ImageReference(reference.registry, reference.repository, reference.tag, digest))
        pattern = re.compile(f"(?<!{_AROUND}){re.escape(use.text)}(?!{_AROUND})")
        for at in range(use.line - 1, use.end_line):
            lines[at] = pattern.sub(new, lines[at])
    return "\n".join(lines)


def tagged(reference: ImageReference) -> str:
    """The reference as it is written, without its digest."""
    return str(ImageReference(reference.registry, reference.repository, reference.tag))
