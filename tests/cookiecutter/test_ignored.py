"""What .gitignore leaves out: git itself is the judge."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.template.cookiecutter.ignored import MAX_BYTES, Ignored
from tests.bundle.remotes import git

PATHS = ["a", "a.log", "keep.log", "x/a", "x/a.log", "x/y/a", "x/y/b.log", ".env", "x/.env", "build/out/a", "x/build/b"]
WORDS = """
a *.log !keep.log /a x/ x/* !x/y/ **/y build/ /build x/**/a .env !.env \\!a #no [ab] [!a] [ \\ * !* / ** y/a *.lo?
!a.log !x
"""
PATTERNS = st.sampled_from([*WORDS.split(), "", "  ", "a ", "a\\ "])
LINES = st.lists(PATTERNS, max_size=4)


def ignored(root: Path) -> set[str]:
    """As the reader of hooks' results asks: folder by folder, nothing below one that is left out."""
    rules, found = Ignored(root), set()

    def enter(folder: str, *, out: bool) -> None:
        rules.enter(folder)
        for entry in sorted((root / folder).iterdir()):
            path = entry.relative_to(root).as_posix()
            if entry.name == ".git":
                continue
            inner = out or rules.match(path, is_folder=entry.is_dir())
            if entry.is_dir():
                enter(path, out=inner)
            elif inner:
                found.add(path)

    enter("", out=False)
    return found


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    git(root, "init", "--quiet")
    for path in PATHS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")
    return root


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge")
@settings(deadline=None, max_examples=150)
@given(top=LINES, inner=LINES, ending=st.sampled_from(["\n", "\r\n"]))
def test_git_says_the_same(tree: Path, top: list[str], inner: list[str], ending: str) -> None:
    for folder, lines in (("", top), ("x", inner)):
        (tree / folder / ".gitignore").write_text("".join(line + ending for line in lines), newline="")
    done = subprocess.run(
        ["git", "-c", "core.excludesFile=", "ls-files", "--others", "--ignored", "--exclude-standard"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ignored(tree) == set(done.stdout.splitlines())


def test_a_link_and_a_file_far_too_large_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("*\n")
    (tmp_path / ".gitignore").symlink_to("a")
    assert ignored(tmp_path) == set()
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitignore").write_text("*\n" * 10 * MAX_BYTES)
    assert ignored(tmp_path) == set()
