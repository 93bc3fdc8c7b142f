"""What a service is known to need from its image; each part may be empty."""

from msgspec import Struct


class ImageNeed(Struct, frozen=True):
    """A name or a path, and the evidence; ``fallback``: the program has a value of its own instead of the variable."""

    value: str
    path: str | None = None
    line: int | None = None
    fallback: bool = False


class Needs(Struct, frozen=True):
    """``folder``: of the service, in the build context; ``port``: what it listens on for its
    users; ``others``: further ports that it opens; ``written``: folders of the context that the program writes to;
    ``variables``: those that must be set; ``overwritten``: files of the context that it writes;
    ``release``: the command that runs once for each release.
    """

    folder: str = "."
    port: int | None = None
    others: tuple[int, ...] = ()
    written: tuple[ImageNeed, ...] = ()
    variables: tuple[ImageNeed, ...] = ()
    overwritten: tuple[ImageNeed, ...] = ()
    release: tuple[str, ...] = ()


NOTHING_KNOWN = Needs()
