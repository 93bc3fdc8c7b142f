"""Who may undo what: a journal is the user's own, and undoing touches only what genfile itself has put there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run
from genfile.errors import ConflictError, GenfileError
from genfile.project import apply, journal, state
from genfile.project.apply import apply_plan
from genfile.project.plan import Change, Plan, make_plan
from genfile.project.state import BusyError
from tests.project.crashing import in_child, leftovers, snapshot

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and signals")


T = ".genfile-0123456789ab.tmp"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def crash(root: Path, plan: Plan, *, renamed: int = 1) -> None:
    """Apply a plan in a process that ends without a word once so many files have been renamed."""

    def work() -> None:
        real, left = apply._put, [renamed]

        def put(*arguments: object) -> None:
            if not left[0]:
                os._exit(1)
            left[0] -= 1
            real(*arguments)  # type: ignore[arg-type]

        apply._put = put  # type: ignore[assignment]
        apply_plan(plan)

    in_child(work)


def crashed(root: Path) -> Path:
    """A tree in which the first of two files is the new one."""
    root.mkdir(exist_ok=True)
    for name in ("a", "b"):
        (root / name).write_text("old\n")
    crash(root, make_plan(root, {"a": "new\n", "b": "new\n"}, force=True))
    assert (root / "a").read_text() == "new\n"
    assert (root / "b").read_text() == "old\n"
    return root


COMMANDS = [
    ["init", "{root}", "--yes", "--dry-run"],
    ["inspect", "{root}"],
    ["new", "--list"],
    ["update", "{root}"],
    ["presets", "list"],
    ["presets", "update", "--path", "{root}"],
    ["render", "{root}/spec.json", "--output", "{root}"],
    ["schema", "spec"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_every_command_undoes_what_was_interrupted(
    tmp_path: Path, own: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    root = crashed(tmp_path / "tree")
    run([word.format(root=root) for word in command])
    assert (root / "a").read_text() == "old\n"
    assert capfd.readouterr().err.splitlines()[0] == (
        f"note: {root}: a run of genfile was interrupted and is undone: the files are as they were before it"
    )
    assert leftovers(own) == []
    run([word.format(root=root) for word in command])
    assert "interrupted" not in capfd.readouterr().err


def test_the_version_alone_touches_nothing(tmp_path: Path, own: Path) -> None:
    root = crashed(tmp_path / "tree")
    before = snapshot(root)
    subprocess.run([sys.executable, "-m", "genfile", "--version"], check=True, capture_output=True)
    assert snapshot(root) == before


def test_the_api_undoes_before_it_writes(tmp_path: Path, own: Path) -> None:
    root = crashed(tmp_path / "tree")
    plan = make_plan(root, {"a": "newer\n"}, force=True)
    with pytest.raises(ConflictError, match="just now"):
        apply_plan(plan)
    assert (root / "a").read_text() == "old\n"
    apply_plan(make_plan(root, {"a": "newer\n"}, force=True))
    assert (root / "a").read_text() == "newer\n"


def test_a_journal_in_a_tree_means_nothing(tmp_path: Path, own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Wherever a stranger puts a copy of a real journal: genfile reads none but those of the user's state folder."""
    root = crashed(tmp_path / "tree")
    (planted,) = own.rglob("*.journal")
    for place in (".", ".genfile", ".local/state/genfile", "genfile", "state/genfile"):
        (root / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(planted, root / place)
        shutil.copy(planted, root / place / "journal")
    planted.unlink()
    (root / "package.json").write_text('{"name": "a", "scripts": {"start": "node a.js"}}')
    before = snapshot(root)
    here = Path.cwd()
    os.chdir(root)
    try:
        assert run(["inspect", "."]) == 0
        assert run(["init", ".", "--dry-run", "--yes"]) == 0
    finally:
        os.chdir(here)
    assert snapshot(root) == before
    assert "interrupted" not in capfd.readouterr().err


def _planted(own: Path, root: Path, **head: object) -> Path:
    """A journal as an attacker would like to have it, even where only the user can put one."""
    entry = {"path": "a", "temporary": T, "old": None, "new": None}
    plain: dict[str, object] = {
        "folder": str(root), "inode": root.stat().st_ino, "made": [], "modes": {}, "entries": [entry],
    }  # fmt: skip
    folder = own / "genfile"
    folder.mkdir(parents=True, mode=0o700)
    file = folder / state.journal_name(root)
    file.write_text(json.dumps({**plain, **head}) + "\n{}\n")
    return file


def _evil(**entry: object) -> list[dict[str, object]]:
    return [{"path": "a", "temporary": T, "old": None, "new": "0" * 64, **entry}]


EVIL: dict[str, dict[str, object]] = {
    "any file as a temporary": {"entries": _evil(temporary="mine")},
    "path outside": {"entries": _evil(path="../victim")},
    "temporary outside": {"entries": _evil(temporary=f"../{T}")},
    "absolute path": {"entries": _evil(temporary=f"/{T}")},
    "version control": {"entries": _evil(temporary=f".git/{T}")},
    "through a link": {"entries": _evil(temporary=f"out/{T}")},
    "file of the user's": {"entries": _evil(path="mine")},
    "folder outside": {"made": ["../empty"]},
    "folder of version control": {"made": [".git/refs"]},
    "another folder": {"inode": 1, "entries": _evil(temporary=f"sub/{T}")},
    "nonsense": {"entries": [1, None, "x"]},
}


@pytest.mark.parametrize("kind", EVIL)
def test_even_a_forged_journal_stays_inside(tmp_path: Path, own: Path, kind: str) -> None:
    root = tmp_path / "tree"
    (root / ".git/refs").mkdir(parents=True)
    (root / ".git/HEAD").write_text("ref\n")
    (root / "sub").mkdir()
    for place in (tmp_path, root / ".git", root / "sub"):
        (place / T).write_text("not genfile's\n")
    (root / "mine").write_text("mine\n")
    (root / "out").symlink_to(tmp_path)
    (tmp_path / "victim").write_text("victim\n")
    (tmp_path / "empty").mkdir()
    before = {path: found for path, found in snapshot(tmp_path).items() if not path.startswith("state")}
    _planted(own, root, **EVIL[kind])
    run(["new", "--list"])
    assert {path: found for path, found in snapshot(tmp_path).items() if not path.startswith("state")} == before


def test_a_folder_that_others_can_write_into_holds_no_journal(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    root = crashed(tmp_path / "tree")
    (own / "genfile").chmod(0o777)
    run(["new", "--list"])
    assert (root / "a").read_text() == "new\n"
    (own / "genfile").chmod(0o700)
    run(["new", "--list"])
    assert (root / "a").read_text() == "old\n"


def test_without_a_home_journals_lie_among_the_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file/state"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    root = crashed(tmp_path / "tree")
    assert len(leftovers(tmp_path / "tmp")) == 1
    run(["new", "--list"])
    assert (root / "a").read_text() == "old\n"
    assert leftovers(tmp_path / "tmp") == []


def test_without_any_place_for_a_journal_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file/state"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file/tmp"))
    apply_plan(make_plan(tmp_path, {"a": "1\n", "b/c": "2\n"}))
    assert (tmp_path / "b/c").read_text() == "2\n"
    with pytest.raises(ConflictError):
        apply_plan(Plan(tmp_path, (Change("d", "create", None, b"x"), Change("e", "replace", b"not there", b"x"))))
    assert not (tmp_path / "d").exists()


def test_another_tree_in_the_same_place_is_left_alone(tmp_path: Path, own: Path) -> None:
    """The tree was deleted and made anew, with the very files that genfile had written committed in it."""
    root = crashed(tmp_path / "tree")
    root.rename(tmp_path / "old")
    root.mkdir()
    for name in ("a", "b"):
        (root / name).write_text("new\n")
    before = snapshot(root)
    run(["new", "--list"])
    assert snapshot(root) == before
    apply_plan(make_plan(root, {"c": "1\n"}))
    assert leftovers(own) == []
    assert (root / "a").read_text() == "new\n"


def test_the_journal_of_a_tree_that_is_gone_waits_for_a_month(tmp_path: Path, own: Path) -> None:
    root = crashed(tmp_path / "tree")
    root.rename(tmp_path / "away")
    run(["new", "--list"])
    assert len(leftovers(own)) == 1
    (tmp_path / "away").rename(root)
    run(["new", "--list"])
    assert (root / "a").read_text() == "old\n"
    shutil.rmtree(crashed(root))
    (file,) = own.rglob("*.journal")
    os.utime(file, (0, 0))
    run(["new", "--list"])
    assert leftovers(own) == []


def test_a_journal_that_was_never_written_is_dropped(tmp_path: Path, own: Path) -> None:
    (own / "genfile").mkdir(parents=True, mode=0o700)
    for number, text in enumerate(("", "{", '{"folder": "/x"')):
        (own / f"genfile/{number}.journal").write_text(text)
    run(["new", "--list"])
    assert leftovers(own) == []


def test_a_file_that_came_back_with_the_same_content_is_the_users(
    tmp_path: Path, own: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = crashed(tmp_path / "tree")
    shutil.copy(root / "a", root / "copy")
    (root / "copy").replace(root / "a")
    run(["new", "--list"])
    assert (root / "a").read_text() == "new\n"
    assert "; a changed since then and was left as it is\n" in capfd.readouterr().err


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tmp_path: Path, own: Path) -> None:
    root = crashed(tmp_path / "tree")
    (tmp_path / "victim").write_text("new\n")
    (root / "a").unlink()
    (root / "a").symlink_to(tmp_path / "victim")
    run(["new", "--list"])
    assert (root / "a").is_symlink()
    assert (tmp_path / "victim").read_text() == "new\n"


def test_what_cannot_be_undone_is_said_and_tried_again(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = crashed(tmp_path / "tree")
    real = os.replace

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    assert run(["new", "--list"]) == 0
    assert capfd.readouterr().err == (
        f"warning: {root}: a run of genfile was interrupted and can't be undone: "
        "a can't be restored: read-only file system\n"
    )
    monkeypatch.setattr(os, "replace", real)
    run(["new", "--list"])
    assert (root / "a").read_text() == "old\n"


def test_a_failure_that_cannot_be_undone_at_once_is_undone_later(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("old\n")
    plan = make_plan(tmp_path, {"a": "new\n", "b": "new\n"}, force=True)
    real, done = os.replace, []

    def once(*arguments: Any, **options: Any) -> None:
        done.append(arguments)
        if len(done) > 1:
            raise OSError(5, "Input/output error")
        real(*arguments, **options)

    monkeypatch.setattr(os, "replace", once)
    with pytest.raises(GenfileError, match="input/output error") as caught:
        apply_plan(plan)
    assert "will try again" in str(caught.value.hint)
    assert (tmp_path / "a").read_text() == "new\n"
    monkeypatch.setattr(os, "replace", real)
    run(["new", "--list"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == {
        "a": "old\n",
        "b": "old\n",
    }


def test_a_run_that_is_at_work_is_left_alone_and_waited_for_in_vain(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = crashed(tmp_path / "tree")
    monkeypatch.setattr(state, "WAIT", 0.1)
    with state.locked(root):
        run(["new", "--list"])
        assert (root / "a").read_text() == "new\n"
        assert capfd.readouterr().err == ""
        with pytest.raises(BusyError, match="another genfile process is writing to"):
            apply_plan(make_plan(root, {"c": "1\n"}))
    run(["new", "--list"])
    assert (root / "a").read_text() == "old\n"


def test_a_lock_ends_with_its_process(tmp_path: Path, own: Path) -> None:
    def hold() -> None:
        with state.locked(tmp_path):
            os._exit(1)

    in_child(hold)
    with state.locked(tmp_path, wait=0):
        pass
    assert [path for path in tmp_path.iterdir() if path != own] == []


def test_where_folders_cannot_be_locked_a_file_of_the_state_folder_is(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    real = fcntl.flock

    def flock(descriptor: int, operation: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir():
            raise OSError(9, "Bad file descriptor")
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with state.locked(tmp_path), pytest.raises(BusyError), state.locked(tmp_path, wait=0):
        pass
    with state.locked(tmp_path, wait=0):
        pass
    assert [path.suffix for path in own.rglob("*.*")] == [".lock"]


def test_where_nothing_can_be_locked_files_are_written_all_the_same(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    apply_plan(make_plan(tmp_path, {"a": "1\n"}))
    assert (tmp_path / "a").read_text() == "1\n"


def test_two_projects_do_not_wait_for_each_other(tmp_path: Path, own: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with state.locked(tmp_path / "one"):
        apply_plan(make_plan(tmp_path / "other", {"a": "1\n"}))


def test_no_journal_is_left_and_none_is_made_for_nothing(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = journal.Record._write

    def write(record: journal.Record, flags: int, text: str, *, sync: bool = False) -> None:
        made.append(text)
        real(record, flags, text, sync=sync)

    monkeypatch.setattr(journal.Record, "_write", write)
    apply_plan(make_plan(tmp_path, {"a": "1\n"}))
    assert len(made) == 2
    apply_plan(make_plan(tmp_path, {"a": "1\n"}))
    assert len(made) == 2
    assert leftovers(own) == []


def test_two_files_cost_few_waits_for_the_disk(tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each file, two for the journal, one for the folder, one for the end of the journal."""
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    apply_plan(make_plan(tmp_path, {"Dockerfile": "1\n", ".dockerignore": "2\n"}))
    assert len(calls) == 6
