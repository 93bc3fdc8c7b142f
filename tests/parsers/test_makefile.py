"""Makefiles: targets, prerequisites, recipes."""

from genfile.parsers.makefile import parse_makefile


def test_targets_with_variables_put_in() -> None:
    text = "OUT ?= static\nall: css js # both\n\ncss:\n\t@sassc in.scss $(OUT)/x.css\n\n"
    text += ".PHONY: css\njs: \\\n  css\n\t-node x.js\n"
    found = parse_makefile(text)
    assert found["all"].prerequisites == ["css", "js"]
    assert found["css"].commands == ["sassc in.scss static/x.css"]
    assert (found["js"].prerequisites, found["js"].commands) == (["css"], ["node x.js"])
    assert ".PHONY" not in found


def test_what_is_not_understood_is_left_out() -> None:
    found = parse_makefile("ifeq ($(X),1)\nx: y\n\t$(CMD) z\nendif\n\x00\nA := $(shell rm)\n")
    assert found["x"].commands == ["$(CMD) z"]
