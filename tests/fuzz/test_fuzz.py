"""The quick form of the fuzz of trees; `python -m tests.fuzz` is the long one."""

import os
import sys

import pytest

from tests.fuzz.check import faults_of
from tests.fuzz.mutate import CANARY, make_tree, seeds
from tests.fuzz.run import run_cases

CASES = 500


@pytest.mark.skipif(sys.platform == "win32", reason="children with limits need POSIX")
def test_no_tree_breaks_genfile() -> None:
    """No internal error, hang, memory beyond 1 GiB, injected instruction, or output that differs between two runs."""
    faults = list(run_cases(int(os.environ.get("GENFILE_FUZZ_SEED", "7")), range(CASES)))
    assert not faults, "\n".join(map(str, faults))


def test_the_same_case_is_the_same_tree() -> None:
    assert make_tree(3, 17) == make_tree(3, 17)
    assert len({make_tree(3, number)[0] for number in range(50)}) > 40


def test_an_injected_instruction_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself: a Dockerfile with a line too many is a fault."""
    from genfile.preset.render import Rendering

    plain = Rendering.dockerfile.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(Rendering, "dockerfile", property(lambda self: plain(self) + f"{CANARY} pwned\n"))
    name, tree = seeds()[0]
    assert any(CANARY in fault for fault in faults_of(tree)), name
