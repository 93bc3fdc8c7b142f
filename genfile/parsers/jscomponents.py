"""The code of components that hold markup too: Vue's, Svelte's and Astro's files."""

import re
from collections.abc import Iterator

from genfile.parsers.javascript import JsModule, parse_typescript

COMPONENTS = (".vue", ".svelte", ".astro")
_OPENS = re.compile(r"<script\b[^>]{0,200}>")
_CLOSES = "</script"
_FRONT = re.compile(r"\s*---\r?\n(.*?)\n---", re.DOTALL)


def parse_component(text: str) -> JsModule:
    """The module of a component: its frontmatter, or else its scripts, in the lines where they stand.

    Raises ParseError as `parse_typescript` does.
    """
    code, at = "", 0
    for start, end in _parts(text):
        code += "\n" * text.count("\n", at, start) + text[start:end]
        at = end
    return parse_typescript(code)


def markup_of(text: str) -> str:
    """A component without the code that `parse_component` reads."""
    kept, at = "", 0
    for start, end in _parts(text):
        kept += text[at:start]
        at = end
    return kept + text[at:]


def _parts(text: str) -> Iterator[tuple[int, int]]:
    front = _FRONT.match(text)
    if front is not None:
        yield front.span(1)
        return
    match = _OPENS.search(text)
    while match is not None and (end := text.find(_CLOSES, match.end())) >= 0:
        yield match.end(), end
        match = _OPENS.search(text, end)
