"""A page that shows generated files next to their reasons: one HTML file without scripts or downloads."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genfile.upkeep.explain import Explanation, FieldExplained, LineExplained

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --mine: #e8a33d; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
td { vertical-align: top; padding: .15rem .6rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
td.number { width: 3rem; text-align: right; color: var(--quiet); }
td.text { width: 50%; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; }
td.why { font-size: 13px; } tr.same td { border-top: 0; } tr.yours td.text { border-left: 3px solid var(--mine); }
.quiet { color: var(--quiet); } code { font-family: ui-monospace, monospace; }
@media (max-width: 50rem) { td { display: block; } td.number { text-align: left; } td.text { width: auto; } }
"""


def page(explanation: "Explanation") -> str:
    """The page of a project, as HTML."""
    names = ", ".join(item.spec.name for item, _ in explanation.generation.services)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(names)}: container files explained</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(names)}: container files explained</h1>",
    ]
    for path in explanation.paths:
        parts.append(f"<h2>{escape(path)}</h2><table>")
        told = ""
        for line in explanation.lines(path):
            why = _why(line)
            same = why == told or not line.text.strip()
            parts.append(_row(line, "" if same else why, same=same))
            told = why if line.text.strip() else told
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>", ""])


def _row(line: "LineExplained", why: str, *, same: bool) -> str:
    classes = " ".join(name for name, holds in (("same", same), ("yours", line.yours)) if holds)
    fields = "<br>".join(_field(item) for item in line.fields if item.fact is not None)
    return (
        f'<tr class="{classes}" id="{escape(line.path)}-{line.line}"><td class="number">{line.line}</td>'
        f'<td class="text">{escape(line.text)}</td>'
        f'<td class="why">{why}{"<br>" if why and fields else ""}{fields}</td></tr>'
    )


def _why(line: "LineExplained") -> str:
    if line.yours:
        return "Yours: genfile did not write this line."
    if not line.rules:
        return escape(line.purpose)
    return "<br>".join(f'{escape(rule.why)} <span class="quiet">{escape(rule.source)}</span>' for rule in line.rules)


def _field(item: "FieldExplained") -> str:
    places = ", ".join(map(str, item.fact.evidence[:2])) if item.fact is not None else ""
    guess = " (a guess)" if item.fact is not None and item.fact.guess else ""
    return f'<code>{escape(item.name)}</code> <span class="quiet">{escape(places)}{guess}</span>'
