"""The presets of examples/, read from their folders, and small trees that rules are asked of."""

import tomllib
from functools import cache
from pathlib import Path

from genfile.bundle import Bundle
from genfile.detect.declared import DetectRules, parse_rules
from genfile.detect.inspection import Inspection, inspect_source
from genfile.preset import load
from genfile.preset.load import Preset
from genfile.source.memory import MemorySource

ROOT = Path(__file__).parent.parent.parent
PRESETS = ROOT / "examples" / "presets"


@cache
def example_preset(name: str) -> Preset:
    """A preset of examples/presets, as its files are."""
    folder = PRESETS / name
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return load.load_preset(Bundle(str(folder), "folder", name, files, frozenset(), None, folder))


def rules_of(name: str) -> DetectRules:
    """The rules of a preset of examples/presets."""
    rules = example_preset(name).detect
    assert rules is not None
    return rules


def rules(text: str) -> DetectRules:
    """Rules given as the text of a preset.toml."""
    return parse_rules(tomllib.loads(text)["detect"], "preset.toml: detect")


def found(text: str, files: dict[str, str]) -> Inspection:
    """What rules, the chosen preset's, find in a small tree."""
    return inspect_source(MemorySource(dict(files)), chosen=rules(text))
