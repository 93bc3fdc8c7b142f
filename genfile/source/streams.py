"""Compressed files as a stream of blocks, each of a bounded size, whatever they unpack to."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

_BLOCK = 64 * 1024
# Small, for what is left over after each stream is copied.
_FEED = 16 * 1024
# Tools that compress in parallel, or so that a reader can seek, write one stream for each block of the file.
_MAX_STREAMS = 10_000
# `xz -9` asks for 65 MiB; a file can ask for 4 GiB.
_XZ_MEMORY = 128 * 1024 * 1024


class _Engine(Protocol):
    """The shape of `bz2.BZ2Decompressor` and `lzma.LZMADecompressor`."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor in the shape of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        block = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        # A full block may have more behind it that zlib holds already.
        self.needs_input = not self._inner.unconsumed_tail and len(block) < max_length
        return block


_ENGINES: tuple[tuple[bytes, Callable[[], _Engine]], ...] = (
    (b"\x1f\x8b", _Gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY)),
)


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file, unpacked if it is gzip, bzip2 or xz. Blocks may be empty; none is over 64 KiB.

    Raises what :mod:`zlib`, :mod:`bz2` and :mod:`lzma` raise, and EOFError for a file that is cut short.
    """
    start = file.read(6)
    file.seek(0)
    make = next((make for magic, make in _ENGINES if start.startswith(magic)), None)
    if make is None:
        while block := file.read(_BLOCK):
            yield block
        return
    data = b""
    for _ in range(_MAX_STREAMS):
        engine = make()
        while not engine.eof:
            if engine.needs_input and not data:
                data = file.read(_FEED)
                if not data:
                    raise EOFError("it is truncated")
            yield engine.decompress(data, _BLOCK)
            data = b""
        data = engine.unused_data.lstrip(b"\0") or file.read(_FEED)
        if not data:
            return
    raise EOFError(f"it has more than {_MAX_STREAMS} compressed parts")
