"""Which files were renamed: by what is in them, the best match first, and never two at once."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.project.bases import digest
from genfile.project.renames import MAX_LINES, SIMILAR, find_renames

CONTENTS = st.lists(st.sampled_from([b"a\n", b"bb\n", b"ccc\n", b"dddd\n"]), max_size=6).map(b"".join)
SIDE = st.dictionaries(st.sampled_from(["a", "b/a", "c", "d/c", "e"]), CONTENTS, max_size=5)


def lines(*numbers: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in numbers)


def test_the_same_content_goes_before_what_is_alike() -> None:
    gone = {"a": lines(*range(10)), "b": lines(*range(9), 99)}
    assert find_renames(gone, {"z": lines(*range(9), 99)}) == {"b": "z"}
    assert find_renames(gone, {"z": lines(*range(9), 99), "y": lines(*range(9), 98)}) == {"b": "z", "a": "y"}


@pytest.mark.parametrize(("shared", "found"), [(5, {"a": "b"}), (4, {})])
def test_half_of_the_lines_have_to_be_there(shared: int, found: dict[str, str]) -> None:
    new = lines(*range(10, 10 + shared), *range(50, 60 - shared))
    assert find_renames({"a": lines(*range(10, 20))}, {"b": new}) == found


def test_the_best_match_is_taken_first() -> None:
    new = {"x": lines(*range(10))}
    assert find_renames({"a": lines(*range(6), *range(20, 24)), "b": lines(*range(9))}, new) == {"b": "x"}


def test_of_equals_the_one_of_the_same_name_is_taken() -> None:
    same = lines(1, 2, 3)
    gone = {"a/one": same, "a/two": same}
    assert find_renames(gone, {"b/two": same, "b/one": same}) == {"a/one": "b/one", "a/two": "b/two"}
    assert find_renames({"a/two": same, "a/one": same}, {"z/two": same + b"!\n"}) == {"a/two": "z/two"}


def test_large_files_are_known_by_their_digest_and_empty_ones_not_at_all() -> None:
    assert find_renames({"a": digest(b"x")}, {"b": b"x", "c": b""}) == {"a": "b"}
    assert find_renames({"a": b""}, {"c": b""}) == {}


@settings(deadline=None, max_examples=300)
@given(gone=SIDE, new=SIDE)
def test_every_file_is_used_once_and_the_order_says_nothing(gone: dict[str, bytes], new: dict[str, bytes]) -> None:
    found = find_renames(gone, new)
    assert found.keys() <= gone.keys()
    assert len(set(found.values())) == len(found)
    for old, path in found.items():
        shared = sum(
            min(gone[old].count(line), new[path].count(line)) * len(line) for line in set(gone[old].splitlines(True))
        )
        assert shared >= SIMILAR * max(len(gone[old]), len(new[path]))
    backwards = dict(reversed(gone.items())), dict(reversed(new.items()))
    assert find_renames(*backwards) == found
    # What is the same is never passed over for something else.
    left = set(gone.values()) & set(new.values()) - {b""}
    assert all(any(gone[old] == new[path] == content for old, path in found.items()) for content in left)


def test_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the files that a bundle may hold, all of one size, none like another."""
    monkeypatch.setattr("genfile.project.renames.MAX_LINES", MAX_LINES // 100)
    source = random.Random(1)
    sides = [{f"{side}{n}": b"%012d\n" % source.randrange(10**9) * 3 for n in range(20_000)} for side in "ab"]
    assert find_renames(sides[0], sides[1]) == {}
