"""What a run leaves in an engine, and its removal: containers, networks, volumes and images with one label."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from genfile.verify.docker import docker


def label_of(run: str) -> str:
    """The label on everything in one run."""
    return f"genfile.gates={run}"


@contextmanager
def swept(run: str, tag: str) -> Iterator[None]:
    """Remove everything with the run's label when it is over, interrupted or not."""
    with _interruptible():
        try:
            yield
        finally:
            with _undisturbed():
                sweep(run, tag)


def sweep(run: str, tag: str) -> None:
    """Remove a run's containers with their volumes, its networks, and the images it built."""
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
    # The tag moves with each build: only the label identifies the earlier images.
    docker("image", "prune", "--force", "--filter", marked)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end the run like Ctrl-C, so that it cleans up, if signals can be handled at all."""
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
    """Keep a second Ctrl-C from interrupting the clean-up and its programs."""
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
