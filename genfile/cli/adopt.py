"""`genfile adopt`: compares a hand-written Dockerfile with the one that genfile would write."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui

if TYPE_CHECKING:
    from genfile.upkeep.adopt import Adoption

_COLUMN = 44


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
    ui.out(ui.styled(f"{'':<19}{'your ' + found.dockerfile:<{_COLUMN}}genfile", "bold"))
    for item in found.differences:
        place = "" if item.line is None else f"{item.line}: "
        mine = _cut(place + (item.yours or "–"))
        ours = "kept" if item.kept else _cut(item.ours or "–")
        ui.out(f"{item.what:<19}{mine:<{_COLUMN}}", ui.styled(ours, "green" if item.kept else ""))
    for key, value in found.settings.items():
        ui.out(ui.styled(f"kept by: {key} = {value}", "dim"))


def _cut(text: str) -> str:
    return text if len(text) < _COLUMN - 1 else text[: _COLUMN - 3] + "…"
