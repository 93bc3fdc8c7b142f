"""`genfile check`: whether the container files still fit the project, for CI and commit hooks."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import ui
from genfile.errors import ConflictError

if TYPE_CHECKING:
    from genfile.cli.annotations import Annotation
    from genfile.upkeep.check import CheckResult


def check(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print a SARIF 2.1.0 log, for code scanning.")] = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
) -> None:
    """Say whether the container files still fit the project, and why not: exit code 3 where they don't."""
    from genfile.upkeep.check import check_project

    found = check_project(path)
    if as_json:
        ui.json_out(_document(found))
    elif sarif:
        from genfile.cli.annotations import sarif as log

        ui.json_out(log(_findings(found)))
    elif github:
        from genfile.cli.annotations import github as annotations

        ui.data(annotations(_findings(found)))
    else:
        _report(found)
    if not found.current:
        raise typer.Exit(ConflictError.exit_code)


def _report(found: "CheckResult") -> None:
    for reason in found.reasons:
        place = reason.path if reason.line is None else f"{reason.path}:{reason.line}"
        ui.paragraph(f"{place}  {reason.text}", hang="  ")
    ui.show_notes(found.notes)
    ui.show_notes(risk.to_note() for risk in found.risks)
    if found.current:
        ui.out("up to date")
    else:
        ui.message("hint", "`genfile update` brings the files up to date, `genfile update --diff` shows how")


def _findings(found: "CheckResult") -> "Iterator[Annotation]":
    from genfile.cli.annotations import Annotation, of_risk

    for reason in found.reasons:
        yield Annotation("out-of-date", "error", reason.text, reason.path, reason.line)
    yield from map(of_risk, found.risks)
    for note in found.notes:
        yield Annotation("end-of-life", "warning" if note.level != "info" else "note", note.text, note.path, note.line)


def _document(found: "CheckResult") -> dict[str, Any]:
    return {
        "version": 1,
        "current": found.current,
        "reasons": [reason.to_json() for reason in found.reasons],
        "notes": [note.to_json() for note in found.notes],
        "risks": [risk.to_json() for risk in found.risks],
    }
