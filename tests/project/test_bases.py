"""`genfile.lock` as somebody else left it: one line for what can't be, and nothing is read or written for it."""

import base64
import random
import zlib
from pathlib import Path

import pytest

from genfile.errors import UsageError
from genfile.parsers.data import parse_toml
from genfile.project import bases as lock
from genfile.project.bases import Bases, read_bases, write_bases
from genfile.project.lock import set_locked
from genfile.spec.config import LockedPreset


def encoded(content: bytes) -> str:
    return base64.b85encode(zlib.compress(content, 9)).decode()


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        "a/.GIT/hooks/pre-commit",
        "git~1/config",
        ".hg/hgrc",
        "../outside",
        "/etc/passwd",
        "a/../../b",
        "C:/x",
        "a\\\\b",
        "",
        "a//b",
        "./a",
        "a\\u0000b",
        "a\\nb",
        "x" * 5000,
    ],
)
@pytest.mark.parametrize(
    "table", ['[template.files]\n"{path}" = "c-jL100001"\n', '[template]\nexecutable = ["{path}"]\n']
)
def test_paths_that_no_template_has(path: str, table: str) -> None:
    with pytest.raises(UsageError, match=r"^genfile\.lock: template\.(files|executable)") as caught:
        read_bases(table.format(path=path))
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    "text",
    [
        "template = 1",
        "template = []",
        "[template]\nfiles = 1",
        '[template]\nfiles = ["a"]',
        "[template.files]\na = 1",
        "[template.files]\na = {}",
        '[template.files]\na = "not base85 \\u0001"',
        "[template]\nexecutable = 1",
        "[template]\nexecutable = [1]",
        "[template",
        "a = " + "[" * 50_000,
    ],
)
def test_wrong_types_and_damage(text: str) -> None:
    with pytest.raises(UsageError, match=r"^genfile\.lock: ") as caught:
        read_bases(text)
    assert "\n" not in caught.value.message
    assert caught.value.hint is not None


def test_many_small_bombs_do_not_go_off_together() -> None:
    bomb = encoded(b"\0" * lock.MAX_KEPT)
    count = 10 * lock.MAX_UNPACKED // lock.MAX_KEPT
    text = "[template.files]\n" + "".join(f'a{number} = "{bomb}"\n' for number in range(count))
    with pytest.raises(UsageError, match="unpacks to more than 32 MiB"):
        read_bases(text)


def test_what_is_written_can_be_read_whatever_its_size() -> None:
    files = {f"{number}": b"\0" * (lock.MAX_KEPT - number) for number in range(10 * lock.MAX_UNPACKED // lock.MAX_KEPT)}
    read = read_bases(write_bases(None, Bases(files, frozenset({"1", "2"}))))
    assert read.files.keys() == files.keys()
    assert read.executable == frozenset({"1", "2"})
    assert any(isinstance(kept, str) for kept in read.files.values())


def test_a_large_project_fits() -> None:
    source = random.Random(1)
    files = {f"{'folder/' * 10}{number}": source.randbytes(300) for number in range(lock.MAX_FILES)}
    text = write_bases(None, Bases(files, frozenset()))
    assert len(text) <= lock.MAX_BYTES
    assert read_bases(text).files.keys() == files.keys()


def test_what_else_stands_in_the_lock_stays_however_it_is_laid_out() -> None:
    kept = Bases({"a": b"1"}, frozenset())
    for text in (
        'version = 1\n# why\n[presets.x]\nsource = """\n[template]\n"""\n[template.files]\n"b" = "c-jL100001"\n',
        'version = 1\ntemplate.files = {b = "c-jL100001"}\n# why\n[presets.x]\nsource = """\n[template]\n"""\n',
        '[template.files]\nb = "c-jL100001"\n\n  [presets.x]\n# why\nsource = "\\n[template]\\n"\n',
    ):
        written = write_bases(text, kept)
        assert read_bases(written) == kept
        assert "# why\n" in written
        assert parse_toml(written).value["presets"]["x"]["source"].strip() == "[template]"
        assert parse_toml(written).value["version"] == 1
        assert write_bases(written, kept) == written
    with pytest.raises(UsageError, match="larger than 256 KiB and not in genfile's layout"):
        write_bases(f'template.files = {{a = "{"x" * 10 * lock.MAX_SLOW}"}}', kept)


def test_a_lock_of_an_older_version_knows_no_bits_and_a_new_one_keeps_them_beside_presets(tmp_path: Path) -> None:
    assert read_bases('[template.files]\na = "c-jL100001"\n').executable is None
    text = write_bases(None, Bases({"a": b"1"}, frozenset({"a"})))
    preset = LockedPreset(source="./p", sha256="0" * 64)
    assert read_bases(set_locked(text, "shop", preset)) == Bases({"a": b"1"}, frozenset({"a"}))
    old = write_bases(None, Bases({"a": b"1"}))
    assert read_bases(set_locked(old, "shop", preset)) == Bases({"a": b"1"}, None)
