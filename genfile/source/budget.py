"""The rest of the limits on one tree."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from genfile.source.base import LIMITS, MEBIBYTE, Limits

# How many calls of `allows` pass between two looks at the clock.
_CLOCK = 8


class Budget:
    """Counts the work on one tree, and says when to stop. Nothing here raises.

    Whoever is about to do some work asks :meth:`allows` and, when the answer is no, does without it. Work falls into
    parts (:meth:`part`), each with a share of what is left, so that one greedy service doesn't starve the others.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        # The thread's own time, so that a busy machine changes nothing.
        self._start = time.thread_time()
        self._used = {"read": 0.0, "parses": 0.0, "names": 0.0, "seconds": 0.0}
        self._ceilings = {
            "read": float(limits.read_bytes),
            "parses": float(limits.parses),
            "names": float(limits.names),
            "seconds": limits.seconds,
        }
        self._asked = 0
        self.ended: str | None = None
        # How often it has ended, of the whole or of a part: what was read meanwhile may lack something.
        self.cuts = 0
        self.refused: set[str] = set()

    def allows(self, path: str = "", *, read: int = 0, parses: int = 0, names: int = 0) -> bool:
        """Charge the cost of some work; False if the current part is used up, and ``path`` is then not looked at."""
        if self.ended is None:
            self._used["read"] += read
            self._used["parses"] += parses
            self._used["names"] += names
            # The clock of a thread is slow to read: often enough is every so many times.
            if self._asked % _CLOCK == 0:
                self._used["seconds"] = time.thread_time() - self._start
            self._asked += 1
            over = next((name for name, used in self._used.items() if used > self._ceilings[name]), None)
            self.ended = over and self._said(over)
            self.cuts += self.ended is not None
        if self.ended is not None and path:
            self.refused.add(path)
        return self.ended is None

    @contextmanager
    def part(self, share: float) -> Iterator[None]:
        """Work that gets a share of what is left; afterwards `ended` speaks of the whole again."""
        outer, ended = self._ceilings, self.ended
        self._ceilings = {name: self._used[name] + (top - self._used[name]) * share for name, top in outer.items()}
        self.refused = set()
        try:
            yield
        finally:
            self._ceilings, self.ended = outer, ended
            self.allows()

    @property
    def stopped(self) -> str:
        """A clause for a note: `stopped after reading 12 MiB: 3 files were not looked at`."""
        count = len(self.refused)
        files = f"; {count} {'file was' if count == 1 else 'files were'} not read" if count else ""
        return f"stopped after {self.ended}{files}"

    def _said(self, name: str) -> str:
        ceiling = self._ceilings[name]
        if name == "read":
            return f"reading {max(1, round(ceiling / MEBIBYTE))} MiB"
        if name == "parses":
            return f"parsing {int(ceiling)} files"
        if name == "names":
            return f"looking at {int(ceiling)} file names"
        return f"{ceiling:.1f} seconds"
