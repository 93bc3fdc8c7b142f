"""Projects and templates of these tests lie in one checkout, so that the one may name the other."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
