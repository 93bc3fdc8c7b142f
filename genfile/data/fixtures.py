"""Specs of every language, as `inspect` gave them for small whole projects: what presets are tested with."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def fixture_specs() -> dict[str, dict[str, Any]]:
    """By name: `spec` as plain values, and `files`, the paths in the build context. Made by `tools/specs.py`."""
    folder = Path(__file__).parent / "specs"
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
