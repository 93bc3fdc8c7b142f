"""A spinner on the terminal for everything that takes longer than half a second."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genfile.terminal import visible

if TYPE_CHECKING:
    from threading import Event

AFTER = 0.5
_EVERY = 0.1
_FRAMES, _ASCII = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
_CLEAR = "\r\x1b[K"


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show that something is running, on stderr and only on a terminal; it leaves no trace."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        yield
        return
    from threading import Event, Thread

    done = Event()
    thread = Thread(target=_spin, args=(visible(text), done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _spin(text: str, done: "Event") -> None:
    if done.wait(AFTER):
        return
    frames = _FRAMES if (sys.stderr.encoding or "").lower().replace("-", "") == "utf8" else _ASCII
    at = 0
    while not done.is_set():
        sys.stderr.write(f"{_CLEAR}{frames[at % len(frames)]} {text}")
        sys.stderr.flush()
        at += 1
        done.wait(_EVERY)
    sys.stderr.write(_CLEAR)
    sys.stderr.flush()
