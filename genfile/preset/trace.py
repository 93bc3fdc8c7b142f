"""From a template to lines that know why they are there: rule, place in the template, fields of the spec."""

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import FrameType
from typing import Any

from jinja2 import Template
from msgspec import Struct
from msgspec.structs import replace

from genfile.errors import PresetError
from genfile.preset.marks import CLOSE, END, INSTRUCTION, OPEN
from genfile.sandbox import bounded

_READS: ContextVar[list[tuple[int, str]] | None] = ContextVar("genfile_reads", default=None)

MAX_OUTPUT = 1024 * 1024
_MARK = re.compile(f"{OPEN}(.*?){CLOSE}|{END}")


class Line(Struct, frozen=True):
    """One line of an output file: its text without the newline, and its origin.

    ``rules`` are ids of rules.toml, outermost first; ``template`` and ``template_line`` name the place in the
    preset; ``fields`` are JSON pointers into the spec that were read while the line was made.
    """

    text: str
    rules: tuple[str, ...] = ()
    template: str | None = None
    template_line: int | None = None
    fields: tuple[str, ...] = ()
    group: tuple[int, str] | None = None


def current_reads() -> list[tuple[int, str]] | None:
    """The log that a field read now belongs to; None when nobody traces."""
    return _READS.get()


@bounded()
def render_lines(
    template: Template,
    context: dict[str, Any],
    *,
    trace: bool = False,
    origins: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Line]:
    """Render to lines. Tracing costs about a third more; without it only the rules are known.

    ``origins``: the fields that each option comes from, so that a line that reads an option has them too.
    """
    pointers = _pointers(context.get("spec")) if trace else {}
    if trace and origins:
        options = context.get("options")
        pointers |= {(id(options), name): fields for name, fields in origins.items()}
    token = _READS.set([] if trace else None)
    pieces: list[str] = []
    places: list[_Origin] = []
    size = 0
    try:
        stream = template.generate(context)
        for piece in stream:
            size += len(piece)
            if size > MAX_OUTPUT:
                raise PresetError(f"{template.name}: the output is larger than 1 MiB")
            if trace:
                places.append(_Origin(len(pieces), *_template_place(stream), _drain(pointers)))
            pieces.append(piece)
    finally:
        _READS.reset(token)
    lines = _split(pieces)
    return _join_instructions(_attach(lines, pieces, places) if trace else lines)


class _Origin(Struct, frozen=True):
    piece: int
    template: str | None
    template_line: int | None
    fields: tuple[str, ...]


def _split(pieces: list[str]) -> list[Line]:
    """Take the marks out of the text; a line follows every rule whose passage covers a visible part of it."""
    lines: list[Line] = []
    marks: list[str] = []
    group: tuple[int, str] | None = None
    count = 0
    for raw in "".join(pieces).split("\n"):
        text: list[str] = []
        rules: dict[str, None] = {}
        line_group = group
        for part, mark in _parts(raw):
            if part:
                text.append(part)
                rules.update(dict.fromkeys(name for name in marks if not name.startswith(INSTRUCTION)))
                line_group = group
            if mark == END:
                group = None if marks.pop().startswith(INSTRUCTION) else group
            elif mark:
                marks.append(mark)
                if mark.startswith(INSTRUCTION):
                    count += 1
                    group = (count, mark.removeprefix(INSTRUCTION))
        lines.append(Line("".join(text).rstrip(), tuple(rules), group=line_group))
    return lines


def _parts(raw: str) -> Iterator[tuple[str, str]]:
    """A line as pairs of visible text and the mark after it: a name that opens, END, or nothing at the end."""
    at = 0
    for found in _MARK.finditer(raw):
        yield raw[at : found.start()], END if found[1] is None else found[1]
        at = found.end()
    if at < len(raw):
        yield raw[at:], ""


def _join_instructions(lines: list[Line]) -> list[Line]:
    """Make one instruction of each group: keyword before the first line, the others indented, all continued."""
    result: list[Line] = []
    begun: set[int] = set()
    ends = {line.group[0]: at for at, line in enumerate(lines) if line.group is not None and line.text.strip()}
    for at, line in enumerate(lines):
        if line.group is None:
            result.append(line)
            continue
        if not line.text.strip():
            continue
        number, keyword = line.group
        text = f"    {line.text.strip()}" if number in begun else f"{keyword} {line.text.strip()}"
        begun.add(number)
        result.append(replace(line, text=text if at == ends[number] else f"{text} \\"))
    return result


def _attach(lines: list[Line], pieces: list[str], origins: list[_Origin]) -> list[Line]:
    """Give each line the place of the piece that holds its first visible text, and all fields read for it."""
    traced = list(lines)
    number = 0
    waiting: tuple[str, ...] = ()
    for origin in origins:
        waiting += origin.fields
        for offset, segment in enumerate(pieces[origin.piece].split("\n")):
            number += 1 if offset else 0
            if not any(visible.strip() for visible, _ in _parts(segment)):
                continue
            line = traced[number]
            if line.template is None:
                start = origin.template_line
                place = None if start is None else start + offset
                line = replace(line, template=origin.template, template_line=place)
            # Whatever was read since the last visible text was read for this one.
            traced[number] = replace(line, fields=tuple(dict.fromkeys((*line.fields, *waiting))))
            waiting = ()
    return traced


def _pointers(spec: Any) -> dict[tuple[int, str], tuple[str, ...]]:
    """JSON pointers by the identity of the mapping that holds the field, and its key."""
    table: dict[tuple[int, str], tuple[str, ...]] = {}

    def walk(value: Any, pointer: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                table[id(value), key] = (f"{pointer}/{key}",)
                walk(inner, f"{pointer}/{key}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{pointer}/{index}")

    walk(spec, "")
    return table


def _drain(pointers: dict[tuple[int, str], tuple[str, ...]]) -> tuple[str, ...]:
    reads = _READS.get()
    if not reads:
        return ()
    found = tuple(dict.fromkeys(pointer for read in reads for pointer in pointers.get(read, ())))
    reads.clear()
    # Asking for spec.runtime.version reads /runtime on the way: only the deepest pointer says something.
    return tuple(p for p in found if not any(other.startswith(p + "/") for other in found))


def _template_place(stream: Any) -> tuple[str | None, int | None]:
    """The template and line that Jinja's innermost running generator has reached."""
    frame: FrameType | None = None
    generator = stream
    while generator is not None and getattr(generator, "gi_frame", None) is not None:
        frame = generator.gi_frame
        generator = generator.gi_yieldfrom
    if frame is None:
        return None, None
    template = frame.f_globals.get("__jinja_template__")
    if template is None:
        return None, None
    return template.name, template.get_corresponding_lineno(frame.f_lineno)
