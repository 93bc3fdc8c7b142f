"""The limits of a child."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct


class Runner(Protocol):
    """What runs a function in a child: a `Guard`, which starts one for it, or a `GuardPool`, which has some."""

    @property
    def guard(self) -> "Guard":
        """The limits."""

    def run(self, task: str, data: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
        """Call ``module:function`` in a child with plain values and bytes; give what it returned, as JSON.

        The answer is untrusted: validate it. Raises GuardError, and a GenfileError that the function raised.
        """


class Guard(Struct, frozen=True):
    """Limits of a child process that looks at one tree.

    ``seconds``: of CPU. ``memory``: bytes of address space, of which Python and the libraries take some 100 MiB.
    ``files``: that may be open at once. ``wall``: seconds on the clock, for a child that only waits: six times
    ``seconds`` unless given. ``python``: the interpreter that the child runs in, by default the parent's own; a frozen
    application has to name one that has genfile.

    A child starts in a fresh interpreter, so that a parent with threads, a notebook or a server can use it. It gets no
    variable of the environment but those that Python needs, no home, writes no files, starts no processes where the
    system holds it to that (not as root), and, on Linux, has no network. It does read whatever its user can read.

    What the system can't do: Linux may forbid namespaces, so that the network stays reachable; macOS has no network
    namespaces and does not hold a process to its memory; Windows has no limits of these kinds, and there the child
    only has its time, ``seconds`` on the clock. `missing` tells.
    """

    seconds: float = 10
    memory: int = 1024 * 1024 * 1024
    files: int = 64
    wall: float | None = None
    python: str | None = None

    @property
    def guard(self) -> "Guard":
        return self

    def run(self, task: str, data: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
        """See `Runner.run`."""
        from genfile.guard.process import Child

        with Child(self) as child:
            return child.run(task, data, blobs)

    def missing(self) -> tuple[str, ...]:
        """Which of the limits this system does not hold a child to, each with the reason; empty when it holds all."""
        from genfile.guard.process import Child

        with Child(self) as child:
            return child.missing()
