"""The three-way merge: its laws, and git's word on the same edits."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.project.merge import Conflict, Part, merge, merge_units
from genfile.project.threeway import has_markers, merge_texts

ITEMS = st.lists(st.sampled_from("abcdef"), max_size=12)
MERGES = pytest.mark.parametrize("function", [merge, merge_units])


def plain(parts: list[Part]) -> list[str]:
    assert not any(isinstance(part, Conflict) for part in parts)
    return [item for part in parts if not isinstance(part, Conflict) for item in part]


def swapped(parts: list[Part]) -> list[Part]:
    return [Conflict(p.base, p.theirs, p.yours) if isinstance(p, Conflict) else p for p in parts]


def joined(parts: list[Part]) -> list[Part]:
    """Neighbours that are no conflicts as one."""
    result: list[Part] = []
    for part in parts:
        if result and not isinstance(part, Conflict) and not isinstance(last := result[-1], Conflict):
            result[-1] = (*last, *part)
        else:
            result.append(part)
    return result


@MERGES
@settings(deadline=None, max_examples=200)
@given(base=ITEMS, one=ITEMS)
def test_one_side_that_did_nothing_gives_way(function: type, base: list[str], one: list[str]) -> None:
    assert plain(function(base, one, base)) == one
    assert plain(function(base, base, one)) == one
    assert plain(function(base, one, one)) == one


@MERGES
@settings(deadline=None, max_examples=300)
@given(base=ITEMS, yours=ITEMS, theirs=ITEMS)
def test_sides_can_be_swapped_and_nothing_is_made_up(
    function: type, base: list[str], yours: list[str], theirs: list[str]
) -> None:
    parts = function(base, yours, theirs)
    assert joined(swapped(parts)) == joined(function(base, theirs, yours))
    for part in parts:
        sides = (part.yours, part.theirs) if isinstance(part, Conflict) else (part,)
        assert all(item in yours or item in theirs for side in sides for item in side)
    # What one side added to the base is in the result, or in a conflict.
    text = [x for part in parts for x in ((*part.yours, *part.theirs) if isinstance(part, Conflict) else part)]
    assert set(yours) - set(base) <= set(text)
    assert set(theirs) - set(base) <= set(text)


def edited(lines: list[str], source: random.Random, side: str) -> list[str]:
    result = list(lines)
    for number in range(source.randint(1, 4)):
        at = source.randrange(len(result))
        action = source.choice(["change", "delete", "insert"])
        if action == "delete":
            del result[at]
        else:
            result[at : at + (action == "change")] = [f"{side}{number}\n"]
    return result


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_says_the_same(tmp_path: Path) -> None:
    source = random.Random(7)
    clean = 0
    for _ in range(60):
        base = [f"line {number}\n" for number in range(30)]
        sides = base, edited(base, source, "mine"), edited(base, source, "theirs")
        for name, lines in zip("bmt", sides, strict=True):
            (tmp_path / name).write_text("".join(lines))
        command = ["git", "merge-file", "-p", "--diff3", "m", "b", "t"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        parts = merge(*sides)
        conflicts = sum(isinstance(part, Conflict) for part in parts)
        assert (done.returncode > 0) == (conflicts > 0)
        if not conflicts:
            clean += 1
            assert "".join(plain(parts)) == done.stdout
    assert clean > 10


def merged(path: str, base: str, yours: str, theirs: str) -> tuple[str, int]:
    done = merge_texts(path, base.encode(), yours.encode(), theirs.encode(), mode="markers", label="1.0 (node)")
    return done.content.decode(), done.conflicts


def test_markers_are_those_that_editors_know() -> None:
    text, conflicts = merged("a.txt", "a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc")
    assert conflicts == 1
    assert text == (
        "a\n<<<<<<< yours\nmine\nc\n||||||| last written by genfile\nb\nc\n"
        "=======\ntheirs\nc\n>>>>>>> genfile 1.0 (node)\n"
    )
    assert has_markers(text.encode())
    assert not has_markers(b"a\n=======\n")


def test_conflicts_can_be_settled_for_one_side() -> None:
    sides = (b"a\nb\nc\n", b"a\nmine\nc\n", b"A\ntheirs\nc\n")
    assert merge_texts("x", *sides, mode="keep", label="").content == b"a\nmine\nc\n"
    assert merge_texts("x", *sides, mode="theirs", label="").content == b"A\ntheirs\nc\n"


def test_newlines_and_the_byte_order_mark_of_the_user_stay() -> None:
    text, conflicts = merged("a", "a\nb\nc\nd\n", "\ufeffA\r\nb\r\nc\r\nd\r\n", "a\nb\nc\nD\n")
    assert (text, conflicts) == ("\ufeffA\r\nb\r\nc\r\nD\r\n", 0)


BASE = 'FROM node:22 AS build\n# deps\nCOPY a .\nRUN npm ci \\\n    && npm run build\nCMD ["node"]\n'


def test_instructions_that_touch_do_not_conflict() -> None:
    yours = BASE.replace("COPY a .", "COPY a b .")
    theirs = BASE.replace("npm ci", "npm ci --omit=dev")
    assert merged("api/Dockerfile", BASE, yours, theirs) == (yours.replace("npm ci", "npm ci --omit=dev"), 0)
    assert merged("notes.txt", BASE, yours, theirs)[1] == 1


def test_of_several_instructions_only_the_one_that_clashes_is_shown() -> None:
    yours = BASE.replace("node:22", "node:23").replace("COPY a .", "COPY b .")
    theirs = BASE.replace("COPY a .", "COPY c .").replace("npm ci", "npm install")
    text, conflicts = merged("Dockerfile", BASE, yours, theirs)
    assert conflicts == 1
    assert text.startswith("FROM node:23 AS build\n# deps\n<<<<<<< yours\nCOPY b .\n|||||||")
    assert text.endswith('>>>>>>> genfile 1.0 (node)\nRUN npm install \\\n    && npm run build\nCMD ["node"]\n')


def test_what_is_no_dockerfile_is_merged_by_lines() -> None:
    text, conflicts = merged("Dockerfile", "FROM a\nRUN x\n", "FROM a\nNONSENSE y\n", "FROM b\nRUN x\n")
    assert conflicts == 1
    assert "NONSENSE y" in text


def test_ignore_files_are_sets_of_lines() -> None:
    assert merged(".dockerignore", "a\nb\n", "a\nb\nmine\n", "b\ntheirs\n") == ("b\nmine\ntheirs\n", 0)
    assert merged(".dockerignore", "a\nb", "a\nmine", "a\nb\ntheirs\n") == ("a\nmine\ntheirs\n", 0)
