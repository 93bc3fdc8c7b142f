"""What genfile writes into: regular files below the root, through no link, nothing of version control."""

import os
import re
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import force_setattr

from genfile.cli.app import run
from genfile.errors import ConflictError, WriteError
from genfile.project import tree as files
from genfile.project.apply import apply_plan
from genfile.project.bases import Bases
from genfile.project.plan import Change, Plan, accept_conflicts, make_plan, read_target
from genfile.project.update import make_update

needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes, links and FIFOs")
needs_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
NOBODY = 65534
PROTECTED = [".git/hooks/post-checkout", "sub/.GIT/config", ".hg/hgrc", "a/.svn/x", ".git\u200d/config", "GIT~1/config"]


@pytest.mark.parametrize("path", PROTECTED)
def test_nothing_of_version_control_is_ever_planned(tmp_path: Path, path: str) -> None:
    saying = re.escape(path[:4])
    for attempt in (
        lambda: Change(path, "create", None, b"x"),
        lambda: Change(path, "keep", b"x", b"x"),
        lambda: Plan(tmp_path, (), (path,)),
        lambda: read_target(tmp_path, path),
        lambda: make_plan(tmp_path, {path: "x"}, force=True),
        lambda: make_update(tmp_path, Bases({}), {path: b"x"}),
        lambda: make_update(tmp_path, Bases({path: b"x"}), {}),
    ):
        with pytest.raises(WriteError, match=f"{saying}.* is in a version control folder"):
            attempt()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "a//x", "./x", "", "a/", "x\0y"])
def test_only_paths_below_the_root_are_planned(tmp_path: Path, path: str) -> None:
    with pytest.raises(WriteError, match="is not a path inside the project"):
        Change(path, "create", None, b"x")
    with pytest.raises(WriteError, match="is not a path inside the project"):
        Plan(tmp_path, (), (path,))


def test_a_plan_that_was_tampered_with_is_not_applied(tmp_path: Path) -> None:
    """Applying asks again: it doesn't trust whoever made the plan."""
    plan = Plan(tmp_path, (Change("a", "create", None, b"x"), Change("b", "create", None, b"x")))
    force_setattr(plan.changes[1], "path", ".git/config")
    with pytest.raises(WriteError, match=r"\.git/config is in a version control folder"):
        apply_plan(plan)
    folders = Plan(tmp_path, (), ("a",))
    force_setattr(folders, "folders", (".git/hooks",))
    with pytest.raises(WriteError, match=r"\.git/hooks is in a version control folder"):
        apply_plan(folders)
    assert list(tmp_path.iterdir()) == []


@needs_posix
def test_no_link_leads_into_version_control(tmp_path: Path) -> None:
    (tmp_path / ".git/hooks").mkdir(parents=True)
    (tmp_path / "ci").symlink_to(".git/hooks")
    (tmp_path / "deep").symlink_to(".git")
    for path in ("ci/pre-commit", "deep/hooks/pre-commit", "deep/config"):
        with pytest.raises(WriteError, match=r"\.git.* is in a version control folder"):
            make_plan(tmp_path, {path: "x"})
        with pytest.raises(WriteError, match=r"\.git.* is in a version control folder"):
            apply_plan(Plan(tmp_path, (Change(path, "create", None, b"x"),)))
    with pytest.raises(WriteError, match="is in a version control folder"):
        make_plan(tmp_path / "ci", {"pre-commit": "x"})
    with pytest.raises(WriteError, match="is in a version control folder"):
        apply_plan(Plan(tmp_path, (), ("ci/x",)))
    assert list((tmp_path / ".git/hooks").iterdir()) == []


@needs_posix
def test_a_link_that_stays_inside_is_followed_once(tmp_path: Path) -> None:
    (tmp_path / "packages/web").mkdir(parents=True)
    (tmp_path / "web").symlink_to("packages/web")
    apply_plan(make_plan(tmp_path, {"web/Dockerfile": "FROM a\n", "packages/web/Dockerfile": "FROM a\n"}))
    assert (tmp_path / "packages/web/Dockerfile").read_text() == "FROM a\n"
    assert (tmp_path / "web").is_symlink()
    apply_plan(Plan(tmp_path, (), ("web", "web/data")))
    assert (tmp_path / "packages/web/data").is_dir()
    plan = make_plan(tmp_path, {"web/Dockerfile": "FROM b\n", "packages/web/Dockerfile": "FROM c\n"}, force=True)
    with pytest.raises(WriteError, match="the same file"):
        apply_plan(plan)
    assert (tmp_path / "web/Dockerfile").read_text() == "FROM a\n"


@needs_posix
def test_links_in_a_circle_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(WriteError, match="a/x is behind a broken symbolic link"):
        make_plan(tmp_path, {"a/x": "x"})
    with pytest.raises(WriteError, match="is a symbolic link"):
        make_plan(tmp_path, {"a": "x"})


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(30 * 1024**3)


def _socket(path: Path) -> None:
    # The path of a socket must be short.
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


IN_THE_WAY: dict[str, tuple[Callable[[Path], object], str]] = {
    "sparse": (_sparse, "is larger than 64 MiB"),
    "fifo": (lambda path: os.mkfifo(path), "is not a regular file"),
    "socket": (_socket, "is not a regular file"),
    "folder": (lambda path: path.mkdir(), "is not a regular file"),
    "link": (lambda path: path.symlink_to("/etc/hostname"), "is a symbolic link"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "is a symbolic link"),
    "device": (lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5)), "is not a regular file"),
}


@needs_posix
@pytest.mark.parametrize("kind", IN_THE_WAY)
def test_what_is_not_a_small_regular_file_is_refused_and_not_read(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    make, message = IN_THE_WAY[kind]
    (tmp_path / "package.json").write_text('{"name": "a", "scripts": {"start": "node a.js"}}')
    try:
        make(tmp_path / "Dockerfile")
    except PermissionError:
        pytest.skip("only root can make a device")
    with pytest.raises(WriteError, match=message):
        make_plan(tmp_path, {"Dockerfile": "x"}, force=True)
    assert run(["init", str(tmp_path), "--yes", "--force"]) == 1
    said = capfd.readouterr().err
    assert f"error: Dockerfile {message}\n" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Dockerfile", "package.json"]


@needs_posix
@pytest.mark.parametrize("kind", ["fifo", "folder", "link", "dangling"])
def test_what_takes_the_place_of_a_target_after_the_plan_is_caught(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "b").write_text("old\n")
    plan = make_plan(tmp_path, {"a": "new\n", "b": "new\n"}, force=True)
    (tmp_path / "b").unlink()
    IN_THE_WAY[kind][0](tmp_path / "b")
    with pytest.raises(WriteError, match=IN_THE_WAY[kind][1]):
        apply_plan(plan)
    assert (tmp_path / "a").read_text() == "old\n"
    assert len(list(tmp_path.iterdir())) == 2


@needs_posix
def test_what_comes_between_staging_and_renaming_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit, a new file, and a folder that becomes a link, at the last moment."""
    outside = tmp_path / "outside"
    outside.mkdir()

    def edit(root: Path) -> None:
        (root / "sub/b").write_text("mine\n")

    def create(root: Path) -> None:
        (root / "sub/new").write_text("mine\n")

    def redirect(root: Path) -> None:
        (root / "sub").rename(root / "moved")
        (root / "sub").symlink_to(outside)

    real = files.ProjectTree.stage
    for number, change in enumerate((edit, create, redirect)):
        root = tmp_path / f"t{number}"
        (root / "sub").mkdir(parents=True)
        (root / "sub/b").write_text("old\n")
        plan = make_plan(root, {"a": "new\n", "sub/b": "new\n", "sub/new": "new\n"}, force=True)
        left = [3]

        def stage(
            tree: files.ProjectTree, path: str, content: bytes, *, left: list[int] = left, root: Path = root,
            change: Callable[[Path], None] = change, **options: object,
        ) -> int:  # fmt: skip
            inode = real(tree, path, content, **options)  # type: ignore[arg-type]
            left[0] -= 1
            if left[0] == 0:
                change(root)
            return inode

        monkeypatch.setattr(files.ProjectTree, "stage", stage)
        with pytest.raises((ConflictError, WriteError), match=r"just now|behind a broken symbolic link"):
            apply_plan(plan)
        monkeypatch.undo()
        assert not (root / "a").exists()
        assert list(outside.iterdir()) == []
        kept = {path.name: path.read_text() for path in (root / "sub").iterdir() if not path.name.endswith(".tmp")}
        assert kept == ({"b": "mine\n"}, {"b": "old\n", "new": "mine\n"}, {})[number]


def _tree(root: Path) -> Path:
    root.mkdir()
    (root / "package.json").write_text('{"name": "a", "scripts": {"start": "node a.js"}}')
    return root


@needs_posix
@pytest.mark.parametrize("dangling", [False, True])
def test_new_never_writes_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], dangling: bool
) -> None:
    here, outside = tmp_path / "here", tmp_path / "outside"
    here.mkdir()
    if not dangling:
        outside.mkdir()
    monkeypatch.chdir(here)
    for link in ("shop", "presets", "static-vite"):
        (here / link).symlink_to(outside)
    calls = [
        ["new", "static-vite", "shop", "--defaults"],
        ["new", "static-vite", str(here / "shop"), "--defaults"],
        ["new", "static-vite", "shop/inner", "--defaults"],
        ["new", "static-vite", "--defaults"],
        ["presets", "new", "mine", "shop"],
        ["presets", "eject", "node"],
    ]
    for call in calls:
        assert run(call) in (1, 2), call
        said = capfd.readouterr().err
        assert said.startswith("error: "), call
        assert "link" in said, call
    assert not outside.exists() or list(outside.iterdir()) == []
    assert all((here / link).is_symlink() for link in ("shop", "presets", "static-vite"))


@needs_posix
def test_the_root_that_the_user_names_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(_tree(tmp_path / "real"))
    assert run(["init", str(tmp_path / "link"), "--yes"]) == 0
    assert (tmp_path / "real/Dockerfile").is_file()


@needs_posix
def test_the_executable_bits_are_a_change_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x\n")
    (tmp_path / "run").chmod(0o640)
    (tmp_path / "other").write_text("x\n")
    (tmp_path / "other").chmod(0o755)
    plan = make_plan(tmp_path, {"run": "x\n", "other": "x\n"}, executable={"run"})
    assert [(change.path, change.action) for change in plan.changes] == [("other", "unchanged"), ("run", "replace")]
    assert plan.diff() == "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n"
    apply_plan(plan)
    assert (tmp_path / "run").stat().st_mode & 0o7777 == 0o750
    assert (tmp_path / "other").stat().st_mode & 0o7777 == 0o755
    unsaid = Plan(tmp_path, (Change("run", "replace", b"x\n", b"x\n", executable=False),))
    assert unsaid.diff() == "diff --git a/run b/run\nold mode 100755\nnew mode 100644\n"
    assert make_plan(tmp_path, {"run": "x\n"}, executable={"run"}).writes == ()
    apply_plan(Plan(tmp_path, (Change("run", "replace", b"x\n", b"y\n", executable=False, was_executable=True),)))
    assert (tmp_path / "run").stat().st_mode & 0o7777 == 0o640


@needs_posix
def test_git_applies_the_diff_of_a_mode(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("x\n")
    plan = make_plan(tmp_path, {"a": "x\n", "b": "y\n", "new": "z\n"}, executable={"a", "b", "new"}, force=True)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=plan.diff().encode(), check=True)
    assert make_plan(tmp_path, {"a": "x\n", "b": "y\n", "new": "z\n"}, executable={"a", "b", "new"}).writes == ()


@needs_posix
def test_a_mode_that_changed_since_the_plan_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x\n")
    plan = make_plan(tmp_path, {"run": "x\n"}, executable={"run"})
    (tmp_path / "run").chmod(0o755)
    with pytest.raises(ConflictError):
        apply_plan(plan)


@needs_posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o4755, 0o2755, 0o1644, 0o444])
def test_a_replaced_file_keeps_its_mode_but_never_gets_the_rights_of_another_user(tmp_path: Path, mode: int) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "a").chmod(mode)
    apply_plan(make_plan(tmp_path, {"a": "new\n"}, force=True))
    assert (tmp_path / "a").stat().st_mode & 0o7777 == mode & 0o777


@needs_posix
def test_no_one_else_can_read_a_secret_while_it_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "a").chmod(0o600)
    seen: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.extend(path.stat().st_mode & 0o777 for path in tmp_path.iterdir())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    apply_plan(make_plan(tmp_path, {"a": "new\n"}, force=True))
    assert len(seen) > 2
    assert set(seen) == {0o600}


@needs_root
def test_root_gives_files_to_whom_they_belong(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/old").write_text("old\n")
    os.chown(tmp_path / "mine", NOBODY, NOBODY)
    os.chown(tmp_path / "mine/old", NOBODY, 12)
    (tmp_path / "roots").write_text("old\n")
    new = {"mine/old": "new\n", "mine/new": "new\n", "mine/deep/er/new": "new\n", "roots": "new\n", "fresh": "new\n"}
    apply_plan(make_plan(tmp_path, new, force=True))

    def owner(path: str) -> tuple[int, int]:
        status = (tmp_path / path).stat()
        return status.st_uid, status.st_gid

    assert owner("mine/old") == (NOBODY, 12)
    assert {owner(path) for path in ("mine/new", "mine/deep", "mine/deep/er", "mine/deep/er/new")} == {(NOBODY, NOBODY)}
    assert owner("roots")[0] == owner("fresh")[0] == 0


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="needs extended attributes")
def test_a_file_keeps_its_attributes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\n")
    try:
        os.setxattr(tmp_path / "a", "user.genfile", b"mine")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    apply_plan(make_plan(tmp_path, {"a": "new\n"}, force=True))
    assert os.getxattr(tmp_path / "a", "user.genfile") == b"mine"


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*arguments: object, **options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    apply_plan(make_plan(tmp_path, {"a/b": "new\n", "c": "new\n"}))
    assert (tmp_path / "a/b").read_text() == (tmp_path / "c").read_text() == "new\n"
    assert len(list(tmp_path.rglob("*"))) == 3


@needs_posix
def test_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    apply_plan(make_plan(tmp_path, {"x" * 255: "new\n"}))
    apply_plan(accept_conflicts(make_plan(tmp_path, {"x" * 255: "newer\n"})))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["newer\n"]


@needs_posix
def test_a_folder_that_can_be_entered_but_not_listed(tmp_path: Path) -> None:
    """As any user but root: such a folder can be written into."""
    tmp_path.chmod(0o755)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").write_text("old\n")
    (tmp_path / "in").chmod(0o311)
    try:
        apply_plan(make_plan(tmp_path, {"in/a": "new\n"}, force=True))
        assert (tmp_path / "in/a").read_text() == "new\n"
    finally:
        (tmp_path / "in").chmod(0o755)


def test_folders_that_the_plan_wants_are_not_dropped_as_empty(tmp_path: Path) -> None:
    (tmp_path / "data/in").mkdir(parents=True)
    (tmp_path / "data/in/x").write_text("x")
    apply_plan(Plan(tmp_path, (Change("data/in/x", "delete", b"x", None),), ("data/in",)))
    assert (tmp_path / "data/in").is_dir()
    (tmp_path / "data/in/x").write_text("x")
    apply_plan(Plan(tmp_path, (Change("data/in/x", "delete", b"x", None),)))
    assert list(tmp_path.iterdir()) == []


def test_only_a_line_feed_ends_a_line_of_a_diff(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("one\rtwo\u2028three\nend\n".encode())
    diff = make_plan(tmp_path, {"a": "one\rtwo\u2028three\nnew\n"}, force=True).diff()
    assert diff.split("\n")[2:6] == ["@@ -1,2 +1,2 @@", " one\rtwo\u2028three", "-end", "+new"]
