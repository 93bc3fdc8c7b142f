"""`genfile inspect`: what is there, and why genfile thinks so."""

from pathlib import Path
from typing import Annotated

import typer

from genfile.cli import ui
from genfile.errors import NothingFoundError


def inspect(
    path: Annotated[Path, typer.Argument(help="A folder, or a tar or zip file.")] = Path(),
    preset: Annotated[
        str | None, typer.Option("--preset", help="Look for what this preset's own rules find, too.")
    ] = None,
    guard: ui.GuardOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the specs, evidence and notes as JSON.")] = False,
) -> None:
    """Show which services are in PATH, and the evidence for it."""
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.look import look, settled

    decisions = decide(path if path.is_dir() and not guard else None, Flags(preset))
    ui.show_notes(decisions.notes)
    inspection = settled(look(path, decisions, guard=ui.guarded(path) if guard else None), decisions)
    if as_json:
        ui.json_out(inspection.to_json())
        ui.exit_for(inspection.notes)
        if not inspection.services:
            raise typer.Exit(NothingFoundError.exit_code)
        return
    if not inspection.services:
        ui.show_notes(inspection.notes[:-1])
        ui.exit_for(inspection.notes)
        raise NothingFoundError(inspection.notes[-1].text)
    for service in inspection.services:
        ui.show_service(service)
        ui.show_notes(service.notes)
    ui.show_notes(inspection.notes)
    ui.exit_for(inspection.notes)
