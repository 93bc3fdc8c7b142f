"""What a preset of one's own renders must be a Dockerfile, and may fill what only some languages have."""

from pathlib import Path

import pytest

from genfile.api import render
from genfile.data.fixtures import fixture_specs
from genfile.errors import PresetError
from genfile.preset.load import load_preset
from genfile.preset.scaffold import scaffold

SPEC = fixture_specs()["node-express-js"]["spec"]
HEAD = 'manifest = 1\nname = "acme"\nsummary = "x"\nextends = "builtin"\n'


def preset(folder: Path, template: str) -> str:
    (folder / "acme").mkdir()
    (folder / "acme" / "preset.toml").write_text(HEAD)
    (folder / "acme" / "Dockerfile.j2").write_text('{% extends "builtin/Dockerfile.j2" %}\n' + template)
    return str(folder / "acme")


def test_an_unknown_instruction_fails_at_render(tmp_path: Path) -> None:
    reference = preset(tmp_path, "{% block labels %}\nLABLE a=b\n{% endblock %}\n")
    with pytest.raises(PresetError, match="unknown instruction: LABLE") as caught:
        render(SPEC, preset=reference)
    assert caught.value.hint == "did you mean LABEL?"


def test_a_block_of_other_languages_is_left_out(tmp_path: Path) -> None:
    reference = preset(tmp_path, "{% block build_setup %}\nENV A=b\n{% endblock %}\n")
    assert "ENV A=b" not in render(SPEC, preset=reference).dockerfile
    (tmp_path / "acme" / "Dockerfile.j2").write_text(
        '{% extends "builtin/Dockerfile.j2" %}\n{% block bild_setup %}{% endblock %}\n'
    )
    with pytest.raises(PresetError, match=r"builtin/Dockerfile\.j2 has no block 'bild_setup' to override"):
        render(SPEC, preset=reference)


def test_a_preset_that_extends_ones_own_says_nothing_twice(tmp_path: Path) -> None:
    for name, extends, written in (("acme", "builtin", None), ("team", str(tmp_path / "acme"), "../acme")):
        for path, text in scaffold(name, extends, written).items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
    assert load_preset(str(tmp_path / "team")).chain[:2] == ("team", "acme")
    text = render(SPEC, preset=str(tmp_path / "team")).dockerfile
    assert text.count("LABEL") == 1
    assert text.count("ENV TZ=UTC") == 1
