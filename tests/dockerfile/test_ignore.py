"""What a .dockerignore leaves out, by Docker's own rules."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.dockerfile.context import missing_sources
from genfile.dockerfile.ignore import read_ignore
from genfile.dockerfile.reader import read_dockerfile

NAMES = st.text("abcxyz", min_size=1, max_size=4)
TREE_PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("text", "path", "out"),
    [
        ("node_modules", "node_modules/x.js", True),
        ("node_modules", "sub/node_modules/x.js", False),
        ("**/node_modules", "sub/node_modules/x.js", True),
        ("**/node_modules", "node_modules/x.js", True),
        ("*/temp*", "somedir/temporary.txt", True),
        ("*/temp*", "somedir/sub/temp", False),
        ("*/*/temp*", "a/b/temp", True),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("/foo/bar", "foo/bar", True),
        ("foo/bar/", "foo/bar/x", True),
        ("# comment", "# comment", False),
        ("\\#x", "#x", True),
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("*\n!src", "src/a.go", False),
        ("*\n!src\n**/*_test.go", "src/a_test.go", True),
        ("**", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/b", True),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("  spaced  ", "spaced", True),
        ("./a/../b", "b", True),
        ("*.env", ".env.local", False),
        ("[", "[", False),
        ("a**b", "ab", True),
        ("a**b", "a/x/b", True),
        ("a**b", "axb", False),
        ("**b", "xb", True),
        ("**?", "a/b", True),
        ("**?", "ab", False),
        ("*\t/", "x", True),
        ("/ a", "a", True),
        ("[[]id]", "[id]", True),
        ("[\\*]", "*", True),
    ],
)
def test_cases_of_the_documentation(text: str, path: str, out: bool) -> None:
    assert read_ignore(text).excludes(path) is out


@given(st.text(max_size=60), TREE_PATHS)
def test_no_text_is_an_error(text: str, path: str) -> None:
    assert read_ignore(text).excludes(path) in (True, False)


@given(TREE_PATHS, TREE_PATHS)
def test_a_literal_pattern_takes_a_path_and_all_below(pattern: str, path: str) -> None:
    expected = path == pattern or path.startswith(pattern + "/")
    assert read_ignore(pattern).excludes(path) is expected


@given(TREE_PATHS)
def test_the_last_match_wins(path: str) -> None:
    assert not read_ignore(f"{path}\n!{path}").excludes(path)
    assert read_ignore(f"!{path}\n{path}").excludes(path)


def test_hostile_patterns_take_no_time() -> None:
    started = time.monotonic()
    read_ignore("*a" * 12 + "b").excludes("a" * 60)
    read_ignore("**/" * 12 + "b").excludes("/".join("a" * 20))
    assert time.monotonic() - started < 2


def test_a_source_that_is_ignored_is_named_with_its_rule() -> None:
    dockerfile = read_dockerfile("FROM x\nCOPY docs /docs\nRUN --mount=type=bind,source=go.mod,target=go.mod true\n")
    found = missing_sources(dockerfile, read_ignore("*.md\ndocs"), {"docs/a.md", "go.mod"})
    assert [(item.source, item.line, item.rule.pattern if item.rule else None) for item in found] == [
        ("docs", 2, "docs")
    ]
