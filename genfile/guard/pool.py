"""Children that have imported everything: for servers, and for runs over many trees."""

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from genfile.errors import GuardError
from genfile.guard.limits import Guard
from genfile.guard.process import Child


class GuardPool:
    """Warm children, each for one call at a time; they do what a `Guard` does, without the time that starting takes.

    ``size``: children, by default one for each processor. ``recycle_after``: a child is replaced after so many trees,
    and whenever one of its processes died. ``queue``: calls that may wait for a child; one more is refused at once with
    a GuardError whose code is `busy`. Any thread may call. A context manager; make it after a fork, not before.
    """

    def __init__(
        self, size: int | None = None, *, guard: Guard | None = None, recycle_after: int = 500, queue: int = 1000
    ) -> None:
        self.guard = guard or Guard()
        self._recycle_after = recycle_after
        size = size or os.cpu_count() or 1
        self._most = size + queue
        self._calls = 0
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(size)
        self._closed = False
        self._busy: set[Child] = set()
        self._idle = [self._new() for _ in range(size)]

    def __enter__(self) -> "GuardPool":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def run(self, task: str, data: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
        """See `Runner.run`; waits for a child that is free."""
        with self._lock:
            if self._calls >= self._most:
                raise GuardError(f"{self._calls} calls are already waiting for a guarded process", code="busy")
            self._calls += 1
        try:
            with self._slots:
                child = self._take()
                fit = False
                try:
                    result = child.run(task, data, blobs)
                    fit = child.served < self._recycle_after
                    return result
                except GuardError:
                    raise
                except Exception:
                    # The function's own: the child is as well as before.
                    fit = child.served < self._recycle_after
                    raise
                finally:
                    self._give_back(child, fit)
        finally:
            with self._lock:
                self._calls -= 1

    def close(self) -> None:
        """End all children; calls under way end with a GuardError."""
        with self._lock:
            self._closed = True
            children = [*self._idle, *self._busy]
            self._idle = []
        for child in children:
            child.end()

    def _new(self) -> Child:
        return Child(self.guard, warm=True)

    def _take(self) -> Child:
        with self._lock:
            if self._closed:
                raise GuardError("the pool of guarded processes is closed", code="closed")
            child = self._idle.pop() if self._idle else self._new()
            self._busy.add(child)
            return child

    def _give_back(self, child: Child, fit: bool) -> None:
        if not fit:
            child.end()
        with self._lock:
            self._busy.discard(child)
            if self._closed:
                child.end()
            elif fit:
                self._idle.append(child)
            else:
                # Warm by the time that it is needed; what keeps it from starting is the next call's to know.
                with suppress(GuardError):
                    self._idle.insert(0, self._new())
