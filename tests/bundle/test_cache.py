"""The cache folder: only where nobody else can put another thing in its place, and without code in it."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genfile.bundle.cache import cache_folder
from tests.bundle.remotes import commit, make_repository

needs_root = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root has a second user")
OTHER = 65534
SWAP = """#!{python}
import os, sys
if os.fork() == 0:
    os.setuid(65534)
    os.unlink("{link}")
    os.symlink("{target}", "{link}")
    os._exit(0)
os.wait()
os.execv("{git}", ["git", *sys.argv[1:]])
"""
PACKAGE = '{"name": "a", "scripts": {"start": "node a.js"}}'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that only this user can write to, in a /tmp of everybody's."""
    folder = tmp_path / "place"
    folder.mkdir(mode=0o755)
    # The folders of pytest are closed to other users; what they may not enter they can't attack.
    opened = [parent for parent in folder.parents if parent.stat().st_mode & 0o777 == 0o700]
    for parent in opened:
        parent.chmod(0o711)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    yield folder
    for parent in opened:
        parent.chmod(0o700)


def as_other(work: Callable[[], None]) -> None:
    """Do something as another user."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(OTHER)
            os.setuid(OTHER)
            work()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_it_is_made_for_the_user_alone(place: Path) -> None:
    folder = cache_folder("bundles", "x")
    assert folder == place / "cache/genfile/bundles/x"
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent, place / "cache")} == {0o700}


def test_a_folder_that_others_write_to_is_none(place: Path) -> None:
    (place / "cache/genfile").mkdir(parents=True)
    for path in (place / "cache/genfile", place / "cache", place):
        for mode in (0o777, 0o775, 0o757):
            path.chmod(mode)
            assert cache_folder("bundles") is None
        path.chmod(0o755)
    assert cache_folder("bundles") is not None
    # In a sticky folder nobody can rename what is mine; but the last one is mine alone.
    place.chmod(0o1777)
    assert cache_folder("bundles") is not None
    (place / "cache/genfile/bundles").chmod(0o1777)
    assert cache_folder("bundles") is None


def test_links_of_my_own_are_followed(place: Path) -> None:
    (place / "disk").mkdir()
    (place / "cache").symlink_to("disk")
    assert cache_folder("x") == place / "disk/genfile/x"
    (place / "disk").chmod(0o777)
    assert cache_folder("x") is None


def test_a_circle_of_links_or_a_file_is_none(place: Path) -> None:
    (place / "cache").symlink_to("cache")
    assert cache_folder("x") is None
    (place / "cache").unlink()
    (place / "cache").write_text("")
    assert cache_folder("x") is None


@needs_root
def test_what_another_user_put_on_the_way_is_none(place: Path) -> None:
    place.chmod(0o1777)
    (place / "mine").mkdir(mode=0o700)

    def link() -> None:
        (place / "cache").symlink_to("mine")

    def folder() -> None:
        (place / "cache").mkdir(mode=0o755)

    for attack in (link, folder):
        as_other(attack)
        assert cache_folder("x") is None
        (place / "cache").unlink() if (place / "cache").is_symlink() else (place / "cache").rmdir()
    assert cache_folder("x") is not None
    # A whole home of somebody else's, as after `sudo` that keeps the environment.
    shutil.rmtree(place / "cache")
    os.chown(place, OTHER, OTHER)
    place.chmod(0o755)
    assert cache_folder("x") is None


@needs_root
def test_root_takes_nothing_from_a_cache_that_another_user_prepared(place: Path) -> None:
    """End to end: a link that leads to a folder of root's while it is checked, and to one of theirs when it is read."""
    remote = make_repository(place / "remote")
    url = f"file://{remote}"
    project = place / "project"
    project.mkdir()
    (project / "package.json").write_text(PACKAGE)
    (project / "a.js").write_text("")

    def init(cache: Path, **more: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "genfile", "init", str(project), "--stdout", "--preset", f"git+{url}@main"]
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), **more}
        return subprocess.run(words, capture_output=True, text=True, env=environment, cwd=place, check=False)

    commit(
        remote,
        {"Dockerfile.j2": '{% extends "node/Dockerfile.j2" %}{% block labels %}\nLABEL evil=yes\n{% endblock %}'},
    )
    assert "evil=yes" in init(place / "stage").stdout
    home = f"remote-{hashlib.sha256(url.encode()).hexdigest()[:24]}"
    theirs = place / "homes" / home
    shutil.copytree(place / "stage/genfile/bundles" / home, theirs)
    for path in (theirs, *theirs.rglob("*")):
        os.chown(path, OTHER, OTHER)
    remote.rename(place / "gone")
    shared = place / "shared"
    shared.mkdir()
    shared.chmod(0o777)

    (place / "roots").mkdir()
    swapped = shared / "genfile/bundles"

    def attack() -> None:
        swapped.parent.mkdir()
        swapped.symlink_to(place / "roots")

    as_other(attack)
    # The moment at which the other user acts is that at which git is first started.
    git = place / "bin/git"
    git.parent.mkdir()
    git.write_text(SWAP.format(python=sys.executable, link=swapped, target=place / "homes", git=shutil.which("git")))
    git.chmod(0o755)
    done = init(shared, PATH=f"{git.parent}:{os.environ['PATH']}")
    assert swapped.readlink() == place / "homes"
    assert "evil" not in done.stdout
    assert done.returncode == 1
    assert "can't be fetched" in done.stderr


def test_no_code_lies_in_it(place: Path) -> None:
    project = place / "project"
    project.mkdir()
    (project / "package.json").write_text(PACKAGE)
    (project / "a.js").write_text("")
    words = [sys.executable, "-m", "genfile", "init", str(project), "--yes"]
    subprocess.run(words, check=True, capture_output=True)
    assert not (place / "cache").exists()
