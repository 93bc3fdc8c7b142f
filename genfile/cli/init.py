"""`genfile init`: detect, show, ask what is uncertain, write."""

import enum
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui
from genfile.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.detect.inspection import Inspection
    from genfile.project.plan import Plan
    from genfile.upkeep.decisions import Decisions, Flags


class CommentLevel(enum.StrEnum):
    """How much the files say of themselves."""

    none = "none"
    brief = "brief"
    teach = "teach"


def init(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Never ask: take every guess as it is.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the changes as a unified diff, and write nothing.")
    ] = False,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the Dockerfile, and nothing else; write nothing.")
    ] = False,
    preset: Annotated[
        str | None,
        typer.Option("--preset", help="Use this preset: a name, a folder, an archive, git+URL@tag#sub."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Set a field of the spec (port=8080, runtime.version=22) or an option of the preset.",
        ),
    ] = None,
    service: Annotated[str | None, typer.Option("--service", help="Only the service at this path, of several.")] = None,
    compose: Annotated[
        bool, typer.Option("--compose", help="Write compose.yaml too, with the databases in use.")
    ] = False,
    comments: Annotated[
        CommentLevel | None, typer.Option("--comments", help="How much the files explain themselves: brief by default.")
    ] = None,
    save: ui.SaveOption = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist and differ.")] = False,
    guard: ui.GuardOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON; never ask.")] = False,
) -> None:
    """Write a Dockerfile and a .dockerignore for the project in PATH."""
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.look import look
    from genfile.upkeep.produce import produce_from
    from genfile.upkeep.save import save as put_into_file

    flags = Flags(
        preset,
        ui.parse_settings(settings or []),
        None if comments is None else comments.value,
        compose or None,
        service,
        save,
    )
    decisions = decide(path if path.is_dir() and not guard else None, flags)
    ui.show_notes(decisions.notes)
    inspection = look(path, decisions, guard=ui.guarded(path) if guard else None)
    quiet = stdout or diff or as_json
    asks = not (yes or quiet or dry_run) and ui.is_terminal()
    if asks:
        decisions = replace(decisions, flags=_ask(inspection, decisions))
    saved: dict[str, str] = {}
    if decisions.flags.save:
        decisions, saved = put_into_file(decisions, inspection)
    generation = produce_from(inspection, decisions)
    if stdout:
        from genfile.handwritten import kept_out

        _print_dockerfile(generation)
        rendering = generation.services[0][1]
        ui.show_notes(kept_out(path, rendering.layout.context, rendering.dockerfile))
        ui.exit_for(generation.notes)
        return
    if not quiet:
        for found, _ in generation.services:
            ui.show_service(found)
        ui.show_notes(generation.notes)
    plan = _plan(path, generation, decisions, saved, force=force, asks=asks and not diff)
    if diff:
        ui.data(plan.diff())
        return
    _write(generation, plan, dry_run=dry_run, as_json=as_json)
    ui.exit_for(generation.notes)


def _ask(inspection: "Inspection", decisions: "Decisions") -> "Flags":
    """Ask for every guess that nothing has answered; Enter takes it. Only of one service: answers are by field."""
    from genfile.api import select

    flags = decisions.flags
    found = select(inspection, flags.service)
    if len(found) != 1:
        return flags
    answers = dict(flags.settings)
    for pointer, fact in found[0].guesses.items():
        key = pointer[1:].replace("/", ".")
        if key in {**decisions.settings_for(found[0].spec.path), **answers} or not isinstance(fact.value, str | int):
            continue
        ui.out(f"{key}: {'; '.join(map(str, fact.evidence))}")
        answer = ui.prompt(f"  {key}", str(fact.value))
        if answer != str(fact.value):
            answers[key] = answer
    if answers == flags.settings:
        return flags
    from genfile.upkeep.save import savable

    file = savable(decisions)
    saves = flags.save or (file is not None and ui.confirm(f"Save these answers to {file}?", default=True))
    return replace(flags, settings=answers, save=saves)


def _print_dockerfile(generation: "Generation") -> None:
    if len(generation.services) > 1:
        paths = ", ".join(found.spec.path for found, _ in generation.services)
        raise UsageError(
            "--stdout prints one Dockerfile, and there are several services",
            hint=f"add --service, one of: {paths}",
        )
    ui.data(generation.services[0][1].dockerfile)


def _plan(
    path: Path, generation: "Generation", decisions: "Decisions", saved: dict[str, str], *, force: bool, asks: bool
) -> "Plan":
    """What is to be written; genfile.lock and what is saved with it, unless a file of the user's is in the way."""
    from genfile.project.lock import LOCK
    from genfile.project.plan import Plan, accept_conflicts, make_plan
    from genfile.project.reading import read_text
    from genfile.project.written import write_written
    from genfile.upkeep.produce import record
    from genfile.upkeep.testimony import by_hand, testimony

    if not path.is_dir():
        raise UsageError(f"{path} is an archive: its files can't be written back", hint="use --stdout, or unpack it")
    before = decisions.before
    plan = make_plan(path, generation.files, force=force, untouched=before.is_untouched if before else None)
    if plan.conflicts and asks and _may_replace(plan):
        plan = accept_conflicts(plan)
    if plan.conflicts:
        return plan
    told = testimony(path, generation, decisions, by_hand(plan, before)) if decisions.base is not None else {}
    text = write_written(read_text(path, LOCK), record(generation, replace(decisions, testified=told)))
    return Plan(path, (*plan.changes, *make_plan(path, {LOCK: text, **saved}, force=True).changes))


def _write(generation: "Generation", plan: "Plan", *, dry_run: bool, as_json: bool) -> None:
    if not dry_run and not plan.conflicts:
        from genfile.project.apply import apply_plan

        apply_plan(plan)
    if as_json:
        document = generation.to_json()
        document["files"] = [{"path": change.path, "action": change.action} for change in plan.changes]
        ui.json_out(document)
    else:
        _report(generation, plan, dry_run=dry_run)
    if plan.conflicts and not dry_run:
        if as_json:
            raise typer.Exit(ConflictError.exit_code)
        names = ", ".join(change.path for change in plan.conflicts)
        raise ConflictError(
            f"nothing was written: {names} would be replaced",
            hint="use --force to replace, or --stdout to compare",
        )


def _may_replace(plan: "Plan") -> bool:
    ui.data(plan.diff())
    names = ", ".join(change.path for change in plan.conflicts)
    return ui.confirm(f"Replace {names}?")


def _report(generation: "Generation", plan: "Plan", *, dry_run: bool) -> None:
    colours = {"create": "green", "replace": "yellow", "conflict": "red", "unchanged": "dim"}
    for change in plan.changes:
        action = f"would {change.action}" if dry_run and change.action in ("create", "replace") else change.action
        ui.out(ui.styled(action, colours[change.action]), f"  {change.path}")
    if plan.conflicts:
        ui.data(plan.diff())
        return
    for _, rendering in generation.services:
        import shlex

        ui.out(f"Next:  {shlex.join(rendering.build_command)}")
