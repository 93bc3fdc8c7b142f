"""`genfile adopt`: compares a hand-written Dockerfile with the one that genfile would write."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile import terminal
from genfile.cli import ui

if TYPE_CHECKING:
    from genfile.upkeep.adopt import Adoption

# The columns where no terminal says how wide it is.
_FIRST, _SECOND = 19, 44


def adopt(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    service: Annotated[str | None, typer.Option("--service", help="This service, of several.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace the files without asking.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the changes as a unified diff, and write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON, and write nothing.")] = False,
) -> None:
    """Compare a hand-written Dockerfile with genfile's in effect, and take it over: what is yours alone is kept."""
    from genfile.upkeep.adopt import plan_adoption

    found = plan_adoption(path, service)
    if as_json:
        ui.json_out(
            {
                "version": 1,
                "service": found.service,
                "dockerfile": found.dockerfile,
                "differences": [item.to_json() for item in found.differences],
                "settings": found.settings,
            }
        )
        return
    if diff:
        ui.diff(found.plan.diff())
        return
    _show(found)
    if not yes and not (ui.is_terminal() and ui.confirm(f"Replace {found.dockerfile}?")):
        ui.error_out("nothing was written: `genfile adopt --yes` replaces the file, `--diff` shows how")
        return
    from genfile.project.apply import apply_plan

    apply_plan(found.plan)
    for change in found.plan.writes:
        ui.out(ui.styled(change.action, "green"), f"  {change.path}")


def _show(found: "Adoption") -> None:
    widths = (_FIRST, _second_column())
    ui.columns(("", f"your {found.dockerfile}", "genfile"), widths, ("bold",) * 3)
    for item in found.differences:
        place = "" if item.line is None else f"{item.line}: "
        ours = "kept" if item.kept else item.ours or "–"
        ui.columns((item.what, place + (item.yours or "–"), ours), widths, ("", "", "green" if item.kept else ""))
    for key, value in found.settings.items():
        ui.paragraph(f"kept by: {key} = {value}", hang="  ", style="dim")


def _second_column() -> int:
    """Half of what the first column leaves of the terminal."""
    width = terminal.width_of(sys.stdout)
    return _SECOND if width is None else max(22, (width - _FIRST) // 2)
