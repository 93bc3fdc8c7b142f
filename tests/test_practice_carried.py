"""What `genfile lint` says of secrets in code that the image carries, and of images that need an argument to be built."""

from pathlib import Path

import pytest

from tests.test_practice import NODE, found
from tests.test_practice_weight import PYTHON, SERVED


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("ARG TAG\nFROM example.org/base:${TAG}\n", 2),
        ("ARG TAG=3\nFROM example.org/base:${TAG}\n", None),
        ("ARG TAG\nFROM example.org/base:${TAG:-3}\n", None),
        ("FROM example.org/base:3\n", None),
    ],
)
def test_a_base_that_only_an_argument_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str, line: int | None
) -> None:
    said = found(tmp_path, capsys, head + "CMD [\"serve\"]\n", {"README.md": "none\n"})
    assert said.get("base-argument") == line
    assert "base-moving" not in said


@pytest.mark.parametrize(("command", "wrong"), [("crond -f -l 8", False), ("gunicorn -b :8000 app:app", True)])
def test_a_level_is_no_port(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, f"FROM alpine:3.22\nCMD {command}\n", {"README.md": "none\n"})
    assert ("port-undeclared" in said) is wrong
