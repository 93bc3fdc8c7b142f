"""What a service is known to need from its image; each part may be empty."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageNeed:
    """A name or a path, and the evidence."""

    value: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """``folder``: the service's, in the build context; ``port``: the one for its users; ``others``: further ports that
    it opens; ``written``: folders in the context that the program writes to; ``variables``: those without which it
    can't start."""

    folder: str = "."
    port: int | None = None
    others: tuple[int, ...] = ()
    written: tuple[ImageNeed, ...] = ()
    variables: tuple[ImageNeed, ...] = ()


NOTHING_KNOWN = Needs()
