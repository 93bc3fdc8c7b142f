"""Documents that are made from the code say what the code says."""

from tools import blocks, checks, signals


def test_signals_are_those_of_the_code() -> None:
    assert signals.PATH.read_text("utf-8") == signals.render(), "run: python -m tools.signals"


def test_tables_of_presets_are_those_of_the_presets() -> None:
    assert blocks.PATH.read_text("utf-8") == blocks.render(), "run: python -m tools.blocks"


def test_checks_are_those_of_the_code() -> None:
    assert checks.PATH.read_text("utf-8") == checks.render(), "run: python -m tools.checks"
