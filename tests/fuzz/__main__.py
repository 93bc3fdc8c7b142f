"""The nightly form: many cases, a line a fault, exit 1 where there is one."""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.run import Fault, run_cases

_PART = 500


def _run(seed: int, numbers: range) -> list[Fault]:
    return list(run_cases(seed, numbers))


def main() -> int:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ends = range(options.first, options.first + options.cases)
    workers = os.cpu_count() or 1
    parts = [ends[at : at + _PART] for at in range(0, len(ends), _PART)]
    found: list[Fault] = []
    # Processes, since a fork of a process with threads may hang.
    with ProcessPoolExecutor(workers) as pool:
        for faults in pool.map(_run, [options.seed] * len(parts), parts):
            found += faults
            for fault in faults:
                print(fault, flush=True)
    print(f"{len(ends):,} cases, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
