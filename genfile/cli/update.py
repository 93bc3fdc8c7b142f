"""`genfile update`: adapts container files to the project, and the project to a newer version of its template."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import ui
from genfile.cli.show import ACTION_COLOURS
from genfile.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from genfile.project.plan import Change
    from genfile.scaffold.update import Updating
    from genfile.upkeep.project import ProjectUpdate


class ConflictMode(enum.StrEnum):
    """What happens to lines that both the user and the template changed."""

    markers = "markers"
    keep = "keep"
    theirs = "theirs"


def update(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    preset: Annotated[str | None, typer.Option("--preset", help="Use this preset from now on.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Set a field of the spec, or change the answer to a template's question."
        ),
    ] = None,
    ours: Annotated[
        list[str] | None,
        typer.Option("--ours", metavar="FILE", help="In this file keep your lines where both changed."),
    ] = None,
    theirs: Annotated[
        list[str] | None,
        typer.Option("--theirs", metavar="FILE", help="In this file take genfile's lines where both changed."),
    ] = None,
    conflict: Annotated[
        ConflictMode, typer.Option("--conflict", help="Where both changed the same lines: mark, keep yours, or theirs.")
    ] = ConflictMode.markers,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Never ask: take the default of each new question.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    save: ui.SaveOption = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the changes as a unified diff, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON; never ask.")] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar="REF", help="This tag, branch or commit of the template.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="REFERENCE", help="Where the template is now, if outside of the project."),
    ] = None,
    answers: Annotated[
        list[Path] | None, typer.Option("--answers", metavar="FILE", help="Answers from a .toml, .json or .yaml file.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="The same as --yes.", hidden=True)] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let the template run code of its own.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server: take what was fetched before.")] = False,
) -> None:
    """Bring the container files up to date with the project, and the project with its template; your edits stay."""
    from genfile.project.apply import apply_plan
    from genfile.upkeep.decisions import Flags
    from genfile.upkeep.project import has_template, plan_project

    asks = not (yes or defaults or as_json or diff) and ui.is_terminal()
    made = has_template(path)

    def template() -> "Updating":
        from genfile.cli.questions import ask_option, collect
        from genfile.scaffold.update import plan_update

        return plan_update(
            path,
            collect(settings or [], answers or []),
            to=to,
            ask=ask_option if asks else None,
            mode=conflict.value,
            offline=offline,
            trusted=trust,
            source=source,
        )

    if not made:
        _refuse_template_options({"--to": to, "--from": source, "--answers": answers, "--trust": trust or None})
    planned = plan_project(
        path,
        Flags(preset, {} if made else ui.parse_settings(settings or []), save=save),
        template if made else None,
        mode=conflict.value,
        modes={**dict.fromkeys(ours or (), "keep"), **dict.fromkeys(theirs or (), "theirs")},
    )
    writes = not (dry_run or diff)
    if writes:
        apply_plan(planned.plan)
    if as_json:
        ui.json_out(_document(planned, written=writes))
    elif diff:
        ui.diff(planned.plan.diff())
    else:
        _report(planned, dry_run=dry_run)
    conflicts = planned.conflicts
    if conflicts:
        if as_json or not writes:
            raise typer.Exit(ConflictError.exit_code)
        raise ConflictError(
            f"both you and {'the template' if made else 'genfile'} changed {', '.join(conflicts)}",
            hint="edit what is between the markers, then run `genfile update` again",
        )


def _refuse_template_options(given: dict[str, Any]) -> None:
    name = next((name for name, value in given.items() if value), None)
    if name is not None:
        raise UsageError(
            f"{name} is for projects that `genfile new` made, and this one was not",
            hint=f"leave {name} out to update the container files",
        )


def _shown(planned: "ProjectUpdate") -> "list[tuple[str, Change]]":
    """The changes worth reporting: everything but unchanged files, with conflicts called so."""
    return [
        ("conflict" if change.path in planned.conflicts else change.action, change)
        for change in planned.plan.changes
        if (change.action != "unchanged" and change.path != "genfile.lock") or change.path in planned.conflicts
    ]


def _report(planned: "ProjectUpdate", *, dry_run: bool) -> None:
    ui.show_notes(planned.template.made.notes if planned.template is not None else ())
    for note in planned.notes:
        ui.message("note", note)
    shown = _shown(planned)
    if not shown:
        ui.out("up to date")
    for action, change in shown:
        text = f"would {action}" if dry_run and action not in ("keep", "conflict") else action
        ui.out(ui.styled(text, ACTION_COLOURS[action]), f"  {change.path}")


def _document(planned: "ProjectUpdate", *, written: bool) -> dict[str, Any]:
    template = planned.template
    made = (
        {
            "template": template.before.reference,
            "from": template.before.commit,
            "to": template.after.commit,
            "recorded": written and template.recorded,
        }
        if template is not None
        else {"template": None}
    )
    return {
        "version": 1,
        **made,
        "written": written,
        "files": [
            {"path": change.path, "action": "conflict" if change.path in planned.conflicts else change.action}
            for change in planned.plan.changes
        ],
        "conflicts": list(planned.conflicts),
        "notes": [*planned.notes, *(note.text for note in (template.made.notes if template is not None else ()))],
    }
