"""docs/detect-rules.md: its example finds what the page says, and its tables are those of the models."""

import json
import re
import tomllib
from typing import Any

from genfile.detect.declared import DetectRules, FactRule, parse_rules
from genfile.detect.inspection import inspect_source
from genfile.source.memory import MemorySource
from genfile.spec.base import plain
from genfile.spec.rules import FIELDS
from tests.declared.presets import ROOT

PAGE = (ROOT / "docs" / "detect-rules.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```\w+ ([\w.]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def agrees(value: Any, wanted: Any) -> bool:
    """Whether a value has all that is wanted of it."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(agrees(value.get(key), item) for key, item in wanted.items())
    return bool(value == wanted)


def test_the_example_finds_what_the_page_says() -> None:
    rules = parse_rules(tomllib.loads(BLOCKS["preset.toml"])["detect"], "detect")
    files: dict[str, str | bytes] = {"Gemfile": BLOCKS["Gemfile"], "Procfile": BLOCKS["Procfile"], "app.rb": ""}
    service = inspect_source(MemorySource(files), chosen=rules).services[0]
    assert agrees(plain(service.spec), json.loads(BLOCKS["spec"])), plain(service.spec)
    assert service.evidence["/runtime/version"][0].line == 3
    assert "/port" in service.guesses


def test_every_key_and_field_is_told() -> None:
    for model in (DetectRules, FactRule):
        for name, field in model.model_fields.items():
            assert not field.description or f"| `{field.alias or name}` | {field.description} |" in PAGE
    assert all(f"`{name}`" in PAGE for name in FIELDS)
