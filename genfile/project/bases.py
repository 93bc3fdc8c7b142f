"""The part of `genfile.lock` for templates: what was last written, if it can't be rendered again.

A part of the lock is a table of the same name: `[template]` here, `[containers]` in `genfile.project.written`. Each is
replaced as a whole, and the other parts stay unchanged.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from genfile.errors import UsageError

FILE = "genfile.lock"
MAX_KEPT = 256 * 1024
MAX_LOCK = 640 * 1024
# All contents together, unpacked.
MAX_UNPACKED = 32 * 1024 * 1024
MAX_FILES = 25_000
# The file: its contents, and for every other file a path and a digest.
MAX_BYTES = 8 * 1024 * 1024
MAX_SLOW = 256 * 1024
_HEAD = "# What genfile last wrote, for `genfile update` to compare with. Commit it; do not edit it.\n"
_DIGEST = "sha256:"
_HINT = "restore it from version control, or delete it: `genfile update` then asks about each difference"

# The content itself, or for large files only its digest.
Kept = bytes | str


class Bases(Struct, frozen=True):
    """The template's files as they were last written, and which were executable (None: unknown)."""

    files: Mapping[str, Kept] = field(default_factory=dict)
    executable: frozenset[str] | None = None


def digest(content: bytes) -> str:
    """`sha256:…` of a content."""
    return _DIGEST + hashlib.sha256(content).hexdigest()


def is_same(kept: Kept, content: bytes) -> bool:
    """Whether a content is the one that was kept, newlines and byte order mark aside."""
    if isinstance(kept, str):
        return kept == digest(content)
    from genfile.project.threeway import same_text

    return same_text(kept, content)


def read_bases(text: str | None) -> Bases:
    """The files of `[template]`. Raises UsageError if they are damaged."""
    if text is None:
        return Bases()
    template = parse_lock(text).get("template", {})
    files = template.get("files", {}) if isinstance(template, dict) else None
    return Bases(decode_files(files, "template.files"), _executable(template.get("executable")))


def write_bases(text: str | None, bases: Bases) -> str:
    """The text of the lock with these files in it; all else in it stays as it is."""
    import json

    names = json.dumps(sorted(bases.executable or ()), ensure_ascii=False)
    modes = "" if bases.executable is None else f"executable = {names}\n"
    return f"{without_part(text, 'template')}\n[template]\n{modes}\n[template.files]\n{encode_files(bases.files)}"


def encode_files(files: Mapping[str, Kept]) -> str:
    """The lines of a table of files, each a content that is compressed, or the digest of a large one."""
    import json

    # No path holds a character that JSON and TOML write in different ways.
    return "".join(
        f"{json.dumps(path, ensure_ascii=False)} = {json.dumps(kept)}\n" for path, kept in _encoded(files).items()
    )


def without_part(text: str | None, part: str) -> str:
    """The text of a lock, which has a version, without one of its parts."""
    if text is None:
        return f"{_HEAD}version = 1\n"
    value = parse_lock(text)
    others = {key: item for key, item in value.items() if key != part}
    rest, ours = [], False
    for line in text.split("\n"):
        if line.startswith("["):
            ours = line.startswith((f"[{part}]", f"[{part}."))
        rest += [] if ours else [line]
    cut = "\n".join(rest).rstrip("\n") + "\n"
    try:
        same = parse_lock(cut) == others
    except UsageError:
        same = False
    cut = cut if same else _slowly(text, part).rstrip("\n") + "\n"
    return cut if "version" in others else f"version = 1\n{cut}"


def _slowly(text: str, part: str) -> str:
    """The same for a file that is not laid out as genfile does: read token by token."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if len(text) > MAX_SLOW:
        raise _damaged(f"larger than {MAX_SLOW >> 10} KiB and not in genfile's layout")
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise UsageError(f"{FILE}: {error}", hint=_HINT) from None
    document.pop(part, None)
    return tomlkit.dumps(document)


def parse_lock(text: str) -> dict[str, Any]:
    """The tables of a lock. Raises UsageError if it is not TOML."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        return dict(parse_toml(text).value)
    except ParseError as error:
        raise UsageError(f"{FILE}: {error}", hint=_HINT) from None


def _encoded(files: Mapping[str, Kept]) -> dict[str, str]:
    """The contents as text, smallest first until the size limit; only digests for the others."""
    result: dict[str, str] = {}
    room, unpacked = MAX_LOCK, MAX_UNPACKED
    for path, content in sorted(files.items(), key=lambda item: (len(item[1]), item[0])):
        if isinstance(content, str):
            result[path] = content
            continue
        unpacked -= len(content)
        small = len(content) <= MAX_KEPT and unpacked >= 0
        text = base64.b85encode(zlib.compress(content, 9)).decode("ascii") if small else ""
        room -= len(text)
        result[path] = text if small and room >= 0 else digest(content)
    return dict(sorted(result.items()))


def decode_files(files: Any, place: str) -> dict[str, Kept]:
    """The contents of a table of files. Raises UsageError if it is damaged; ``place``: the table's place."""
    from genfile.project.paths import check_recorded

    if not isinstance(files, dict):
        raise _damaged(f"{place} is not a table")
    if len(files) > MAX_FILES:
        raise _damaged(f"{place} contains more than {MAX_FILES:,} files")
    found: dict[str, Kept] = {}
    room = MAX_UNPACKED
    for path, value in files.items():
        check_recorded(str(path), f"{FILE}: {place}")
        kept = _decoded(f"{place}.{path}", value)
        room -= len(kept) if isinstance(kept, bytes) else 0
        if room < 0:
            raise _damaged(f"{place} unpacks to more than {MAX_UNPACKED >> 20} MiB")
        found[str(path)] = kept
    return found


def _decoded(place: str, value: Any) -> Kept:
    if isinstance(value, str) and value.startswith(_DIGEST):
        return value
    content: bytes | None = None
    stream = zlib.decompressobj()
    try:
        if isinstance(value, str):
            content = stream.decompress(base64.b85decode(value), MAX_KEPT + 1)
    except (ValueError, zlib.error):
        content = None
    if content is None or not stream.eof or len(content) > MAX_KEPT:
        raise _damaged(f"{place} is damaged")
    return content


def _executable(value: Any) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
        raise _damaged("template.executable is not a list of paths")
    return frozenset(_checked(value))


def _checked(paths: Iterable[str]) -> Iterable[str]:
    from genfile.project.paths import check_recorded

    return (check_recorded(path, f"{FILE}: template.executable") for path in paths)


def _damaged(what: str) -> UsageError:
    return UsageError(f"{FILE}: {what}", hint=_HINT)
