"""Which names belong to version control, as file systems read them."""

import pytest

from genfile.protected import is_protected


@pytest.mark.parametrize(
    "path",
    [
        ".git",
        ".git/config",
        "a/.git/hooks/post-checkout",
        ".GIT/config",
        "sub/.Git",
        ".git./config",
        ".git /config",
        ".git. . /config",
        "git~1/config",
        "GIT~2",
        ".git::$INDEX_ALLOCATION/config",
        ".git:stream",
        ".g\u200cit/config",
        ".git\u200d",
        "a\\.git\\config",
        ".hg/hgrc",
        ".svn/entries",
        ".jj/repo",
        "HG~1",
    ],
)
def test_version_control_is_protected(path: str) -> None:
    assert is_protected(path)


@pytest.mark.parametrize(
    "path",
    [
        ".gitignore",
        ".github/workflows/ci.yml",
        ".gitlab-ci.yml",
        ".gitattributes",
        ".gitmodules",
        "git",
        "a.git",
        "git~x",
        "digit~1",
        "src/main.py",
        ".hgignore",
    ],
)
def test_other_files_are_not(path: str) -> None:
    assert not is_protected(path)
