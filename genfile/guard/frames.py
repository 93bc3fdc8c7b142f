"""The protocol of the pipes: a header as JSON, then raw bytes, each with its length first."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import IO, Any

_LENGTH = struct.Struct(">Q")
_MAX_HEADER = 64 * 1024 * 1024


def write_frame(pipe: IO[bytes], header: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Raises OSError when nobody reads."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    for part in (_LENGTH.pack(len(text)), text, *blobs):
        view = memoryview(part)
        while view:
            view = view[pipe.write(view) :]
    pipe.flush()


def read_frame(pipe: IO[bytes], most: int) -> tuple[dict[str, Any], list[bytes]]:
    """A header and its bytes, of which there are ``most`` at most. Raises EOFError, and ValueError for anything else.

    Whoever wrote it may mean harm: every length is checked before there is memory for it.
    """
    size = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0]
    if size > min(most, _MAX_HEADER):
        raise ValueError("a header is too long")
    header = json.loads(_exactly(pipe, size))
    sizes = header.pop("blobs", None) if isinstance(header, dict) else None
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > most:
        raise ValueError("a header is malformed")
    return header, [_exactly(pipe, size) for size in sizes]


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        part = pipe.read(min(size, 1024 * 1024))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
