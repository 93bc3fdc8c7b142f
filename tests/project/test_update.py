"""Three sides of every file to a plan, and the plan to the disk."""

from pathlib import Path

import pytest

from genfile.errors import ConflictError, UsageError, WriteError
from genfile.project import bases as lock
from genfile.project.apply import apply_plan
from genfile.project.plan import Change, Plan, make_plan
from genfile.project.update import make_update


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / name).write_text(text)


def test_every_case_of_a_file(tmp_path: Path) -> None:
    put(tmp_path, same="1\n", edited="mine\n", old="1\n", both="a\nb\nc\nD\n", gone="1\n", kept="mine\n", own="x\n")
    base = dict.fromkeys(("same", "edited", "old", "gone", "kept", "deleted", "away"), b"1\n")
    base["both"] = b"a\nb\nc\nd\n"
    theirs = dict.fromkeys(("same", "edited", "deleted", "new"), b"1\n")
    theirs |= {"old": b"2\n", "both": b"A\nb\nc\nd\n"}
    update = make_update(tmp_path, lock.Bases(base), theirs)
    actions = {change.path: change.action for change in update.plan.changes}
    assert actions == {
        "same": "unchanged",
        "edited": "unchanged",
        "old": "replace",
        "both": "merge",
        "gone": "delete",
        "kept": "keep",
        "deleted": "keep",
        "new": "create",
    }
    assert update.conflicts == ()
    assert len(update.notes) == 2
    apply_plan(update.plan)
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {
        "same": "1\n", "edited": "mine\n", "old": "2\n", "both": "A\nb\nc\nD\n", "kept": "mine\n", "own": "x\n",
        "new": "1\n",
    }  # fmt: skip


def test_a_file_that_both_made_is_a_conflict_that_keeps_both(tmp_path: Path) -> None:
    put(tmp_path, a="mine\n")
    update = make_update(tmp_path, lock.Bases(), {"a": b"theirs\n"})
    assert update.conflicts == ("a",)
    apply_plan(update.plan)
    text = (tmp_path / "a").read_text()
    assert "mine\n" in text
    assert "theirs\n" in text


def test_what_is_no_text_is_put_beside(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\0mine")
    update = make_update(tmp_path, lock.Bases({"a.png": b"\0"}), {"a.png": b"\0theirs"})
    assert update.conflicts == ("a.png",)
    apply_plan(update.plan)
    assert (tmp_path / "a.png").read_bytes() == b"\0mine"
    assert (tmp_path / "a.png.theirs").read_bytes() == b"\0theirs"


def test_large_files_are_known_by_their_digest(tmp_path: Path) -> None:
    large = b"x" * (lock.MAX_KEPT + 1)
    kept = lock.read_bases(lock.write_bases(None, lock.Bases({"a": large, "b/c d": b"\xff\0", "e": b""}))).files
    assert kept == {"a": lock.digest(large), "b/c d": b"\xff\0", "e": b""}
    (tmp_path / "a").write_bytes(large)
    update = make_update(tmp_path, lock.Bases({"a": kept["a"]}), {"a": b"new"})
    assert [change.action for change in update.plan.changes] == ["replace"]


def test_the_rest_of_the_lock_stays(tmp_path: Path) -> None:
    text = lock.write_bases('# mine\nversion = 1\n\n[other]\na = "b" # why\n', lock.Bases({"a": b"1"}))
    assert text.startswith("# mine\n")
    assert 'a = "b" # why' in text
    assert lock.read_bases(lock.write_bases(text, lock.Bases({"z": b"2"}))).files == {"z": b"2"}


def test_what_presets_record_and_what_templates_record_stand_side_by_side() -> None:
    from genfile.project.lock import set_locked
    from genfile.spec.config import LockedPreset

    text = lock.write_bases(None, lock.Bases({"a": b"1"}))
    text = set_locked(text, "shop", LockedPreset(source="./p", sha256="0" * 64))
    text = lock.write_bases(text, lock.Bases({"a": b"2"}))
    assert lock.read_bases(set_locked(text, "other", LockedPreset(source="./o", sha256="1" * 64))).files == {"a": b"2"}
    assert "[presets.shop]" in text


def test_the_lock_stays_small() -> None:
    import random

    source = random.Random(1)
    files = {f"{number}": source.randbytes(100_000) for number in range(20)}
    text = lock.write_bases(None, lock.Bases(files))
    assert len(text) < 1024 * 1024
    assert sum(isinstance(kept, bytes) for kept in lock.read_bases(text).files.values()) >= 4


@pytest.mark.parametrize("value", ["not base85 \\u0001", "c-m"])
def test_a_damaged_lock_is_one_line(value: str) -> None:
    with pytest.raises(UsageError, match="damaged"):
        lock.read_bases(f'[template.files]\na = "{value}"\n')


def test_a_bomb_in_the_lock_does_not_go_off() -> None:
    import base64
    import zlib

    bomb = base64.b85encode(zlib.compress(b"\0" * 50_000_000)).decode()
    with pytest.raises(UsageError, match="damaged"):
        lock.read_bases(f'[template.files]\na = "{bomb}"\n')


def test_executable_files_binary_files_and_empty_folders(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    files: dict[str, str | bytes] = {"run.sh": "#!/bin/sh\n", "logo.png": b"\xff\0"}
    apply_plan(make_plan(root, files, executable={"run.sh"}, folders=("data/in",)))
    assert (root / "run.sh").stat().st_mode & 0o100
    assert not (root / "logo.png").stat().st_mode & 0o111
    assert (root / "logo.png").read_bytes() == b"\xff\0"
    assert (root / "data/in").is_dir()


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    put(tmp_path, keep="1", gone="2")
    changes = (
        Change("new/a", "create", None, b"x"),
        Change("gone", "delete", b"2", None),
        Change("keep", "replace", b"not what is there", b"y"),
    )
    with pytest.raises(ConflictError):
        apply_plan(Plan(tmp_path, changes, ("empty",)))
    assert {path.name for path in tmp_path.iterdir()} == {"keep", "gone"}
    with pytest.raises(ConflictError):
        apply_plan(Plan(tmp_path / "made", (Change("a", "replace", b"old", b"y"),)))
    assert not (tmp_path / "made").exists()


def test_no_file_is_written_behind_a_link_that_leads_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(WriteError, match="out is behind a link that points outside of"):
        make_plan(root, {"out/a": "x"})


def test_a_file_in_the_way_of_a_folder_is_one_line(tmp_path: Path) -> None:
    put(tmp_path, a="1")
    with pytest.raises(WriteError, match="a/b"):
        make_plan(tmp_path, {"a/b": "x"})
