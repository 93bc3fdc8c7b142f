"""The figures as Markdown tables and lists."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bench.images.builder import Again, Fresh
from bench.images.measure import Figures
from bench.images.shapes import Shape

Results = Mapping[str, Mapping[str, Figures]]
FreshResults = Mapping[str, Mapping[str, Fresh]]
_NONE = "–"
# Compressors, names and times cause some noise in archives; within it, sizes count as equal.
_TOLERANCE = 1.01
_JUDGED: dict[str, Callable[[Figures], Any]] = {
    "size beyond the base": lambda one: one.size,
    "size in all": lambda one: one.base_size + one.size,
    "bytes moved after a line": lambda one: one.delta,
    "RUN steps after a line": lambda one: len(one.again),
    "of those, with downloads on a new builder": lambda one: len(one.fresh),
    "RUN steps after the lock file": lambda one: len(one.deps),
    "RUN steps after another member": lambda one: len(one.other) if one.other is not None else None,
    "needless packages": lambda one: len(one.needless) if one.needless is not None else None,
    "bytes of junk": lambda one: sum(item.size for item in one.junk),
    "findings": lambda one: len(one.findings),
}


def megabytes(size: float) -> str:
    """A size in human-readable form: `12.3 MB`, `4.5 kB`."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    return [_row(head), _row("---" for _ in head), *map(_row, rows)]


def _pairs(figures: Mapping[str, Figures], columns: list[str]) -> Iterable[Figures | None]:
    for column in columns:
        found = figures.get(column)
        yield found if found is not None and found.fault is None else None


def sizes(shapes: list[Shape], results: Results, columns: list[str]) -> list[str]:
    """Size beyond the base, bytes to push after a one-line change, rebuild time."""
    head = ["application", *(f"{what} {column}" for what in ("size", "moved", "again") for column in columns)]
    rows = []
    for shape in shapes:
        pairs = list(_pairs(results[shape.name], columns))
        cells = [megabytes(one.size) if one else _NONE for one in pairs]
        cells += [megabytes(one.delta) if one else _NONE for one in pairs]
        cells += [f"{one.warm:.1f} s" if one else _NONE for one in pairs]
        rows.append([f"{shape.name}: {shape.about}", *cells])
    return _table(head, rows)


def summary(shapes: list[Shape], results: Results) -> list[str]:
    """For each figure: how many of genfile's images are no worse than the hand-written ones, and which are worse."""
    built = [shape.name for shape in shapes if all(_pairs(results[shape.name], ["genfile", "hand"]))]
    both = {name: (results[name]["genfile"], results[name]["hand"]) for name in built}
    rows = []
    for what, figure in _JUDGED.items():
        known = {name: (figure(ours), figure(theirs)) for name, (ours, theirs) in both.items()}
        known = {name: pair for name, pair in known.items() if None not in pair}
        worse = [name for name, (ours, theirs) in known.items() if ours > _TOLERANCE * theirs]
        rows.append([what, f"{len(known) - len(worse)} of {len(known)}", ", ".join(worse) or _NONE])
    return _table(["figure", "no worse than by hand", "worse"], rows)


def reruns(shapes: list[Shape], results: Results, columns: list[str]) -> list[str]:
    """RUN steps after a change to the source, the lockfile or another member, with its bytes; needless packages."""
    titles = ("source", "fresh", "lock", "member", "needless")
    head = ["application", *(f"{what} {column}" for what in titles for column in columns)]
    rows = []
    for shape in shapes:
        pairs = list(_pairs(results[shape.name], columns))
        cells = [str(len(one.again)) if one else _NONE for one in pairs]
        cells += [str(len(one.fresh)) if one else _NONE for one in pairs]
        cells += [str(len(one.deps)) if one else _NONE for one in pairs]
        cells += [_of_member(one) for one in pairs]
        cells += [str(len(one.needless)) if one and one.needless is not None else _NONE for one in pairs]
        rows.append([shape.name, *cells])
    return _table(head, rows)


def _of_member(one: Figures | None) -> str:
    if one is None or one.other is None:
        return _NONE
    return f"{len(one.other)}, {megabytes(one.other_delta or 0)}"


def quality(shapes: list[Shape], results: Results, columns: list[str]) -> list[str]:
    """Junk that the Dockerfile brings in, junk inside packages, and linter findings."""
    head = [
        "application",
        *(f"{what} {column}" for what in ("own junk", "packed junk", "findings") for column in columns),
    ]
    rows = []
    for shape in shapes:
        pairs = list(_pairs(results[shape.name], columns))
        cells = [_junk(one, packed=packed) for packed in (False, True) for one in pairs]
        cells += [str(len(one.findings)) if one else _NONE for one in pairs]
        rows.append([shape.name, *cells])
    return _table(head, rows)


def _junk(one: Figures | None, *, packed: bool) -> str:
    if one is None:
        return _NONE
    found = [item for item in one.junk if item.packed == packed]
    files = sum(item.files for item in found)
    return f"{files}, {megabytes(sum(item.size for item in found))}" if files else "0"


def fresh(shapes: list[Shape], results: FreshResults, columns: list[str]) -> list[str]:
    """What an empty builder runs and downloads with a registry cache, and whether it builds the same image twice."""
    head = ["application", *(f"{what} {column}" for what in ("same", "line", "digest") for column in columns)]
    rows = []
    for shape in shapes:
        told = [results[shape.name].get(column, Fresh(fault=_NONE)) for column in columns]
        cells = [_NONE if one.fault else _again(one.unchanged) for one in told]
        cells += [_NONE if one.fault else _again(one.line) for one in told]
        cells += [_NONE if one.fault else f"{len(one.differs)} differ" if one.differs else "same" for one in told]
        rows.append([shape.name, *cells])
    return _table(head, rows)


def _again(build: Again) -> str:
    return f"{len(build.steps)}, {megabytes(build.downloaded)}" if build.steps else "0"


def fresh_details(shapes: list[Shape], results: FreshResults, columns: list[str]) -> list[str]:
    """For each shape and column that has any: the steps that ran again, and the layers that differ."""
    lines = []
    for name, column in ((shape.name, column) for shape in shapes for column in columns):
        one = results[name].get(column, Fresh())
        told = [f"not measured: {_short(one.fault)}"] if one.fault else []
        told += [f"no change: `{_short(text)}`" for text in one.unchanged.steps]
        told += [f"a line: `{_short(text)}`" for text in one.line.steps]
        told += [f"differs: `{_short(text, 300)}`" for text in one.differs]
        lines += [f"- **{name}**, {column}", *(f"  - {text}" for text in told)] if told else []
    return lines


def details(shapes: list[Shape], results: Results, columns: list[str]) -> list[str]:
    """For each shape and column: the base, the layers that moved, the steps that ran again, junk and findings."""
    lines = []
    for shape in shapes:
        lines += [f"### {shape.name}", ""]
        for column in columns:
            one = results[shape.name].get(column)
            if one is not None:
                lines += _detail(column, one)
        lines.append("")
    return lines


def _detail(column: str, one: Figures) -> list[str]:
    if one.fault is not None:
        return [f"- **{column}**: {' '.join(one.fault.split())[:300]}"]
    whole = megabytes(one.base_size + one.size)
    lines = [f"- **{column}**: on `{one.base}`, {whole} in all; changed files: {megabytes(one.changed)}"]
    lines += [f"  - moved: `{_short(text)}`" for text in one.moved]
    lines += [f"  - after the source: `{_short(text)}`" for text in one.again]
    lines += [f"  - after the lock file: `{_short(text)}`" for text in one.deps]
    lines += [f"  - after another member: `{_short(text)}`" for text in one.other or ()]
    lines += [f"  - needless: {', '.join(one.needless)}"] if one.needless else []
    lines += [
        f"  - {'packed ' if item.packed else ''}{item.kind} ({item.files}, {megabytes(item.size)}): `{item.example}`"
        for item in one.junk
    ]
    return lines + [f"  - finding: {_short(text)}" for text in one.findings]


def _short(text: str, most: int = 140) -> str:
    line = " ".join(text.replace("`", "'").replace("|", "/").split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
