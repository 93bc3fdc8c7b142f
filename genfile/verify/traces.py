"""What a run leaves in an engine, and taking it away: containers, networks, volumes and images of one label."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from genfile.verify.docker import docker


def label_of(run: str) -> str:
    """What everything of one run is marked with."""
    return f"genfile.gates={run}"


@contextmanager
def swept(run: str, tag: str) -> Iterator[None]:
    """Take away all that carries the label of a run when it is over, interrupted or not."""
    with _interruptible():
        try:
            yield
        finally:
            with _undisturbed():
                sweep(run, tag)


def sweep(run: str, tag: str) -> None:
    """Remove the containers of a run with their volumes, its networks, and the images that were built."""
    marked = f"label={label_of(run)}"
    for kind, words in (
        ("container", ("rm", "--force", "--volumes")),
        ("network", ("network", "rm")),
        ("volume", ("volume", "rm", "--force")),
    ):
        listing = ("ps", "--all", "--quiet") if kind == "container" else (kind, "ls", "--quiet")
        found = docker(*listing, "--filter", marked)
        if found.ok and found.output.split():
            docker(*words, *found.output.split())
    docker("image", "rm", "--force", tag)
    # The tag moves on with each build: the images before the last one are known by their label alone.
    docker("image", "prune", "--force", "--filter", marked)


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does, so that it clears up; where signals can be handled at all."""
    try:
        before = signal.signal(signal.SIGTERM, _interrupt)
    except ValueError:
        # Not the main thread.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not end the clearing up, nor the programs that do it."""
    try:
        before = [(number, signal.signal(number, signal.SIG_IGN)) for number in (signal.SIGINT, signal.SIGTERM)]
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
