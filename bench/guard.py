"""Trees an hour: without a guard, with a child for each, and with a pool. `python -m bench.guard`"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import genfile

TREES = sorted(path for path in (Path(__file__).parent.parent / "tests" / "projects").iterdir() if path.is_dir())


def measure(label: str, inspect: Callable[[Path], Any], trees: list[Path], threads: int) -> None:
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(inspect, trees))
    seconds = (time.perf_counter() - started) / len(trees)
    print(f"{label:<24} {seconds * 1000:7.1f} ms a tree   {3600 / seconds:9,.0f} an hour")


def main() -> None:
    for tree in TREES:
        genfile.inspect(tree)
    measure("unguarded", genfile.inspect, TREES * 4, 1)
    measure("a child for each", lambda tree: genfile.inspect(tree, guard=genfile.Guard()), TREES[:10], 1)
    for size in (1, 2):
        with genfile.GuardPool(size) as pool:
            for tree in TREES[: 2 * size]:
                genfile.inspect(tree, guard=pool)
            measure(f"a pool of {size}", lambda tree: genfile.inspect(tree, guard=pool), TREES * 2, size)


if __name__ == "__main__":
    main()
