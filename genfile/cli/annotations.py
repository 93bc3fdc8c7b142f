"""Findings in formats that other tools read: GitHub Actions annotations, and SARIF 2.1.0 for code scanning."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from genfile import __version__

if TYPE_CHECKING:
    from genfile.evidence import Risk

# Sources: GitHub's "Workflow commands for GitHub Actions"; OASIS SARIF 2.1.0, sections 3.27 and 3.49.
_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_ESCAPES, ":": "%3A", ",": "%2C"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class Annotation(Struct, frozen=True):
    """A finding: the id of its rule, its level, what is wrong, and where (1-based line)."""

    rule: str
    level: Literal["error", "warning", "note"]
    text: str
    path: str | None = None
    line: int | None = None


def of_risk(risk: "Risk") -> Annotation:
    """A risk of an image as a finding."""
    return Annotation(
        risk.id, "note" if risk.level == "hint" else risk.level, risk.to_note().text, risk.path, risk.line
    )


def github(findings: Iterable[Annotation]) -> str:
    """One workflow command a line."""
    lines = []
    for item in findings:
        kind = "notice" if item.level == "note" else item.level
        properties = {"file": item.path, "line": item.line, "title": f"genfile {item.rule}"}
        shown = ",".join(f"{key}={_escaped(str(value), _IN_PROPERTIES)}" for key, value in properties.items() if value)
        lines.append(f"::{kind} {shown}::{_escaped(item.text, _ESCAPES)}\n")
    return "".join(lines)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)


def sarif(findings: Iterable[Annotation], reasons: "dict[str, str] | None" = None) -> dict[str, Any]:
    """A SARIF log with one run. ``reasons``: what each rule is for, by its id."""
    results = list(findings)
    known = reasons or {}
    rules = [
        {"id": rule, **({"shortDescription": {"text": known[rule]}} if rule in known else {})}
        for rule in sorted({item.rule for item in results})
    ]
    driver = {"name": "genfile", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(item) for item in results]}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(item: Annotation) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": item.rule, "level": item.level, "message": {"text": item.text}}
    if item.path is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": item.path}}
        if item.line is not None:
            place["region"] = {"startLine": item.line}
        result["locations"] = [{"physicalLocation": place}]
    return result
