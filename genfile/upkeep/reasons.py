"""Why files are out of date, in terms of facts: what changed, its evidence, and the line it affects."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile import __version__
from genfile.spec.base import plain
from genfile.upkeep.explain import nearest, shared_fields

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.evidence import Evidence
    from genfile.project.plan import Change
    from genfile.project.written import Written

# How much of a line or a value is shown.
_SHOWN = 70


class Reason(Struct, frozen=True):
    """A place in a file that is out of date, and why.

    ``line``: 1-based, in the current file; None for the whole file. ``field``: the JSON pointer of the changed fact, if
    there is one; ``place``, ``place_line``: its evidence in the project.
    """

    path: str
    line: int | None
    text: str
    field: str | None = None
    place: str | None = None
    place_line: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "line": self.line,
            "text": self.text,
            "field": self.field,
            "evidence": None if self.place is None else {"path": self.place, "line": self.place_line},
        }


class _Changed(Struct, frozen=True):
    """A fact that differs from when the files were written."""

    pointer: str
    old: Any
    new: Any
    evidence: "tuple[Evidence, ...]"

    def told(self) -> str:
        name = self.pointer[1:].replace("/", ".")
        where = f" ({', '.join(map(str, self.evidence[:2]))})" if self.evidence else ""
        if isinstance(self.old, list) and isinstance(self.new, list):
            return f"{name}: {_difference(self.old, self.new)}{where}"
        return f"{name} changed from {_value(self.old)} to {_value(self.new)}{where}"


def reasons_for(change: "Change", generation: "Generation", before: "Written | None") -> list[Reason]:
    """Why a file is about to change: a reason for each differing block; a fact is reported once per file."""
    if change.new is None:
        return [Reason(change.path, None, "no service needs this file any more")]
    if change.old is None:
        return [Reason(change.path, None, "a service needs this file, but it is missing")]
    changed, other = _facts(change.path, generation, before)
    fields = _fields(change.path, generation)
    found: dict[str, Reason] = {}
    for number, old, new in _stretches(change.old.decode("utf-8", "replace"), change.new.decode("utf-8", "replace")):
        read = {pointer for line in new for pointer in fields.get(line, ())}
        fitting = [item for item in changed if not fields or not read or any(_meets(item.pointer, p) for p in read)]
        still = (
            f"{change.path}:{number} still says `{_short(old[0])}`"
            if old
            else f"{change.path}:{number} is missing `{_short(new[0])}`"
        )
        for item in fitting:
            first = item.evidence[0] if item.evidence else None
            place = (first.path, first.line) if first is not None and not first.path.startswith("--") else (None, None)
            found.setdefault(item.pointer, Reason(change.path, number, f"{item.told()}; {still}", item.pointer, *place))
        if not fitting:
            found.setdefault("", Reason(change.path, number, f"{other}; {still}"))
    return list(found.values())


def _facts(path: str, generation: "Generation", before: "Written | None") -> tuple[list[_Changed], str]:
    """The changed facts of a file's service, and the reason for any other change."""
    changed: list[_Changed] = []
    same_version = before is not None and before.genfile == __version__
    for item, rendering in generation.services:
        if path not in {file.path for file in rendering.files} and path != "compose.yaml":
            continue
        was = before.services.get(item.spec.path) if before is not None else None
        if was is not None:
            evidence = item.evidence
            changed += [
                _Changed(pointer, old, new, nearest(evidence, pointer) or ())
                for pointer, old, new in differences(was.spec, plain(item.spec))
            ]
    if before is None:
        return changed, "genfile has no record of what it wrote here"
    other = "genfile's output changed"
    return changed, other if same_version else f"{other} between {before.genfile} and {__version__}"


def differences(old: Any, new: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The leaves in which two specs differ, by JSON pointer; a list is one leaf."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key), new.get(key), f"{pointer}/{key}")
    elif old != new:
        yield pointer, old, new


def _fields(path: str, generation: "Generation") -> dict[str, tuple[str, ...]]:
    """The spec fields behind each line of a file, by the line's text."""
    for _, rendering in generation.services:
        for file in rendering.files:
            if file.path == path:
                return {line.text: line.fields for line in shared_fields(list(file.lines))}
    return {}


def _stretches(old: str, new: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Where two texts differ: the first line in the old one, and the non-blank lines of both."""
    before, after = old.splitlines(), new.splitlines()
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        lines = [line for line in before[i:j] if line.strip()], [line for line in after[k:m] if line.strip()]
        if tag != "equal" and any(lines):
            yield min(i + 1, max(len(before), 1)), *lines


def _meets(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _difference(old: list[Any], new: list[Any]) -> str:
    added = [item for item in new if item not in old]
    gone = [item for item in old if item not in new]
    parts = [f"{_items(added)} added"] if added else []
    parts += [f"{_items(gone)} removed"] if gone else []
    return ", ".join(parts) or "different order"


def _items(values: list[Any]) -> str:
    more = f" and {len(values) - 4} more" if len(values) > 4 else ""
    return ", ".join(_value(item) for item in values[:4]) + more


def _value(value: Any) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        known = [f"{key} {_value(item)}" for key, item in value.items() if item not in (None, False, [], {})]
        return _short(", ".join(known[:4]))
    if isinstance(value, list):
        return _short(" ".join(map(str, value)) if all(isinstance(item, str) for item in value) else _items(value))
    return _short(str(value))


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
