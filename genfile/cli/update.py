"""`genfile update`: bring what a template's newer version changed into a project that was made from it."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import ui
from genfile.errors import ConflictError

if TYPE_CHECKING:
    from genfile.project.plan import Change
    from genfile.scaffold.update import Updating

_COLOURS = {
    "create": "green",
    "replace": "yellow",
    "merge": "yellow",
    "delete": "red",
    "conflict": "red",
    "keep": "dim",
}


class ConflictMode(enum.StrEnum):
    """What becomes of lines that both the user and the template changed."""

    markers = "markers"
    keep = "keep"
    theirs = "theirs"


def update(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    to: Annotated[
        str | None, typer.Option("--to", metavar="REF", help="This tag, branch or commit of the template.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="REFERENCE", help="Where the template is now, if outside of the project."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Answer a question anew.")
    ] = None,
    answers: Annotated[
        list[Path] | None, typer.Option("--answers", metavar="FILE", help="Answers from a .toml, .json or .yaml file.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Never ask: new questions get their default.")] = False,
    conflict: Annotated[
        ConflictMode, typer.Option("--conflict", help="Where both changed the same lines: mark, keep yours, or theirs.")
    ] = ConflictMode.markers,
    trust: Annotated[bool, typer.Option("--trust", help="Let the template run code of its own.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server: take what was fetched before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the changes as a unified diff, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON; never ask.")] = False,
) -> None:
    """Bring a project that `genfile new` made up to its template's newest version; your edits stay."""
    from genfile.cli.questions import ask_option, collect
    from genfile.project.apply import apply_plan
    from genfile.scaffold.update import plan_update

    asks = not (defaults or as_json or diff) and ui.is_terminal()
    planned = plan_update(
        path,
        collect(settings or [], answers or []),
        to=to,
        ask=ask_option if asks else None,
        mode=conflict.value,
        offline=offline,
        trusted=trust,
        source=source,
    )
    writes = not (dry_run or diff)
    if writes:
        apply_plan(planned.update.plan)
    if as_json:
        ui.json_out(_document(planned, written=writes))
    elif diff:
        ui.data(planned.update.plan.diff())
    else:
        _report(planned, dry_run=dry_run)
    conflicts = planned.update.conflicts
    if conflicts:
        if as_json or not writes:
            raise typer.Exit(ConflictError.exit_code)
        raise ConflictError(
            f"both you and the template changed {', '.join(conflicts)}",
            hint="edit what is between the markers, then run `genfile update` again",
        )


def _shown(planned: "Updating") -> "list[tuple[str, Change]]":
    """What is worth saying: all that is not unchanged, conflicts by their name."""
    return [
        ("conflict" if change.path in planned.update.conflicts else change.action, change)
        for change in planned.update.plan.changes
        if change.action != "unchanged" or change.path in planned.update.conflicts
    ]


def _report(planned: "Updating", *, dry_run: bool) -> None:
    ui.show_notes(planned.made.notes)
    for note in planned.update.notes:
        ui.out(f"note: {note}")
    shown = _shown(planned)
    if not shown:
        ui.out("up to date")
    for action, change in shown:
        text = f"would {action}" if dry_run and action not in ("keep", "conflict") else action
        ui.out(ui.styled(text, _COLOURS[action]), f"  {change.path}")


def _document(planned: "Updating", *, written: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "template": planned.before.reference,
        "from": planned.before.commit,
        "to": planned.after.commit,
        "written": written,
        "recorded": written and planned.recorded,
        "files": [
            {"path": change.path, "action": "conflict" if change.path in planned.update.conflicts else change.action}
            for change in planned.update.plan.changes
        ],
        "conflicts": list(planned.update.conflicts),
        "notes": [*planned.update.notes, *(note.text for note in planned.made.notes)],
    }
