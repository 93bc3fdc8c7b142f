"""The reason of each line of a generated file, and the origin of each field of a spec."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from genfile.errors import UsageError
from genfile.evidence import Asked, logged
from genfile.spec.base import plain
from genfile.upkeep.decisions import Flags, decide
from genfile.upkeep.produce import produce_from
from genfile.upkeep.purpose import composed_from, purposes

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.detect.inspection import InspectedService
    from genfile.evidence import Fact
    from genfile.preset.rules import Rule
    from genfile.preset.trace import Line

T = TypeVar("T")


class FieldExplained(Struct, frozen=True):
    """A field of a service's spec: its value, the fact behind it (None: a default), and the decision.

    ``pointer``: a JSON pointer into the spec; ``asked``: every signal in order, if signals decided.
    """

    service: str
    pointer: str
    value: Any
    fact: "Fact[Any] | None"
    asked: Asked | None = None

    @property
    def name(self) -> str:
        """The name that `--set` and genfile.toml take."""
        return self.pointer[1:].replace("/", ".")


class LineExplained(Struct, frozen=True):
    """A line of a file on disk: its purpose, the rules it follows, and the fields behind it.

    ``yours``: genfile did not write it. ``template``: the place in the preset that rendered it.
    """

    path: str
    line: int
    text: str
    purpose: str
    rules: "tuple[Rule, ...]" = ()
    fields: tuple[FieldExplained, ...] = ()
    template: str | None = None
    yours: bool = False


class Explanation(Struct, frozen=True, dict=True):
    """Everything known about a project's files: the services, what was rendered, and how it was decided."""

    root: Path
    generation: "Generation"
    decisions: tuple[Asked, ...]

    def lines(self, path: str) -> tuple[LineExplained, ...]:
        """Every line of one file: as on disk, else as genfile would write it. Raises UsageError for a file that genfile
        does not write."""
        service, rendered = self._rendered(path)
        rendered = shared_fields(rendered)
        target = self.root / path
        texts = [line.text for line in rendered]
        there = target.read_text("utf-8", "replace").splitlines() if target.is_file() else texts
        from_genfile = dict(_pairs(there, texts))
        told = purposes(path, there)
        found = [
            self._line(path, number, text, told[number - 1], rendered, from_genfile.get(number - 1), service)
            for number, text in enumerate(there, 1)
        ]
        if service is None:
            found = [self._composed(line, *origin) for line, origin in zip(found, composed_from(there), strict=True)]
        return tuple(found)

    def _composed(self, line: LineExplained, entry: str, pointers: tuple[str, ...]) -> LineExplained:
        """A line of compose.yaml with the fields of its service."""
        if line.yours or not entry:
            return line
        services = [item for item, _ in self.generation.services]
        owner = max(
            (item for item in services if f"{entry}-".startswith(f"{item.spec.name}-")),
            key=lambda item: len(item.spec.name),
            default=None,
        )
        if owner is None:
            # A database: take a service that needs it.
            pointers = ("/backing_services",)
            owner = next((item for item in services if entry in item.spec.backing_services), None)
        fields = self._told(owner, pointers) if owner is not None else ()
        return replace(line, fields=fields)

    def _told(self, service: "InspectedService", pointers: Iterable[str]) -> tuple[FieldExplained, ...]:
        """The fields that have something to say, those with a fact first."""
        fields = (self.field_of(service, pointer) for pointer in pointers)
        told = [item for item in fields if item.value not in (None, [], {}, False, "")]
        return tuple(sorted(told, key=lambda item: item.fact is None))

    def _line(
        self,
        path: str,
        number: int,
        text: str,
        purpose: str,
        rendered: "list[Line]",
        at: int | None,
        service: "InspectedService | None",
    ) -> LineExplained:
        from genfile.preset.rules import rule

        if at is None:
            return LineExplained(path, number, text, purpose, yours=True)
        line = rendered[at]
        place = None if line.template is None else f"{line.template}:{line.template_line}"
        known = self._told(service, line.fields) if service is not None else ()
        return LineExplained(path, number, text, purpose, tuple(map(rule, line.rules)), known, place)

    def _rendered(self, path: str) -> "tuple[InspectedService | None, list[Line]]":
        for item, rendering in self.generation.services:
            for file in rendering.files:
                if file.path == path:
                    return item, list(file.lines)
        if path == "compose.yaml":
            from genfile.preset.compose import compose_lines

            chosen = [(item.spec, rendering.layout) for item, rendering in self.generation.services]
            return None, list(compose_lines(chosen))
        known = ", ".join(self.paths)
        raise UsageError(f"genfile does not write {path} here", hint=f"it writes {known}")

    @cached_property
    def _specs(self) -> dict[str, dict[str, Any]]:
        """The spec of each service as plain values, by its path."""
        return {item.spec.path: plain(item.spec) for item, _ in self.generation.services}

    @property
    def paths(self) -> list[str]:
        """The files that genfile writes for the project."""
        return sorted(self.generation.files)

    def fields(self, name: str) -> tuple[FieldExplained, ...]:
        """A field of every service, by its dotted name. Raises UsageError if no service has it."""
        pointer = "/" + name.strip("/").replace(".", "/")
        found = [
            self.field_of(item, pointer)
            for item, _ in self.generation.services
            if _has(self._specs[item.spec.path], pointer)
        ]
        if not found:
            from difflib import get_close_matches

            names = sorted({key for spec in self._specs.values() for key in _names(spec)})
            close = get_close_matches(name, names, 1)
            hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(n for n in names if '.' not in n)}"
            raise UsageError(f"{name} is not a field of a service here or a file that genfile writes", hint=hint)
        return tuple(found)

    def field_of(self, service: "InspectedService", pointer: str) -> FieldExplained:
        """One field of one service, with its own fact or that of the nearest enclosing field."""
        fact = nearest(service.facts, pointer)
        asked = next((item for item in self.decisions if fact is not None and _is_of(item, fact)), None)
        return FieldExplained(service.spec.path, pointer, _at(self._specs[service.spec.path], pointer), fact, asked)


def explain_project(root: Path) -> Explanation:
    """Inspect and render a project, and record why. Raises what `look` and `generate_from` raise."""
    from genfile.upkeep.look import look

    decisions = decide(root, Flags())
    with logged() as log:
        inspection = look(root, decisions)
    return Explanation(root, produce_from(inspection, decisions, trace=True), tuple(log))


def nearest(known: Mapping[str, T], pointer: str) -> T | None:
    """What is known about a field by its JSON pointer, or about the nearest enclosing one; None if nothing is."""
    while pointer:
        if pointer in known:
            return known[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def shared_fields(lines: "list[Line]") -> "list[Line]":
    """The lines; one without fields of its own gets those of its whole instruction."""
    found: list[Line] = []
    start = 0
    for at, line in enumerate(lines):
        if line.text.endswith("\\") and at + 1 < len(lines):
            continue
        group = lines[start : at + 1]
        fields = tuple(dict.fromkeys(pointer for item in group for pointer in item.fields))
        found += [item if item.fields else replace(item, fields=fields) for item in group]
        start = at + 1
    return found


def _pairs(there: list[str], rendered: list[str]) -> Iterator[tuple[int, int]]:
    for block in SequenceMatcher(None, there, rendered, autojunk=False).get_matching_blocks():
        yield from ((block.a + n, block.b + n) for n in range(block.size))


def _is_of(asked: Asked, fact: "Fact[Any]") -> bool:
    """Whether a fact comes from a decision: it has the same evidence, whatever value it took in the spec."""
    return asked.decided is not None and bool(fact.evidence) and asked.decided.evidence == fact.evidence


def _at(value: Any, pointer: str) -> Any:
    for key in pointer[1:].split("/"):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _has(spec: dict[str, Any], pointer: str) -> bool:
    parent, _, last = pointer.rpartition("/")
    table = _at(spec, parent) if parent else spec
    return isinstance(table, dict) and last in table


def _names(spec: dict[str, Any], before: str = "") -> Iterator[str]:
    for key, value in spec.items():
        yield before + key
        if isinstance(value, dict):
            yield from _names(value, f"{before}{key}.")


def parse_target(what: str) -> tuple[str, int | None]:
    """`Dockerfile:12` as path and line. Raises UsageError for a line that is not a number."""
    path, sign, number = what.rpartition(":")
    if not sign:
        return posixpath.normpath(what), None
    if not number.isdecimal() or number == "0":
        raise UsageError(f"{what}: the line must be 1 or greater", hint=f"for example {path}:1")
    return posixpath.normpath(path), int(number)
