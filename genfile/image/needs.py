"""What a service is known to need from its image; each part may be empty."""

from msgspec import Struct


class ImageNeed(Struct, frozen=True):
    """A name or a path, and the evidence."""

    value: str
    path: str | None = None
    line: int | None = None


class Needs(Struct, frozen=True):
    """``folder``: of the service, in the build context; ``port``: what it listens on for its
    users; ``others``: further ports that it opens; ``written``: folders of the context that the program writes to;
    ``variables``: those that it can't start without; ``overwritten``: files of the context that it writes;
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
