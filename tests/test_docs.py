"""Documents that are made from the code say what the code says."""

from tools import signals


def test_signals_are_those_of_the_code() -> None:
    assert signals.PATH.read_text("utf-8") == signals.render(), "run: python -m tools.signals"
