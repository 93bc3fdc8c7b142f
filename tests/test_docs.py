"""What is generated from the code says what the code says."""

from pathlib import Path

import pytest

from tools import all as generators

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", generators.GENERATORS)
def test_nothing_generated_is_stale(name: str) -> None:
    stale = [path.relative_to(ROOT).as_posix() for path in generators.stale(name)]
    assert stale == [], "run: python -m tools.all"


def test_a_stale_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that differs, one that is missing, and one that no generator makes."""
    made = {tmp_path / "same.json": "1", tmp_path / "other.json": "2", tmp_path / "gone.json": "3"}
    monkeypatch.setitem(generators.GENERATORS, "x", lambda: made)
    monkeypatch.setitem(generators.FOLDERS, "x", tmp_path)
    (tmp_path / "same.json").write_text("1")
    (tmp_path / "other.json").write_text("old")
    (tmp_path / "left.json").write_text("old")
    assert [path.name for path in generators.stale("x")] == ["gone.json", "left.json", "other.json"]
