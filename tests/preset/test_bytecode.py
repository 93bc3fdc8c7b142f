"""Compiled templates: of built-in presets alone, and only where genfile itself lies."""

import sys
from pathlib import Path

import pytest

from genfile.preset import bytecode, environment
from genfile.preset.bytecode import TemplateCache
from genfile.preset.load import load_builtin


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(environment, "TemplateCache", lambda: TemplateCache(tmp_path / "kept"))
    return tmp_path / "kept"


def test_the_folder_is_of_the_package() -> None:
    assert bytecode.FOLDER.parent == Path(bytecode.__file__).parent


def test_built_in_templates_are_kept_and_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = load_builtin("node").templates
    environment.PresetEnvironment(templates).get_template("node/Dockerfile.j2")
    kept = list(folder.iterdir())
    assert len(kept) == 1

    def never(*_: object, **__: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(environment.PresetEnvironment, "_generate", never)
    environment.PresetEnvironment(templates).get_template("node/Dockerfile.j2")
    # What can't be read is compiled.
    kept[0].write_bytes(b"x")
    with pytest.raises(AssertionError, match="compiled again"):
        environment.PresetEnvironment(templates).get_template("node/Dockerfile.j2")


def test_those_of_others_are_not(folder: Path) -> None:
    templates = {**load_builtin("node").templates, "own/a.j2": "a", "../load.py": "a"}
    templates["node/Dockerfile.j2"] += " "
    for name in ("own/a.j2", "node/Dockerfile.j2", "../load.py"):
        environment.PresetEnvironment(templates).get_template(name)
    assert not folder.exists()


def test_python_is_told_to_write_no_byte_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    environment.PresetEnvironment(load_builtin("node").templates).get_template("node/Dockerfile.j2")
    assert not folder.exists()
