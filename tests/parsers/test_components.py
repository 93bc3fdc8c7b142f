"""The code of Vue's, Svelte's and Astro's components."""

import pytest

from genfile.parsers.jscomponents import parse_component

IMPORT = "import x from '../shared/x'"
VUE = f'<template>\n  <p v-if="a < b" />\n</template>\n<script setup lang="ts">\n{IMPORT}\n</script>\n'
ASTRO = f"---\n{IMPORT}\n---\n<p>{{x < 2 ? '<script>' : ''}}</p>\n"
SVELTE = f'<script context="module">\n{IMPORT}\n</script>\n<p>{{x}}</p>\n<script>\nconst y = 2\n</script>\n'


@pytest.mark.parametrize(("text", "line"), [(VUE, 5), (ASTRO, 2), (SVELTE, 2)])
def test_imports_stand_in_their_lines(text: str, line: int) -> None:
    (found,) = parse_component(text).imports
    assert found.module == "../shared/x"
    assert parse_component(text.replace(IMPORT, "listen(1)")).calls[0].line == line


def test_every_script_counts() -> None:
    assert parse_component(SVELTE).constant("y") == 2


@pytest.mark.parametrize("text", ["", "<p>text</p>", "<script>const x = 1", "<script" * 1000, "---\nconst x = 1"])
def test_no_script(text: str) -> None:
    assert parse_component(text).imports == ()
