"""Bundles out of folders, archives and packages; what does not belong into one is refused by its name."""

import importlib
import io
import os
import stat
import struct
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from genfile.bundle import open_bundle
from genfile.errors import GenfileError, PresetError, SourceError, UsageError
from tests.bundle.remotes import PRESET

# Machines that do other work too are slower.
SLACK = float(os.environ.get("GENFILE_SLACK", "1"))


def write_zip(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members:
            member.size = member.size or len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def tar_member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_a_builtin() -> None:
    bundle = open_bundle("node", what="preset")
    assert (bundle.kind, bundle.name, bundle.commit) == ("builtin", "node", None)
    assert "preset.toml" in bundle.files


def test_an_unknown_name() -> None:
    with pytest.raises(UsageError) as caught:
        open_bundle("nodee", what="preset")
    assert caught.value.hint == "did you mean node?"


def test_a_folder(tmp_path: Path) -> None:
    root = tmp_path / "acme"
    (root / "sub" / ".git").mkdir(parents=True)
    (root / "sub" / ".git" / "config").write_text("secret")
    (root / "preset.toml").write_text(PRESET)
    (root / "sub" / "run.sh").write_text("#!/bin/sh\n")
    (root / "sub" / "run.sh").chmod(0o755)
    (root / "link").symlink_to("sub")
    bundle = open_bundle("./acme", what="preset", base=tmp_path)
    assert set(bundle.files) == {"preset.toml", "sub/run.sh", "link/run.sh"}
    assert bundle.executable == {"sub/run.sh", "link/run.sh"}
    assert (bundle.kind, bundle.name, bundle.folder) == ("folder", "acme", root)
    assert set(open_bundle("./acme#sub", what="preset", base=tmp_path).files) == {"run.sh"}
    assert open_bundle("acme", what="preset", base=tmp_path).files == bundle.files


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "preset.toml").write_text(PRESET)
    write_zip(tmp_path / "b.zip", {"preset.toml": PRESET})
    folder = open_bundle("./a", what="preset", base=tmp_path)
    archive = open_bundle("b.zip", what="preset", base=tmp_path)
    assert folder.sha256 == archive.sha256
    assert archive.commit is not None
    assert archive.commit.startswith("sha256:")


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_archives(tmp_path: Path, ending: str) -> None:
    """A single folder at the top is taken as the root; a subfolder is named with it or without."""
    path = tmp_path / f"acme.{ending}"
    files = {"top/preset.toml": PRESET, "top/sub/x": "1"}
    if ending == "zip":
        write_zip(path, dict(files))
    else:
        mode = "w" if ending == "tar" else "w:" + ending.partition(".")[2]
        with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
            archive.addfile(tar_member("top", tarfile.DIRTYPE))
            for name, text in files.items():
                member = tar_member(name)
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))
    assert set(open_bundle(str(path), what="preset").files) == {"preset.toml", "sub/x"}
    assert set(open_bundle(f"{path}#sub", what="preset").files) == {"x"}
    assert set(open_bundle(f"{path}#top/sub", what="preset").files) == {"x"}
    with pytest.raises(UsageError, match="contains no files in other"):
        open_bundle(f"{path}#other", what="preset")


def test_a_pinned_archive_that_changed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"preset.toml": PRESET})
    pinned = open_bundle(str(path), what="preset").commit
    assert open_bundle(str(path), what="preset", pinned=pinned).commit == pinned
    write_zip(path, {"preset.toml": PRESET + "\n"})
    with pytest.raises(PresetError, match="has changed since it was added"):
        open_bundle(str(path), what="preset", pinned=pinned)


def test_links_in_a_tar(tmp_path: Path) -> None:
    path = write_tar(
        tmp_path / "a.tar.gz",
        (tar_member("preset.toml"), PRESET.encode()),
        (tar_member("d/x"), b"1"),
        (tar_member("d/y", tarfile.SYMTYPE, "x"), b""),
        (tar_member("hard", tarfile.LNKTYPE, "d/x"), b""),
    )
    assert open_bundle(str(path), what="preset").files["d/y"] == b"1"
    assert open_bundle(str(path), what="preset").files["hard"] == b"1"


def _package(root: Path) -> None:
    folder = root / "acme_presets" / "node"
    folder.mkdir(parents=True)
    (root / "acme_presets" / "__init__.py").write_text("raise SystemExit('imported')\n")
    (folder / "__init__.py").write_text("")
    (folder / "preset.toml").write_text(PRESET)
    info = root / "acme_presets-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-presets\nVersion: 2.1\n")
    (info / "entry_points.txt").write_text("[genfile.presets]\nacme = acme_presets.node\nbad = acme_presets.none\n")


def test_a_package_is_read_and_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _package(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    bundle = open_bundle("package:acme", what="preset")
    assert set(bundle.files) == {"preset.toml"}
    assert (bundle.kind, bundle.commit, bundle.name) == ("package", "2.1", "acme")
    assert "acme_presets" not in sys.modules
    with pytest.raises(PresetError, match="has changed since it was added"):
        open_bundle("package:acme", what="preset", pinned="2.0")
    with pytest.raises(UsageError) as caught:
        open_bundle("package:other", what="preset")
    assert caught.value.hint is not None
    assert "acme" in caught.value.hint
    with pytest.raises(SourceError, match="not a folder of an installed package"):
        open_bundle("package:bad", what="preset")


def _zip_bomb(path: Path) -> None:
    write_zip(path, {f"{n}": b"\0" * (4 * 1024 * 1024) for n in range(20)})


def _large_member(path: Path) -> None:
    write_zip(path, {"x": b"\0" * (64 * 1024 * 1024)})


def _lying_member(path: Path) -> None:
    """Says that it is small, and is not."""
    write_zip(path, {"x": b"\0" * (64 * 1024 * 1024)})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    path.write_bytes(data)


def _many_in_zip(path: Path) -> None:
    write_zip(path, {str(n): b"" for n in range(100_000)})


def _many_in_tar(path: Path) -> None:
    block = tar_member("x").tobuf()
    with tarfile.open(path, "w:gz") as archive:
        assert archive.fileobj is not None
        archive.fileobj.write(block * 100_000)


def _tar_bomb(path: Path) -> None:
    import gzip

    with gzip.open(path, "wb", compresslevel=1) as file:
        member = tar_member("x")
        member.size = 1024 * 1024 * 1024
        file.write(member.tobuf())
        for _ in range(1024):
            file.write(b"\0" * 1024 * 1024)


def _long_header(path: Path) -> None:
    member = tar_member("x", tarfile.XHDTYPE)
    write_tar(path, (member, b"1" * 60_000_000))


def _backwards(path: Path) -> None:
    """A size below zero, which has made readers go round for ever."""
    data = bytearray(tar_member("x").tobuf())
    data[124:136] = b"\xff" * 10 + b"\xfe\x00"
    data[148:156] = b"        "
    data[148:155] = b"%06o\0" % sum(data)
    path.write_bytes(data * 2 + bytes(1024))


def _tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> Callable[[Path], object]:
    return lambda path: write_tar(path, *members)


def _zip_of(name: str, mode: int = 0, content: str = "") -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            archive.writestr(member, content)

    return make


HOSTILE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "zip-up": ("zip", _zip_of("../evil")),
    "zip-inner-up": ("zip", _zip_of("a/../../evil")),
    "zip-absolute": ("zip", _zip_of("/evil")),
    "zip-drive": ("zip", _zip_of("C:/evil")),
    "zip-backslash": ("zip", _zip_of("..\\evil")),
    "zip-control": ("zip", _zip_of("a\x1b[2J")),
    "zip-link": ("zip", _zip_of("x", stat.S_IFLNK | 0o777, "/etc/passwd")),
    "zip-link-up": ("zip", _zip_of("d/x", stat.S_IFLNK | 0o777, "../../evil")),
    "zip-link-circle": ("zip", _zip_of("x", stat.S_IFLNK | 0o777, "x")),
    "zip-device": ("zip", _zip_of("x", stat.S_IFCHR | 0o666)),
    "zip-bomb": ("zip", _zip_bomb),
    "zip-large": ("zip", _large_member),
    "zip-lies": ("zip", _lying_member),
    "zip-many": ("zip", _many_in_zip),
    "tar-up": ("tar.gz", _tar_of((tar_member("../evil"), b""))),
    "tar-absolute": ("tar.gz", _tar_of((tar_member("/evil"), b""))),
    "tar-folder-up": ("tar.gz", _tar_of((tar_member("../evil", tarfile.DIRTYPE), b""))),
    "tar-link": ("tar.gz", _tar_of((tar_member("x", tarfile.SYMTYPE, "/etc/passwd"), b""))),
    "tar-link-up": ("tar.gz", _tar_of((tar_member("d/x", tarfile.SYMTYPE, "../../evil"), b""))),
    "tar-hard-link": ("tar.gz", _tar_of((tar_member("x", tarfile.LNKTYPE, "../../etc/passwd"), b""))),
    "tar-through-link": (
        "tar.gz",
        _tar_of((tar_member("d", tarfile.SYMTYPE, ".."), b""), (tar_member("d/evil"), b"x")),
    ),
    "tar-device": ("tar.gz", _tar_of((tar_member("x", tarfile.CHRTYPE), b""))),
    "tar-fifo": ("tar.gz", _tar_of((tar_member("x", tarfile.FIFOTYPE), b""))),
    "tar-many": ("tar.gz", _many_in_tar),
    "tar-bomb": ("tar.gz", _tar_bomb),
    "tar-long-header": ("tar.gz", _long_header),
    "tar-backwards": ("tar", _backwards),
    "tar-empty": ("tar", lambda path: path.write_bytes(b"")),
    "zip-cut": ("zip", lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 40)),
    "noise": ("zip", lambda path: path.write_bytes(bytes(range(256)) * 40)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives(tmp_path: Path, case: str) -> None:
    """Refused within two seconds, in one line, and nothing is left on the disk."""
    ending, make = HOSTILE[case]
    path = tmp_path / f"bundle.{ending}"
    make(path)
    started = time.monotonic()
    with pytest.raises(GenfileError) as caught:
        open_bundle(str(path), what="preset")
    assert time.monotonic() - started < 2 * SLACK
    assert "\n" not in caught.value.message
    assert list(tmp_path.iterdir()) == [path]
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files on this system")
@pytest.mark.parametrize(
    "case", ["link", "link-up", "linked-folder", "circle", "dangling", "fifo", "large", "many", "entries"]
)
def test_hostile_folders(tmp_path: Path, case: str) -> None:
    root = tmp_path / "acme"
    root.mkdir()
    (tmp_path / "secret").write_text("x")
    (root / "preset.toml").write_text(PRESET)
    target = {
        "link": "/etc/passwd",
        "link-up": "../secret",
        "linked-folder": "..",
        "circle": "odd",
        "dangling": "nothing",
    }.get(case)
    if target:
        (root / "odd").symlink_to(target)
    elif case == "fifo":
        os.mkfifo(root / "odd")
    elif case == "large":
        (root / "odd").write_bytes(b"0" * (4 * 1024 * 1024 + 1))
    else:
        for number in range(2_001 if case == "many" else 8_001):
            (root / f"odd{number}").touch() if case == "many" else (root / f"odd{number}").mkdir()
    started = time.monotonic()
    with pytest.raises(GenfileError) as caught:
        open_bundle(str(root), what="preset")
    assert time.monotonic() - started < 2 * SLACK
    assert "acme" in caught.value.message
    assert "odd" in caught.value.message or case in ("many", "entries")


def test_a_subfolder_that_is_a_link_out(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "acme" / "sub").symlink_to("../other")
    with pytest.raises(PresetError, match="the symlink sub points outside"):
        open_bundle("./acme#sub", what="preset", base=tmp_path)
