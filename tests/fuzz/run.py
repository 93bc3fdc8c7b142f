"""Run cases in children with limits, so that a case which hangs, dies or takes all memory is one fault and no more."""

import json
import os
import resource
import select
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutate import make_tree

SECONDS = 5.0
MEMORY = 1 << 30
_BATCH = 250


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong; the seed and the number make the tree again."""

    seed: int
    number: int
    made: str
    what: str

    def __str__(self) -> str:
        return f"case {self.seed}/{self.number} ({self.made}): {self.what}"


def run_cases(seed: int, numbers: range, *, seconds: float = SECONDS) -> Iterator[Fault]:
    """Every fault of the cases. POSIX only; each batch runs in a process of its own."""
    waiting = list(numbers)
    while waiting:
        done, fault = _run_batch(seed, waiting[:_BATCH], seconds)
        for number, what in done:
            for line in what:
                yield Fault(seed, number, make_tree(seed, number)[0], line)
        at = len(done)
        if fault:
            yield Fault(seed, waiting[at], make_tree(seed, waiting[at])[0], fault)
            at += 1
        waiting = waiting[at:]


def _run_batch(seed: int, numbers: list[int], seconds: float) -> tuple[list[tuple[int, list[str]]], str]:
    """The faults of each case that ended, and how the next one did not."""
    # A fresh interpreter: BuildKit's parser brings Go's runtime along, which does not survive a fork.
    command = [sys.executable, "-m", "tests.fuzz.run", str(seed), *map(str, numbers)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    done: list[tuple[int, list[str]]] = []
    fault = _listen(child.stdout.fileno(), len(numbers), done, seconds)
    if fault:
        child.kill()
    child.stdout.close()
    status = child.wait()
    if not fault and len(done) < len(numbers):
        fault = f"the process ended with status {status}"
    return done, fault


def _listen(receive: int, count: int, done: list[tuple[int, list[str]]], seconds: float) -> str:
    pending = b""
    # Seconds of a busy machine are not a hang: there is more time on the clock, and the child counts its own.
    wait = 10 * seconds
    while len(done) < count:
        ready, _, _ = select.select([receive], [], [], wait)
        chunk = os.read(receive, 65536) if ready else b""
        if not ready:
            return f"no end after {wait:.0f} seconds"
        if not chunk:
            return ""
        wait = 12 * seconds
        *lines, pending = (pending + chunk).split(b"\n")
        done += [tuple(json.loads(line)) for line in lines]
    return ""


def main(seed: int, numbers: list[int]) -> None:
    """What a child does: a line of JSON for each case."""
    from tests.fuzz.check import faults_of

    _limit_memory()
    for number in numbers:
        tree = make_tree(seed, number)[1]
        began = time.process_time()
        try:
            what = faults_of(tree)
        except BaseException as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = [f"{type(error).__name__}: {str(error)[:200]} ({place.filename}:{place.lineno})"]
        # Each case is two runs.
        seconds = (time.process_time() - began) / 2
        if seconds > SECONDS:
            what.append(f"{seconds:.1f} seconds of CPU")
        sys.stdout.write(json.dumps([number, what]) + "\n")
        sys.stdout.flush()


def _limit_memory() -> None:
    """At most MEMORY more than what the interpreter, its libraries and Go's runtime have set aside."""
    status = Path("/proc/self/statm")
    used = int(status.read_text("ascii").split()[0]) * resource.getpagesize() if status.exists() else MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(number) for number in sys.argv[2:]])
