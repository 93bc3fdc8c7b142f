"""The part of `genfile.lock` for container files: what genfile last wrote, from which specs and settings.

The text is the base of the next merge, the specs show which facts have changed since, and the settings of the command
line apply until they are given again. Losing this part does no harm: an update then marks each difference.
"""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from genfile.errors import UsageError
from genfile.project import bases
from genfile.project.bases import FILE, decode_files, encode_files, parse_lock, without_part

PART = "containers"
# A spec as JSON: the largest of a known project has 20 kB.
_MAX_SPEC = 1024 * 1024


class WrittenService(Struct, frozen=True):
    """One service as it was when its files were written: the spec as plain values, and the preset that rendered it.

    ``digest``: of the preset's files, 64 hex digits; None for a built-in preset, which genfile's version identifies.
    ``settings``: what the command line set for this service alone.
    """

    spec: Mapping[str, Any]
    preset: str
    digest: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


class Given(Struct, frozen=True):
    """The settings of the command line: they apply to later runs, with lower precedence than genfile.toml."""

    preset: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    comments: str | None = None
    compose: bool = False
    only: tuple[str, ...] = ()


class Written(Struct, frozen=True):
    """What genfile wrote: its version, the settings, the services by path, and the pristine text of each file.

    ``pins``: the digests of images, by `name:tag`.
    """

    genfile: str
    given: Given = Given()
    services: Mapping[str, WrittenService] = field(default_factory=dict)
    files: Mapping[str, bases.Kept] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)

    def is_untouched(self, path: str, content: bytes) -> bool:
        """Whether a file is still as genfile wrote it."""
        kept = self.files.get(path)
        return kept is not None and bases.is_same(kept, content)


def read_written(text: str | None) -> Written | None:
    """What the text of a lock has of container files; None: nothing. Raises UsageError if it is damaged."""
    if text is None:
        return None
    part = parse_lock(text).get(PART)
    if part is None:
        return None
    table = _table(part, PART)
    given = Given(
        _text(table, "preset"),
        _texts(table.get("settings"), "settings"),
        _text(table, "comments"),
        table.get("compose") is True,
        tuple(str(path) for path in table.get("only") or ()),
    )
    services = {
        str(path): _service(_table(value, f"services.{path}"), str(path))
        for path, value in _table(table.get("services"), "services").items()
    }
    return Written(
        _text(table, "genfile") or "",
        given,
        services,
        decode_files(table.get("files", {}), f"{PART}.files"),
        _pins(table.get("pins")),
    )


def write_written(text: str | None, written: Written) -> str:
    """The text of a lock with this part in it; all else in it stays as it is."""
    lines = [f"\n[{PART}]", _line("genfile", written.genfile)]
    given = written.given
    lines += [_line(key, value) for key, value in (("preset", given.preset), ("comments", given.comments)) if value]
    if given.compose:
        lines.append("compose = true")
    if given.only:
        lines.append(_line("only", list(given.only)))
    if given.settings:
        lines += [f"\n[{PART}.settings]", *(_line(key, value) for key, value in sorted(given.settings.items()))]
    if written.pins:
        lines += [f"\n[{PART}.pins]", *(_line(key, value) for key, value in sorted(written.pins.items()))]
    for path, service in sorted(written.services.items()):
        lines += [f"\n[{PART}.services.{_quoted(path)}]", _line("preset", service.preset)]
        if service.digest is not None:
            lines.append(_line("sha256", service.digest))
        lines.append(_line("spec", _packed(service.spec)))
        if service.settings:
            lines.append(f"\n[{PART}.services.{_quoted(path)}.settings]")
            lines += [_line(key, value) for key, value in sorted(service.settings.items())]
    lines.append(f"\n[{PART}.files]")
    return without_part(text, PART) + "\n".join(lines) + "\n" + encode_files(written.files)


def _line(key: str, value: str | list[str]) -> str:
    return f"{_quoted(key)} = {json.dumps(value, ensure_ascii=False)}"


def _quoted(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else json.dumps(key, ensure_ascii=False)


def _packed(spec: Mapping[str, Any]) -> str:
    text = json.dumps(spec, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return base64.b85encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def _unpacked(text: str) -> Any:
    stream = zlib.decompressobj()
    content = stream.decompress(base64.b85decode(text), _MAX_SPEC + 1)
    if not stream.eof or len(content) > _MAX_SPEC:
        raise ValueError
    return json.loads(content)


def _service(table: Mapping[str, Any], path: str) -> WrittenService:
    try:
        spec = _unpacked(_text(table, "spec") or "")
    except (ValueError, zlib.error, RecursionError):
        spec = None
    if not isinstance(spec, dict):
        raise _damaged(f"services.{path}.spec")
    settings = _texts(table.get("settings"), f"services.{path}.settings")
    return WrittenService(spec, _text(table, "preset") or "", _text(table, "sha256"), settings)


def _pins(value: Any) -> dict[str, str]:
    pins = _texts(value, "pins")
    for name, digest in pins.items():
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise _damaged(f"pins.{name}")
    return pins


def _texts(value: Any, place: str) -> dict[str, str]:
    return {str(key): _value(item, f"{place}.{key}") for key, item in _table(value, place).items()}


def _table(value: Any, place: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _damaged(place)
    return value


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    return None if value is None else _value(value, key)


def _value(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _damaged(place)
    return value


def _damaged(place: str) -> UsageError:
    where = place if place == PART else f"{PART}.{place}"
    return UsageError(
        f"{FILE}: {where} is damaged",
        hint=f"restore {FILE} from version control, or delete it: `genfile update` then asks about each difference",
    )
