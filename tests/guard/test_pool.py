"""A pool serves many threads, replaces its children, and leaves none behind."""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import genfile
from genfile.errors import GuardError
from genfile.guard import Guard, GuardPool

TASKS = "tests.guard.misbehave:"


def server_of(pool: GuardPool) -> int:
    """The number of the child that answered."""
    return int(json.loads(pool.run(TASKS + "echo", {}))["pid"])


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_children_are_replaced_after_so_many_trees_and_after_a_death() -> None:
    with GuardPool(1, recycle_after=3) as pool:
        seen = [server_of(pool) for _ in range(7)]
        assert seen[0] == seen[1] == seen[2] != seen[3] == seen[4] == seen[5] != seen[6]
        with pytest.raises(GuardError):
            pool.run(TASKS + "die", {"signal": 11})
        last = server_of(pool)
        assert last != seen[6]
        # What a function of genfile raises is not a death.
        with pytest.raises(genfile.SourceError):
            pool.run(TASKS + "refuse", {"kind": "source"})
        assert server_of(pool) == last
        assert all(is_gone(pid) for pid in {*seen})
    assert is_gone(last)


def test_many_threads_get_their_own_answers() -> None:
    trees = [
        {"package.json": json.dumps({"name": f"shop{number}", "scripts": {"start": "node a.js"}}), "a.js": ""}
        for number in range(40)
    ]
    with GuardPool(2, recycle_after=15) as pool, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda tree: genfile.inspect(tree, guard=pool), trees))
    assert [item.services[0].spec.name for item in found] == [f"shop{number}" for number in range(40)]


def test_a_queue_that_is_full_refuses_at_once_and_closing_ends_all() -> None:
    ends: list[Any] = []

    def call() -> None:
        try:
            ends.append(pool.run(TASKS + "sleep", {"seconds": 3600}))
        except GuardError as error:
            ends.append(error.code)

    pool = GuardPool(1, guard=Guard(wall=600), queue=1)
    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    while pool._calls < 2 or not pool._busy:
        time.sleep(0.01)
    with pytest.raises(GuardError, match="2 calls are already waiting") as caught:
        pool.run(TASKS + "echo", {})
    assert caught.value.code == "busy"
    pool.close()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert sorted(ends) == ["closed", "start"] or sorted(ends) == ["closed", "signal"]
    with pytest.raises(GuardError) as caught:
        pool.run(TASKS + "echo", {})
    assert caught.value.code == "closed"


def test_a_warm_child_has_imported_what_detection_needs() -> None:
    with GuardPool(1) as pool:
        modules = json.loads(pool.run("tests.guard.modules:loaded", {}))
    for name in ("pydantic", "yaml", "tree_sitter_go", "tree_sitter_kotlin", "genfile.detect.java.service"):
        assert name in modules
