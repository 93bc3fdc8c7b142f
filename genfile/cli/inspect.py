"""`genfile inspect`: what is there, and why genfile thinks so."""

from pathlib import Path
from typing import Annotated

import typer

from genfile.cli import show, ui
from genfile.cli.spinner import working
from genfile.errors import NothingFoundError


def inspect(
    path: Annotated[Path, typer.Argument(help="A folder, or a tar or zip file.")] = Path(),
    preset: ui.PresetOption = None,
    guard: ui.GuardOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the specs, evidence and notes as JSON.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show every fact, and every signal that was looked at.")
    ] = False,
) -> None:
    """Show which services are in PATH, with the evidence for each fact."""
    from genfile.evidence import logged
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.look import look, settled

    decisions = decide(path if path.is_dir() and not guard else None, Flags(preset))
    ui.show_notes(decisions.notes)
    runner = ui.guarded(path) if guard else None
    with working("Reading the project"), logged() as log:
        inspection = settled(look(path, decisions, guard=runner), decisions)
    if as_json:
        ui.json_out(inspection.to_json())
        ui.exit_for(inspection.notes)
        if not inspection.services:
            raise typer.Exit(NothingFoundError.exit_code)
        return
    if not inspection.services:
        nothing = show.show_nothing(inspection, path)
        ui.exit_for(inspection.notes)
        raise typer.Exit(nothing.exit_code)
    for at, service in enumerate(inspection.services):
        if at:
            ui.out("")
        show.show_service(service, path, log=log if verbose else ())
        ui.show_notes(service.notes, path, indent="  ")
        show.show_guesses(service)
    ui.show_notes(inspection.notes, path)
    ui.exit_for(inspection.notes)
