"""Paths that a user takes out of a tree: as git does it, in bounded time, and for the whole of a folder."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from genfile.source.base import LIMITS, Unreadable
from genfile.source.folder import FolderSource
from genfile.source.left_out import LeftOutSource, Patterns
from genfile.source.memory import MemorySource

SEGMENTS = ("a", "b", "*", "a*", "*b", "?", "**", "[ab]", "[!a]", "docs", "*.py", "a*c", "**b", "\\*", "[a-c]x")
NAMES = ("a", "b", "ab", "abc", "a.py", "x y", "docs", ".env", "*", "bx")


@pytest.mark.parametrize(
    ("patterns", "out", "kept"),
    [
        (["legacy/"], ["legacy/a", "x/legacy/a"], ["legacy", "legacyx/a"]),
        (["/legacy/"], ["legacy/a"], ["x/legacy/a"]),
        (["docs/**"], ["docs/a", "docs/a/b"], ["docs", "x/docs/a"]),
        (["*.md", "!README.md"], ["a.md", "x/a.md"], ["README.md", "x/README.md"]),
        (["apps/*", "!apps/api"], ["apps/web/a"], ["apps/api/a"]),
        (["old/", "!old/keep"], ["old/keep"], []),
        (["a/**/b"], ["a/b", "a/x/b", "a/x/y/b/c"], ["b", "x/a/b"]),
        (["# no", "", "!"], [], ["# no", "a"]),
    ],
)
def test_what_patterns_leave_out(patterns: list[str], out: list[str], kept: list[str]) -> None:
    found = Patterns(patterns)
    assert [path for path in out + kept if found.leave_out(path)] == out


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_git_says_the_same(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    segments = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4).map("/".join)
    pattern = st.tuples(
        st.sampled_from(["", "", "!"]), st.sampled_from(["", "/"]), segments, st.sampled_from(["", "/"])
    )
    patterns = data.draw(st.lists(pattern.map("".join), min_size=1, max_size=4))
    paths = data.draw(st.sets(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join), min_size=1))
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / ".gitignore").write_text("\n".join(patterns) + "\n")
    command = ["git", "-C", str(folder), "check-ignore", "--no-index", "--stdin", "-z"]
    done = subprocess.run(command, input="\0".join(paths), capture_output=True, text=True, check=False)
    found = Patterns(patterns)
    assert {path for path in paths if found.leave_out(path)} == set(done.stdout.split("\0")) - {""}


def test_a_pattern_that_is_none() -> None:
    for pattern in ("[", "a\\", "[!"):
        with pytest.raises(ValueError, match="is not a valid pattern"):
            Patterns([pattern])


def test_no_pattern_takes_long() -> None:
    found = Patterns(["*a" * 90 + "b", "**/a*/" * 30 + "b", "[a-z]*" * 40 + "!"])
    start = time.process_time()
    for number in range(200):
        found.leave_out("/".join(["a" * 200] * 5) + str(number))
    assert time.process_time() - start < 2


def test_a_folder_that_is_left_out_takes_nothing_of_the_bounds(tmp_path: Path) -> None:
    for name in ("big", "own"):
        (tmp_path / name).mkdir()
    for number in range(30):
        (tmp_path / "big" / f"{number}.txt").touch()
    (tmp_path / "own" / "a.py").touch()
    patterns = Patterns(["big/"])
    few = replace(LIMITS, entries=20)
    source = LeftOutSource(FolderSource(tmp_path, few, patterns.leave_out_folder), patterns)
    assert source.index().paths == {"own/a.py"}
    assert not source.index().notes
    assert FolderSource(tmp_path, few).index().notes


def test_a_source_without_them() -> None:
    source = LeftOutSource(MemorySource({"a.py": "1", "old/b.py": "2", "old/c/d.py": "3"}), Patterns(["old/"]))
    assert source.index().paths == {"a.py"}
    assert set(source.index().folders) == {""}
    assert source.read("a.py", 10) == b"1"
    with pytest.raises(Unreadable):
        source.read("old/b.py", 10)
    assert Path(source.name).name == source.name
