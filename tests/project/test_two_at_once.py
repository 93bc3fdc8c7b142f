"""Two processes that write into one tree at the same time: the files of one, or of the other, never of both."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
from tests.project.crashing import leftovers

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
# Fifty and more at night.
PAIRS = int(os.environ.get("GENFILE_PAIRS", "8"))
NAMES = [f"d{number % 4}/f{number}" for number in range(24)] + ["Dockerfile", ".dockerignore"]
WORKER = f"""
import sys
from pathlib import Path
from genfile.errors import GenfileError
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
root, who = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
try:
    apply_plan(make_plan(root, {{name: who for name in {NAMES!r}}}, force=True))
except GenfileError as error:
    print(error.message)
"""


@pytest.mark.parametrize("number", range(PAIRS))
@pytest.mark.parametrize("there", ["files", "folder", "nothing"])
def test_never_a_mixed_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, number: int) -> None:
    """``there``: what both find: files to be replaced, an empty folder, or not even that."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "tree"
    if there != "nothing":
        root.mkdir()
    if there == "files":
        apply_plan(make_plan(root, dict.fromkeys(NAMES, "old")))
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(root), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in ("one", "other")
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60) for process in both]
    assert [error for _, error in said] == ["", ""]
    assert {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} == set(NAMES)
    contents = {(root / name).read_text() for name in NAMES}
    assert contents in ({"one"}, {"other"})
    for out, _ in said:
        assert out == "" or "just now" in out
    assert leftovers(tmp_path / "state") == []
