"""Archives that are made to harm: each function writes one, at ten times the figures that have been seen."""

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

GOOD = {"package.json": b'{"name": "shop", "scripts": {"start": "node server.js"}}', "server.js": b"x\n"}
MEBIBYTE = 1024 * 1024


def member(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, target: str = "") -> bytes:
    """The header of a member of a tar file."""
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, target
    return info.tobuf(tarfile.GNU_FORMAT)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def good() -> bytes:
    return b"".join(member(name, len(data)) + padded(data) for name, data in GOOD.items())


def repeated(path: Path, start: bytes, block: bytes, times: int) -> None:
    """A gzip file of a start and many blocks, written as fast as one of them is compressed."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = engine.compress(start) + engine.flush(zlib.Z_FULL_FLUSH)
    body = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)
    with path.open("wb") as file:
        file.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + head)
        for _ in range(times):
            file.write(body)


def digits(path: Path) -> None:
    data = b"1" * 2_000_000 + b" path=x\n"
    path.write_bytes(member("x", len(data), tarfile.XHDTYPE) + padded(data) + good())


def digits_that_fit(path: Path) -> None:
    """Headers just below the limit, which `tarfile` searches in quadratic time."""
    data = b"1" * 1_000_000
    path.write_bytes((member("x", len(data), tarfile.XHDTYPE) + padded(data)) * 50 + good())


def long_name(path: Path) -> None:
    repeated(path, member("x", 64 * 1024 * MEBIBYTE, tarfile.GNUTYPE_LONGNAME), bytes(64 * MEBIBYTE), 1000)


def long_content(path: Path) -> None:
    repeated(path, good() + member("x", 64 * 1024 * MEBIBYTE), bytes(64 * MEBIBYTE), 1000)


def many_members(path: Path) -> None:
    repeated(path, good(), member("x") * 100_000, 100)


def many_headers(path: Path) -> None:
    header = b"20 comment=abcdefgh\n"
    repeated(path, good(), (member("x", len(header), tarfile.XHDTYPE) + padded(header)) * 100_000, 100)


def gzip_parts(path: Path) -> None:
    path.write_bytes(gzip.compress(b"") * 1_000_000)


def gzip_name(path: Path) -> None:
    """A name in the header of a gzip file that does not end."""
    path.write_bytes(b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * 100 * MEBIBYTE)


def xz_dictionary(path: Path) -> None:
    data = bytearray(lzma.compress(good() + bytes(1024)))
    size = (data[12] + 1) * 4
    at = data.index(b"\x21\x01", 12)
    data[at + 2] = 40  # 4 GiB
    data[12 + size - 4 : 12 + size] = struct.pack("<I", zlib.crc32(bytes(data[12 : 12 + size - 4])))
    path.write_bytes(bytes(data))


def xz_bomb(path: Path) -> None:
    path.write_bytes(lzma.compress(member("x", 1024 * MEBIBYTE) + bytes(16 * MEBIBYTE)) * 64)


def cut(path: Path) -> None:
    path.write_bytes(gzip.compress(good() * 1000)[:-200])


def cut_in_content(path: Path) -> None:
    path.write_bytes(member("package.json", 10_000) + b"{")


def sparse(path: Path) -> None:
    """An old sparse header that says to have more, and more, and does not."""
    header = bytearray(member("x", 512, tarfile.GNUTYPE_SPARSE))
    header[482] = 1
    header[148:156] = b"        "
    header[148:155] = b"%06o\0" % sum(header)
    path.write_bytes(bytes(header) + (b"\1" * 512) * 100_000)


def pax_sparse(path: Path) -> None:
    """A sparse file by its pax header, which says that it is large and holds no map."""
    record = b"32 GNU.sparse.realsize=99999999\n"
    path.write_bytes(
        member("x", len(record), tarfile.XHDTYPE) + padded(record) + member("x", 1) + padded(b"z") + good()
    )


def below_zero(path: Path) -> None:
    data = bytearray(member("x"))
    data[124:136] = b"\xff" * 10 + b"\xfe\x00"
    data[148:156] = b"        "
    data[148:155] = b"%06o\0" % sum(data)
    path.write_bytes(bytes(data) * 2 + bytes(1024))


def odd_names(path: Path) -> None:
    """Names of 640 KiB, with control characters, of version control: what is good is still found."""
    name = b"n" * 640 * 1024
    long = member("x", len(name), tarfile.GNUTYPE_LONGNAME) + padded(name) + member("x", 1) + padded(b"x")
    others = b"".join(member(each) for each in ("a\nb", "\x1b[2J", ".git/config", "a/.GIT /hooks/x", "git~1/x"))
    path.write_bytes(long + others + good())


def deep(path: Path) -> None:
    name = b"d/" * 300_000 + b"x"
    path.write_bytes(member("x", len(name), tarfile.GNUTYPE_LONGNAME) + padded(name) + member("x") + good())


def devices(path: Path) -> None:
    kinds = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"V", b"D", b"Z")
    odd = b"".join(member(f"x{number}", 0, kind) for number, kind in enumerate(kinds))
    links = member("l", 0, tarfile.SYMTYPE, "/etc/passwd") + member("h", 0, tarfile.LNKTYPE, "../../etc/passwd")
    path.write_bytes(odd + links + good())


def twice(path: Path) -> None:
    """The last one counts, as it does when a tar file is extracted."""
    path.write_bytes(member("package.json", 2) + padded(b"{}") + good())


def tar_in_tar(path: Path) -> None:
    inner = good()
    path.write_bytes(member("inner.tar", len(inner)) + padded(inner) + good())


def absolute(path: Path) -> None:
    path.write_bytes(member("/package.json") + good())


def upwards(path: Path) -> None:
    path.write_bytes(member("a/../../package.json") + good())


def plain_zip(files: dict[str, bytes]) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return bytearray(out.getvalue())


def directory(data: bytes | bytearray) -> tuple[int, int, int]:
    """Where the directory of a zip file starts, how long it is, and where its end record stands."""
    end = data.rfind(b"PK\5\6")
    size, start = struct.unpack_from("<II", data, end + 12)
    return start, size, end


def overlapping(path: Path) -> None:
    """Ten thousand entries with one content, of 4 MiB each."""
    data = plain_zip({"x": bytes(4 * MEBIBYTE)})
    start, size, _ = directory(data)
    record = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 10_000, 10_000, size * 10_000, start, 0)
    path.write_bytes(bytes(data[:start]) + bytes(data[start : start + size]) * 10_000 + record)


def many_in_zip64(path: Path) -> None:
    """Says in the short record that there is one entry, and in the long one that there are two million."""
    data = plain_zip({"x": b""})
    start, size, _ = directory(data)
    count = 2_000_000
    long = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size * count, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, start + size * count, 1)
    short = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, size, start, 0)
    with path.open("wb") as file:
        file.write(bytes(data[:start]))
        for _ in range(20):
            file.write(bytes(data[start : start + size]) * (count // 20))
        file.write(long + locator + short)


def lying_sizes(path: Path) -> None:
    """Says ten bytes, and unpacks to 640 MiB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("package.json", "w") as file:
        for _ in range(10):
            file.write(bytes(64 * MEBIBYTE))
    data = bytearray(out.getvalue())
    struct.pack_into("<I", data, directory(data)[0] + 24, 10)
    path.write_bytes(bytes(data))


def zip_bomb(path: Path) -> None:
    path.write_bytes(bytes(plain_zip({str(number): bytes(4 * MEBIBYTE) for number in range(200)})))


def zip_in_zip(path: Path) -> None:
    inner = bytes(plain_zip({str(number): bytes(MEBIBYTE) for number in range(16)}))
    for _ in range(5):
        inner = bytes(plain_zip({f"{number}.zip": inner for number in range(16)}))
    path.write_bytes(bytes(plain_zip({"inner.zip": inner, **GOOD})))


def encrypted(path: Path) -> None:
    """One of three files is."""
    data = plain_zip({**GOOD, ".nvmrc": b"18"})
    start = directory(data)[0]
    at = data.index(b".nvmrc", start) - 46
    data[at + 8] |= 1
    path.write_bytes(bytes(data))


def odd_method(path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(".nvmrc", b"18", zipfile.ZIP_LZMA)
        for name, data in GOOD.items():
            archive.writestr(name, data)
    path.write_bytes(out.getvalue())


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def cut_zip(path: Path) -> None:
    path.write_bytes(b"PK\3\4" + bytes(40))


def nothing(path: Path) -> None:
    path.write_bytes(b"")


# What each must end in: words of the one line of error.
REFUSED: dict[Callable[[Path], None], str] = {
    digits: "header of over 1 MiB",
    digits_that_fit: "malformed header",
    long_name: "header of over 1 MiB",
    long_content: "unpacks to more than 512 MiB",
    # On a slow machine the bound of time comes before that of entries.
    many_members: "more than 100000 entries|stopped after",
    many_headers: "more than 100000 entries|stopped after",
    gzip_parts: "compressed parts",
    gzip_name: "not a readable archive",
    xz_dictionary: "not a readable archive",
    xz_bomb: "unpacks to more than 512 MiB",
    cut: "truncated",
    cut_in_content: "truncated",
    below_zero: "negative size",
    absolute: "outside of the project",
    upwards: "outside of the project",
    overlapping: "unpacks to more than 512 MiB|not a readable archive",
    many_in_zip64: "more than 100000 entries|stopped after",
    lying_sizes: "not a readable archive",
    noise: "not a readable archive",
    cut_zip: "not a readable archive",
    nothing: "it is empty",
}
# What is good in each is found all the same.
FOUND = [odd_names, deep, devices, twice, tar_in_tar, pax_sparse, zip_in_zip, encrypted, odd_method]
# Neither: there is nothing good in it, and nothing to refuse.
EMPTY = [sparse, zip_bomb]
