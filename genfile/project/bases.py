"""The part of `genfile.lock` that a template needs: what was last written, where nothing else can tell it."""

import base64
import hashlib
import zlib
from collections.abc import Mapping

from genfile.errors import UsageError

FILE = "genfile.lock"
MAX_KEPT = 256 * 1024
MAX_LOCK = 640 * 1024
_HEAD = "# What genfile last wrote, for `genfile update` to compare with. Commit it; do not edit it.\n"
_DIGEST = "sha256:"

# The content itself, or for large files only its digest.
Kept = bytes | str


def digest(content: bytes) -> str:
    """`sha256:…` of a content."""
    return _DIGEST + hashlib.sha256(content).hexdigest()


def read_kept(text: str | None) -> dict[str, Kept]:
    """The files of `[template.files]`. Raises UsageError where they are damaged."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        files = parse_toml(text).table("template", "files") if text is not None else {}
    except ParseError as error:
        raise UsageError(f"{FILE}: {error}", hint="take it back from version control") from None
    return {str(path): _decoded(str(path), str(value)) for path, value in files.items()}


def write_kept(text: str | None, files: Mapping[str, Kept]) -> str:
    """The text of the lock with these files in it; all else in it stays as it is."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text) if text is not None else tomlkit.document()
    except TOMLKitError as error:
        raise UsageError(f"{FILE}: {error}", hint="take it back from version control") from None
    document.setdefault("version", 1)
    document["template"] = {"files": _encoded(files)}
    written = tomlkit.dumps(document)
    return written if text is not None else _HEAD + written


def _encoded(files: Mapping[str, Kept]) -> dict[str, str]:
    """The contents as text, the smallest first until there is no more room; of the others their digests."""
    result: dict[str, str] = {}
    room = MAX_LOCK
    for path, content in sorted(files.items(), key=lambda item: (len(item[1]), item[0])):
        if isinstance(content, str):
            result[path] = content
            continue
        small = len(content) <= MAX_KEPT
        text = base64.b85encode(zlib.compress(content, 9)).decode("ascii") if small else ""
        room -= len(text)
        result[path] = text if small and room >= 0 else digest(content)
    return dict(sorted(result.items()))


def _decoded(path: str, value: str) -> Kept:
    if value.startswith(_DIGEST):
        return value
    content: bytes | None
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(base64.b85decode(value), MAX_KEPT + 1)
    except (ValueError, zlib.error):
        content = None
    if content is None or not stream.eof or len(content) > MAX_KEPT:
        raise UsageError(f"{FILE}: template.files.{path} is damaged", hint="take it back from version control")
    return content
