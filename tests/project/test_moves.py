"""Renames and executable bits in an update: what the user did to a file goes where the file goes."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.errors import ConflictError
from genfile.project.apply import apply_plan
from genfile.project.bases import Bases
from genfile.project.update import Update, make_update

OLD = "".join(f"line {number}\n" for number in range(10))
NEW = OLD.replace("line 8", "line eight")
MINE = OLD.replace("line 1\n", "my line\n")


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def updated(root: Path, base: dict[str, str], theirs: dict[str, str], **options: object) -> Update:
    old = Bases({path: text.encode() for path, text in base.items()}, frozenset())
    update = make_update(root, old, {path: text.encode() for path, text in theirs.items()}, **options)  # type: ignore[arg-type]
    apply_plan(update.plan)
    return update


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_edits_move_along_with_a_renamed_file(tmp_path: Path) -> None:
    update = updated(put(tmp_path, {"src/old.py": MINE}), {"src/old.py": OLD}, {"lib/new.py": NEW})
    assert texts(tmp_path) == {"lib/new.py": MINE.replace("line 8", "line eight")}
    assert not (tmp_path / "src").exists()
    assert update.notes == ("src/old.py is now lib/new.py, with your edits",)
    assert update.conflicts == ()


def test_a_conflict_is_marked_under_the_new_name(tmp_path: Path) -> None:
    update = updated(put(tmp_path, {"a": MINE}), {"a": OLD}, {"b": OLD.replace("line 1\n", "their line\n")})
    assert update.conflicts == ("b",)
    assert list(texts(tmp_path)) == ["b"]
    assert all(line in texts(tmp_path)["b"] for line in ("my line\n", "their line\n", "line 1\n", "<<<<<<< yours\n"))


def test_what_was_not_edited_is_simply_the_new_one(tmp_path: Path) -> None:
    update = updated(put(tmp_path, {"a": OLD}), {"a": OLD}, {"b": NEW})
    assert texts(tmp_path) == {"b": NEW}
    assert update.notes == ()


def test_the_user_renamed_it_too(tmp_path: Path) -> None:
    update = updated(put(tmp_path, {"b": MINE}), {"a": OLD}, {"b": NEW})
    assert texts(tmp_path) == {"b": MINE.replace("line 8", "line eight")}
    assert update.conflicts == ()


def test_the_user_deleted_it(tmp_path: Path) -> None:
    update = updated(tmp_path, {"a": OLD}, {"b": NEW})
    assert texts(tmp_path) == {"b": NEW}
    assert update.notes == ("a is now b; you deleted a, so b is new",)


def test_the_user_has_another_file_of_the_new_name(tmp_path: Path) -> None:
    update = updated(put(tmp_path, {"a": MINE, "b": "own\n"}), {"a": OLD}, {"b": NEW})
    assert texts(tmp_path)["a"] == MINE
    assert "own\n" in texts(tmp_path)["b"]
    assert update.conflicts == ("b",)


def test_what_is_no_text_moves_too_and_the_new_one_stands_beside(tmp_path: Path) -> None:
    base, mine, new = b"\0" + OLD.encode(), b"\0" + MINE.encode(), b"\0" + NEW.encode()
    (tmp_path / "a").write_bytes(mine)
    update = make_update(tmp_path, Bases({"a": base}), {"b": new})
    apply_plan(update.plan)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b": mine, "b.theirs": new}
    assert update.conflicts == ("b",)


def test_a_file_of_the_users_is_not_taken_for_the_one_that_is_put_beside(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\0mine")
    (tmp_path / "a.theirs").write_bytes(b"my own")
    with pytest.raises(ConflictError, match=r"a\.theirs is in the way"):
        make_update(tmp_path, Bases({"a": b"\0"}), {"a": b"\0theirs"})


def test_another_case_of_a_name_where_the_system_knows_none(tmp_path: Path) -> None:
    """Two names of one file, as on macOS and Windows: it is not deleted by its old one."""
    put(tmp_path, {"readme": MINE})
    os.link(tmp_path / "readme", tmp_path / "README")
    update = updated(tmp_path, {"readme": OLD}, {"README": NEW})
    assert (tmp_path / "README").read_text() == MINE.replace("line 8", "line eight")
    assert not [change for change in update.plan.changes if change.action == "delete"]


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), max_size=8).map("".join)
NAMES = st.sampled_from(["one", "two", "x/three"])
EDITS = st.dictionaries(NAMES, st.tuples(LINES, st.integers(0, 8)), max_size=3)


@settings(deadline=None, max_examples=150)
@given(base=st.dictionaries(NAMES, LINES, max_size=3), theirs=st.dictionaries(NAMES, LINES, max_size=3), edits=EDITS)
def test_no_edit_of_the_users_is_lost(
    base: dict[str, str],
    theirs: dict[str, str],
    edits: dict[str, tuple[str, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever is renamed, dropped and made anew: each line that the user wrote stands somewhere afterwards."""
    root = tmp_path_factory.mktemp("project")
    mine = dict(base)
    written = set()
    for name, (start, at) in edits.items():
        line = f"mine in {name}\n"
        lines = mine.get(name, start).splitlines(keepends=True)
        mine[name] = "".join([*lines[:at], line, *lines[at:]])
        written.add(line)
    updated(put(root, mine), base, theirs)
    found = "".join(texts(root).values())
    assert all(line in found for line in written)


BITS = [
    # base, yours, theirs, then
    (False, False, True, True),
    (True, True, False, False),
    (False, True, False, True),
    (True, False, True, False),
    (True, False, False, False),
    (False, True, True, True),
]


@pytest.mark.parametrize("renamed", [False, True], ids=["same name", "renamed"])
@pytest.mark.parametrize("changed", [False, True], ids=["same content", "changed"])
@pytest.mark.parametrize(("base", "yours", "theirs", "then"), BITS)
def test_the_executable_bit_is_merged_as_contents_are(
    base: bool, yours: bool, theirs: bool, then: bool, changed: bool, renamed: bool, tmp_path: Path
) -> None:
    put(tmp_path, {"run": MINE}).joinpath("run").chmod(0o755 if yours else 0o644)
    new = "go" if renamed else "run"
    old = Bases({"run": OLD.encode()}, frozenset({"run"} if base else ()))
    content = (NEW if changed else OLD).encode()
    update = make_update(tmp_path, old, {new: content}, executable={new} if theirs else set())
    apply_plan(update.plan)
    mode = (tmp_path / new).stat().st_mode & 0o777
    assert mode == (0o755 if then else 0o644)
    text = MINE.replace("line 8", "line eight") if changed else MINE
    assert texts(tmp_path) == {new: text}


def test_of_an_older_lock_that_knows_no_bits_they_stay_as_they_are(tmp_path: Path) -> None:
    put(tmp_path, {"run": OLD, "other": OLD + "x\n"}).joinpath("other").chmod(0o755)
    base = Bases({"run": OLD.encode(), "other": OLD.encode() + b"x\n"}, None)
    theirs = {"run": OLD.encode(), "other": NEW.encode(), "new": b"new\n"}
    update = make_update(tmp_path, base, theirs, executable={"run", "new"})
    apply_plan(update.plan)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"run": 0o644, "other": 0o755, "new": 0o755}
