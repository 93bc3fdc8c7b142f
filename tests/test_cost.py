"""What a run costs is held by counts: files opened, texts parsed, modules, calls. No clock, so no flaky machine."""

import json

import pytest

from bench.cost import KEPT, TREES, measure

KEPT_COUNTS: dict[str, dict[str, int]] = json.loads(KEPT.read_text("utf-8"))


@pytest.mark.parametrize("name", TREES)
def test_a_tree_costs_what_it_did(name: str) -> None:
    counts = measure(TREES[name])
    moved = {
        what: (before, counts[what])
        for what, before in KEPT_COUNTS[name].items()
        if abs(counts[what] - before) > 0.05 * before
    }
    assert not moved, f"{moved}: where that is meant, run `python -m bench.cost --write`"
