"""Public templates, where their repositories are at hand; and the checks of names and bytes that carry all others."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.template.cookiecutter.files import first_newline, is_binary
from tests.cookiecutter.baking import HAS_ORACLE
from tests.cookiecutter.judge import Template, judge, templates

CHECKOUTS = os.environ.get("GENFILE_CORPUS", "")


def test_the_list_is_long_enough_and_pinned() -> None:
    listed = templates()
    assert len({template.repository for template in listed}) >= 30
    assert all(len(template.commit) == 40 for template in listed)
    assert len({template.name for template in listed}) == len(listed)


@pytest.mark.skipif(not CHECKOUTS, reason="GENFILE_CORPUS names no folder with checkouts of the repositories")
@pytest.mark.skipif(not HAS_ORACLE, reason="cookiecutter is not installed")
@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_the_files_are_cookiecutters(template: Template) -> None:
    checkout = Path(CHECKOUTS) / template.repository.replace("/", "+")
    if not (checkout / template.directory / "cookiecutter.json").is_file():
        pytest.skip(f"no checkout of {template.repository}")
    for verdict in judge(template, checkout):
        assert verdict.differences == ()


PIECES = st.lists(
    st.sampled_from([b"a", b"\n", b"\r\n", b"\r", "é".encode(), b"\x00", b"\xff\xfe", b"{{"]), max_size=40
)


@given(PIECES, st.sampled_from(["a.txt", "a.png", "A.PNG", "a", ".png", "x/a.tar.gz"]))
@settings(max_examples=200, deadline=None)
def test_binary_and_newlines_are_what_the_files_on_a_disk_are(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], name: str
) -> None:
    content = b"".join(pieces)
    path = tmp_path_factory.mktemp("x") / Path(name).name
    path.write_bytes(content)
    if HAS_ORACLE:
        from binaryornot.check import is_binary as is_binary_file

        assert is_binary(name, content) == is_binary_file(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return
    assert text is not None
    with path.open(encoding="utf-8") as reader:
        reader.readline()
        found = reader.newlines
    assert first_newline(content) == (found[0] if isinstance(found, tuple) else found)
