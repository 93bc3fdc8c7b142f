"""genfile.toml and genfile.lock: read strictly, changed without touching what else stands in them."""

from pathlib import Path

import pytest
import tomli

from genfile.errors import UsageError
from genfile.project.config import drop_preset, preset_reference, read_config, set_preset
from genfile.project.lock import read_lock, set_locked
from genfile.spec.config import LockedPreset

LOCKED = LockedPreset(source="gh:o/r@v1", commit="a" * 40, sha256="b" * 64)


def test_without_files(tmp_path: Path) -> None:
    assert read_config(tmp_path).presets == {}
    assert read_lock(tmp_path).presets == {}
    assert preset_reference("acme", tmp_path) is None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("presets = 1\n", "genfile.toml:1: presets: ", None),
        ("# c\n\nprset = 'x'\n", "genfile.toml:3: prset is not a key", "did you mean preset?"),
        ("[presets.acme]\nsorce = 'x'\n", "genfile.toml:2: presets.acme.sorce is not a key", "did you mean source?"),
        ("[presets.acme]\n", "genfile.toml:1: presets.acme.source is missing", None),
        ("[presets.Acme]\nsource = 'x'\n", "genfile.toml:1: presets.Acme: ", None),
        ("comments = 'loud'\n", "genfile.toml:1: comments: ", None),
        ("a = \n", "genfile.toml:1: ", None),
        ('[presets.acme]\nsource = "a\\u0007"\n', "genfile.toml:2: presets.acme.source: ", None),
    ],
)
def test_faults_name_the_file_and_the_line(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    (tmp_path / "genfile.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_config(tmp_path)
    assert caught.value.message.startswith(message)
    assert hint is None or caught.value.hint == hint


def test_comments_and_order_stay() -> None:
    text = (
        '# ours\npreset = "acme" # always\n\n[presets.acme] # the team\'s\nsource = "./a" # here\n\n[set]\nport = "1"\n'
    )
    changed = set_preset(text, "acme", "./b")
    assert changed == text.replace("./a", "./b")
    more = set_preset(text, "other", "gh:o/r")
    assert tomli.loads(more)["presets"]["other"] == {"source": "gh:o/r"}
    for line in text.splitlines():
        assert line in more
    assert tomli.loads(drop_preset(more, "other")) == tomli.loads(text)


def test_an_inline_table_is_changed_too() -> None:
    changed = set_preset('presets = { acme = { source = "./a" } }\n', "other", "./b")
    assert tomli.loads(changed)["presets"] == {"acme": {"source": "./a"}, "other": {"source": "./b"}}


def test_a_new_file() -> None:
    assert set_preset(None, "acme", "gh:o/r@v1") == '[presets.acme]\nsource = "gh:o/r@v1"\n'
    assert drop_preset(set_preset(None, "acme", "x"), "acme") == ""


def test_the_lock(tmp_path: Path) -> None:
    text = set_locked(set_locked(None, "b", LOCKED), "a", LOCKED)
    (tmp_path / "genfile.lock").write_text(text)
    assert read_lock(tmp_path).presets == {"a": LOCKED, "b": LOCKED}
    assert text.startswith("# Written by genfile")
    assert set_locked(set_locked(text, "a", None), "b", None).endswith("version = 1\n")


def test_a_reference_with_its_pin(tmp_path: Path) -> None:
    (tmp_path / "genfile.toml").write_text(set_preset(None, "acme", "gh:o/r@v1"))
    assert preset_reference("acme", tmp_path) == ("gh:o/r@v1", None)
    (tmp_path / "genfile.lock").write_text(set_locked(None, "acme", LOCKED))
    assert preset_reference("acme", tmp_path) == ("gh:o/r@v1", LOCKED)
    (tmp_path / "genfile.toml").write_text(set_preset(None, "acme", "gh:o/r@v2"))
    with pytest.raises(UsageError, match="another source"):
        preset_reference("acme", tmp_path)
