"""CPU time of `genfile.inspect` on trees of one, two and four times a size: what is linear doubles.

python -m bench.scaling [NAME ...] [--scale 1]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.trees import TREES

_CODE = """
import json, resource, sys, genfile
found = genfile.inspect(sys.argv[1])
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, len(found.services)]))
"""


def measure(name: str, size: int) -> tuple[float, float, int]:
    """Seconds of CPU, MiB of memory and the number of services, of a process of its own."""
    import json

    make, _ = TREES[name]
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), size)
        command = [sys.executable, "-c", _CODE, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, memory, services = json.loads(done.stdout)
    return seconds, memory, services


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TREES))
    parser.add_argument("--scale", type=float, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = subprocess.run([sys.executable, "-c", _CODE, folder], capture_output=True, text=True, check=True)
    start = float(base.stdout[1:].split(",")[0])
    print(f"An empty tree takes {start:.2f} s, which is taken off each time.\n")
    print("| tree | size | CPU, s | MiB | services | ratio |\n|---|---|---|---|---|---|")
    for name in options.names or TREES:
        before: float | None = None
        for factor in (1, 2, 4):
            size = int(TREES[name][1] * options.scale) * factor
            seconds, memory, services = measure(name, size)
            taken = max(seconds - start, 0.01)
            ratio = f"{taken / before:.1f}" if before else ""
            print(f"| {name} | {size} | {taken:.2f} | {memory:.0f} | {services} | {ratio} |", flush=True)
            before = taken


if __name__ == "__main__":
    main()
