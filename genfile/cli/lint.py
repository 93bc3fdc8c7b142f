"""`genfile lint`: Dockerfiles against the project that they are for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui

if TYPE_CHECKING:
    from genfile.evidence import Risk
    from genfile.source.base import Source
    from genfile.upkeep.decisions import Decisions


def lint(
    path: Annotated[Path, typer.Argument(help="A folder, or a tar or zip file.")] = Path(),
    dockerfiles: Annotated[
        list[str] | None,
        typer.Option("--file", "-f", help="Only this Dockerfile, by its path in PATH; may stand several times."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print a SARIF 2.1.0 log, for code scanning.")] = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
) -> None:
    """Check the Dockerfiles in PATH on paper: what they copy, run and start must be there.

    Exit code 3 when a build or a start would fail.
    """
    from genfile.handwritten import check_dockerfiles
    from genfile.source import open_source
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.look import look, settled

    decisions = decide(path if path.is_dir() else None, Flags())
    source = open_source(path)
    found = check_dockerfiles(source, dockerfiles or (), settled(look(source, decisions), decisions))
    found = _with_practice(source, found, decisions)
    risks = [risk for items in found.values() for risk in items]
    if as_json:
        files = [{"path": name, "risks": [risk.to_json() for risk in items]} for name, items in sorted(found.items())]
        ui.json_out({"version": 1, "files": files})
    elif sarif or github:
        _annotate(risks, sarif=sarif)
    else:
        for risk in risks:
            place = f"{risk.path}:{risk.line}" if risk.line is not None else risk.path or str(path)
            ui.out(f"{place}: {risk.level}: {risk.text} [{risk.id}]")
            if risk.hint:
                ui.out(f"    {risk.hint}")
        ui.out(f"{_count(len(found), 'Dockerfile')}, {_count(len(risks), 'finding')}")
    if any(risk.level == "error" for risk in risks):
        raise typer.Exit(3)


def _with_practice(
    source: "Source", found: "dict[str, tuple[Risk, ...]]", decisions: "Decisions"
) -> "dict[str, tuple[Risk, ...]]":
    """The findings with those of good practice, for which the project is asked without these Dockerfiles' own word."""
    from genfile.handwritten import practice_of
    from genfile.source.overlay import OverlaySource
    from genfile.upkeep.look import look, settled

    without = OverlaySource(source, dict.fromkeys(found))
    known = settled(look(without, decisions), decisions)
    practice = practice_of(source, list(found), known)
    return {
        path: tuple(sorted((*items, *practice.get(path, ())), key=lambda risk: (risk.line or 0, risk.id)))
        for path, items in found.items()
    }


def _annotate(risks: "list[Risk]", *, sarif: bool) -> None:
    from genfile.cli import annotations
    from genfile.image import CHECKS
    from genfile.practice import PRACTICES

    reasons = {item.id: item.reason for item in CHECKS} | {item.id: item.reason for item in PRACTICES}
    findings = [annotations.of_risk(risk) for risk in risks]
    if sarif:
        ui.json_out(annotations.sarif(findings, reasons))
    else:
        ui.data(annotations.github(findings))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
