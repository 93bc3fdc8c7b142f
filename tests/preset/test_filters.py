"""Filters that quote: what is written is read as what it was."""

import pytest

from genfile.preset import filters


@pytest.mark.parametrize(
    "text",
    ["web", "./a", ".", "a:b", "postgres://u:p@h:5432/x", "yes", "NULL", "1.5", "0x1f", "1:30", ".5", ".inf", "a: b", "a:",
     "a #b", "~", "-", "*x", "&x", "", " a", "a\\b", '"', "2026-11-30", "=", "<<", "@x", "é", "y", "/", "a/../b"],
)  # fmt: skip
def test_a_scalar_of_yaml_is_read_as_the_text_that_it_is(text: str) -> None:
    import yaml

    written = str(filters.yaml_text(text))
    assert yaml.safe_load(f"{written}: [{written}]\nx: {written}\n") == {text: [text], "x": text}


def test_only_what_yaml_would_misread_is_quoted() -> None:
    names = ("web", "./a", "postgres:18-trixie", "no-new-privileges:true")
    assert [str(filters.yaml_text(name)) for name in names] == list(names)
    assert str(filters.compose_value("a$b")) == '"a$$b"'
