"""The guides do what they say."""

from pathlib import Path

import pytest

from tests.guides import follow

GUIDES = {
    "company-preset.md": 4,
    "templates.md": 2,
    "cookiecutter.md": 2,
    "upkeep.md": 6,
    "reference.md": 3,
    "api.md": 7,
}


@pytest.mark.parametrize(("page", "least"), GUIDES.items(), ids=GUIDES)
def test_a_guide_works_as_it_stands(page: str, least: int, tmp_path: Path) -> None:
    assert follow(page, tmp_path) >= least
