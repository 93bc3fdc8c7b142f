"""Three-way merge of sequences: lines of text, or instructions of a Dockerfile. Pure; no text is made up."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

Items = tuple[str, ...]


class Conflict(Struct, frozen=True):
    """A part that both sides changed differently."""

    base: Items
    yours: Items
    theirs: Items


Part = Items | Conflict


def merge(base: Sequence[str], yours: Sequence[str], theirs: Sequence[str]) -> list[Part]:
    """diff3: the parts in order; what one side changed, or both in the same way, is taken; the rest is a Conflict."""
    parts: list[Part] = []
    for old, new, newer, same in _stretches(base, yours, theirs):
        parts += [decide(old, new, newer), same]
    return [part for part in parts if part != ()]


def merge_two(yours: Sequence[str], theirs: Sequence[str]) -> list[Part]:
    """Without a known base: every difference is a Conflict."""
    parts: list[Part] = []
    for tag, i, j, k, m in SequenceMatcher(None, yours, theirs, autojunk=False).get_opcodes():
        mine = tuple(yours[i:j])
        parts.append(mine if tag == "equal" else Conflict((), mine, tuple(theirs[k:m])))
    return parts


def agree(base: Sequence[str], one: Sequence[str], two: Sequence[str]) -> list[str]:
    """The base with those changes alone that both sides made alike."""
    found: list[str] = []
    for old, new, newer, same in _stretches(base, one, two):
        found += [*(new if new == newer else old), *same]
    return found


def common(one: Sequence[str], two: Sequence[str]) -> list[str]:
    """The common parts, in order."""
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return [item for block in blocks for item in one[block.a : block.a + block.size]]


def decide(base: Items, yours: Items, theirs: Items) -> Part:
    """The one that changed, or a conflict."""
    if yours in (theirs, base):
        return theirs
    return yours if theirs == base else Conflict(base, yours, theirs)


def merge_units(base: Sequence[str], yours: Sequence[str], theirs: Sequence[str]) -> list[Part]:
    """As `merge`, but changes of different units never conflict, even where the units touch."""
    parts: list[Part] = []
    at = 0
    for start, end in _regions(sides := (_edits(base, yours), _edits(base, theirs))):
        parts.append(tuple(base[at:start]))
        new, newer = (_applied(base, edits, start, end) for edits in sides)
        parts.append(decide(tuple(base[start:end]), new, newer))
        at = end
    parts.append(tuple(base[at:]))
    return [part for part in parts if part != ()]


def _stretches(
    base: Sequence[str], yours: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[Items, Items, Items, Items]]:
    """What each has up to where all three are alike again, and what is alike there."""
    at = (0, 0, 0)
    for start, mine, other, size in _agreed(base, yours, theirs):
        sides = tuple(base[at[0] : start]), tuple(yours[at[1] : mine]), tuple(theirs[at[2] : other])
        yield *sides, tuple(base[start : start + size])
        at = (start + size, mine + size, other + size)


def _agreed(base: Sequence[str], yours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where all three are alike: start in each, and length; last the ends with length 0."""
    mine = SequenceMatcher(None, base, yours, autojunk=False).get_matching_blocks()
    other = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    left = right = 0
    while left < len(mine) and right < len(other):
        one, two = mine[left], other[right]
        start, end = max(one.a, two.a), min(one.a + one.size, two.a + two.size)
        if start < end:
            yield start, one.b + start - one.a, two.b + start - two.a, end - start
        if one.a + one.size < two.a + two.size:
            left += 1
        else:
            right += 1
    yield len(base), len(yours), len(theirs), 0


Edit = tuple[int, int, Items]


def _edits(base: Sequence[str], side: Sequence[str]) -> list[Edit]:
    """What a side did: stretches of the base and what stands there now, one unit each where they pair up."""
    edits: list[Edit] = []
    for tag, i, j, k, m in SequenceMatcher(None, base, side, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = j - i == m - k and all(_word(base[i + n]) == _word(side[k + n]) for n in range(j - i))
        if paired:
            edits += [(i + n, i + n + 1, (side[k + n],)) for n in range(j - i)]
        else:
            edits.append((i, j, tuple(side[k:m])))
    return edits


def _word(unit: str) -> str:
    lines = [line for line in unit.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return lines[0].split()[0].upper() if lines else ""


def _regions(sides: tuple[list[Edit], list[Edit]]) -> list[tuple[int, int]]:
    """Stretches of the base that were edited, joined where they share a unit or a place of insertion."""
    regions: list[tuple[int, int]] = []
    for start, end in sorted({(edit[0], edit[1]) for edits in sides for edit in edits}):
        inside = bool(regions) and (start < regions[-1][1])
        if inside:
            regions[-1] = (regions[-1][0], max(end, regions[-1][1]))
        else:
            regions.append((start, end))
    return regions


def _applied(base: Sequence[str], edits: list[Edit], start: int, end: int) -> Items:
    """A stretch of the base as one side has it."""
    result: list[str] = []
    at = start
    for low, high, new in edits:
        # An insertion belongs to the stretch that is empty at its place, or that it lies inside.
        if (low, high) == (start, end) or (start <= low and high <= end and (low < high or start < low < end)):
            result += [*base[at:low], *new]
            at = high
    return (*result, *base[at:end])
