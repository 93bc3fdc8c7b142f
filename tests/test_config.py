"""genfile.toml and genfile.lock: read strictly, changed without touching what else stands in them."""

import json
from pathlib import Path

import pytest
import tomli

from genfile.errors import UsageError
from genfile.project.config import drop_preset, preset_reference, read_config, set_preset
from genfile.project.decided import find_decided
from genfile.project.lock import read_lock, set_locked
from genfile.schema import json_schema
from genfile.spec.config import LockedPreset

SCHEMA = Path(__file__).parent.parent / "docs" / "genfile.schema.json"

LOCKED = LockedPreset(source="gh:o/r@v1", commit="a" * 40, sha256="b" * 64)


def test_without_files(tmp_path: Path) -> None:
    assert read_config(tmp_path).presets == {}
    assert read_lock(tmp_path).presets == {}
    assert preset_reference("acme", tmp_path) is None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("presets = 1\n", "genfile.toml:1:1: presets: ", None),
        ("# c\n\nprset = 'x'\n", "genfile.toml:3:1: prset is not a known key", "did you mean preset?"),
        (
            "[presets.acme]\nsorce = 'x'\n",
            "genfile.toml:2:1: presets.acme.sorce is not a known key",
            "did you mean source?",
        ),
        ("[presets.acme]\n", "genfile.toml:1:10: presets.acme.source is missing", None),
        ("[presets.Acme]\nsource = 'x'\n", "genfile.toml:1:10: presets.Acme: ", None),
        ("comments = 'loud'\n", "genfile.toml:1:1: comments: ", None),
        ("a = \n", "genfile.toml:1:5: ", None),
        ("services = { api = { prt = 1 } }\n", "genfile.toml:1:22: services.api.prt is not a known key", None),
        ("[services.api]\nskp = true\n", "genfile.toml:2:1: services.api.skp is not a known key", "did you mean skip?"),
        (
            '[services."../x"]\n',
            "genfile.toml:1:11: services.../x: must be a normalized relative path inside the tree",
            None,
        ),
        ("[set]\nruntime.version = 3.10\n", "genfile.toml:2:9: runtime.version: write a decimal number", None),
        ("[set]\n  port = 2020-01-01\n", "genfile.toml:2:3: port: write a date", None),
        (
            "set = { port = 1 }\nignore = []\n[services.a.set]\n'x.y' = 1\nx.y = 2\n",
            "genfile.toml:5:3: x.y is set twice, also at genfile.toml:4:1",
            None,
        ),
        ("ignore = 'a'\n", "genfile.toml:1:1: ignore: ", None),
        ('[presets.acme]\nsource = "a\\u0007"\n', "genfile.toml:2:1: presets.acme.source: ", None),
    ],
)
def test_faults_name_the_file_and_the_line(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    (tmp_path / "genfile.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_config(tmp_path)
    assert caught.value.message.startswith(message)
    assert hint is None or caught.value.hint == hint


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pyproject.toml", "[project]\n[tool.genfile]\nprset = 'x'\n", "pyproject.toml:3:1: prset is not a known key"),
        ("package.json", '{"genfile":\n {"prset": 1}}', "package.json:2:3: prset is not a known key"),
        ("package.json", '{"genfile":\n 1}', "package.json:1:2: the file: "),
    ],
)
def test_decisions_in_another_file(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as caught:
        read_config(tmp_path)
    assert caught.value.message.startswith(message)
    (tmp_path / name).write_text(text.replace("prset", "preset").replace("1}", '"go"}').replace('\n "go"', "{}"))


def test_a_manifest_without_decisions_is_none_of_them(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("genfile = [\n")
    (tmp_path / "package.json").symlink_to("/dev/zero")
    assert read_config(tmp_path).preset is None
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nname = 'genfile'\n")
    assert read_config(tmp_path).preset is None


def test_the_first_file_counts_alone(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"genfile": {"preset": "node", "compose": true}}')
    assert read_config(tmp_path).preset == "node"
    (tmp_path / "pyproject.toml").write_text("[tool.genfile]\npreset = 'python'\n")
    assert read_config(tmp_path).preset == "python"
    (tmp_path / "genfile.toml").write_text("preset = 'go'\n")
    assert (read_config(tmp_path).preset, read_config(tmp_path).compose) == ("go", None)
    found = find_decided(tmp_path)
    assert found is not None
    assert found.others == ("pyproject.toml [tool.genfile]", 'package.json "genfile"')


def test_the_cost_of_decisions_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "genfile.toml").write_text("[set]\n" + "".join(f"a{n} = 1\n" for n in range(501)))
    with pytest.raises(UsageError, match="more than 500 settings"):
        read_config(tmp_path)


def test_the_published_schema_is_that_of_the_code() -> None:
    text = json.dumps(json_schema("config"), indent=2, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text("utf-8") == text, "run: python -m genfile schema config > docs/genfile.schema.json"


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
    with pytest.raises(UsageError, match="different sources"):
        preset_reference("acme", tmp_path)
