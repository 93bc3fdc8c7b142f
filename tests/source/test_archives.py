"""Archives as trees: whatever is in them ends in services or in one line, within 1 GiB and ten seconds."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import genfile
from genfile.bundle import open_bundle
from genfile.source.archive import open_archive
from genfile.source.base import Limits, Unreadable
from tests.source import hostile

Maker = Callable[[Path], None]


@pytest.fixture(scope="module")
def pool() -> Iterator[genfile.GuardPool]:
    """A child with the limits that are promised: passing one of them ends in another error than the one expected."""
    with genfile.GuardPool(1) as pool:
        yield pool


@pytest.mark.parametrize("make", hostile.REFUSED, ids=lambda make: make.__name__)
def test_refused_in_one_line(tmp_path: Path, make: Maker, pool: genfile.GuardPool) -> None:
    path = tmp_path / "tree"
    make(path)
    with pytest.raises(genfile.SourceError, match=hostile.REFUSED[make]) as caught:
        genfile.inspect(path, guard=pool)
    assert caught.value.message.count("\n") == 0
    assert len(caught.value.message) < 400
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("make", hostile.FOUND, ids=lambda make: make.__name__)
def test_what_is_good_is_found(tmp_path: Path, make: Maker, pool: genfile.GuardPool) -> None:
    path = tmp_path / "tree"
    make(path)
    found = genfile.inspect(path, guard=pool)
    assert [service.spec.name for service in found.services] == ["shop"]
    assert found == genfile.inspect(path)
    assert "18" not in str(found.services[0].spec.runtime)


@pytest.mark.parametrize("make", hostile.EMPTY, ids=lambda make: make.__name__)
def test_nothing_good_is_nothing_found(tmp_path: Path, make: Maker, pool: genfile.GuardPool) -> None:
    make(tmp_path / "tree")
    assert genfile.inspect(tmp_path / "tree", guard=pool).services == ()


@pytest.mark.parametrize("make", [*hostile.REFUSED, hostile.odd_names, hostile.devices], ids=lambda make: make.__name__)
def test_presets_pass_by_the_same_reader(tmp_path: Path, make: Maker) -> None:
    make(tmp_path / "tree.bin")
    with pytest.raises(genfile.GenfileError) as caught:
        open_bundle(str(tmp_path / "tree.bin"), what="preset")
    assert "\n" not in caught.value.message


def test_what_was_left_out_is_said(tmp_path: Path) -> None:
    hostile.encrypted(tmp_path / "a.zip")
    hostile.odd_names(tmp_path / "b.tar")
    assert ".nvmrc is encrypted and was skipped" in [note.text for note in genfile.inspect(tmp_path / "a.zip").notes]
    assert "files with a path of more than 1024 characters were left out" in [
        note.text for note in genfile.inspect(tmp_path / "b.tar").notes
    ]
    assert not [path for path in open_archive(tmp_path / "b.tar").index().paths if "git" in path.lower()]


@pytest.mark.parametrize("squeeze", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_all_that_tarfile_writes_is_read(tmp_path: Path, squeeze: Callable[[bytes], bytes], form: int) -> None:
    """Names of every length, in every format; several compressed parts behind each other, and padding."""
    names = ["a", "é/" + "n" * 90, "d" * 80 + "/" + "e" * 90]
    names += [] if form == tarfile.USTAR_FORMAT else ["long/" + "f" * 300, "long/é" + "g" * 400]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for number, name in enumerate(names):
            info = tarfile.TarInfo(f"top/{name}")
            info.size, info.mtime = number * 300, 1.5
            archive.addfile(info, io.BytesIO(b"x" * info.size))
    data = out.getvalue()
    (tmp_path / "t").write_bytes(squeeze(data[:1000]) + squeeze(data[1000:]) + bytes(100))
    source = open_archive(tmp_path / "t")
    assert source.index().paths == set(names)
    assert [len(source.read(name, 10_000)) for name in names] == [number * 300 for number in range(len(names))]


def test_what_is_beyond_the_memory_for_an_archive_is_left_out(tmp_path: Path) -> None:
    files = {f"{number}.txt": bytes(1000) for number in range(10)}
    (tmp_path / "t").write_bytes(
        b"".join(hostile.member(name, 1000) + hostile.padded(data) for name, data in files.items())
    )
    source = open_archive(tmp_path / "t", Limits(kept_bytes=5_500))
    assert len(source.index().paths) == 10
    assert len(source.read("4.txt", 1000)) == 1000
    with pytest.raises(Unreadable, match="is beyond the first 5500 bytes of the archive"):
        source.read("5.txt", 1000)
    assert [note.text for note in source.index().notes] == ["only 5500 bytes of the archive were read"]
