"""`genfile init`: detect, show, ask what is uncertain, write."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from genfile.cli import show, ui
from genfile.cli.spinner import working
from genfile.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genfile.api import Generation
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.evidence import Asked, Note
    from genfile.project.plan import Plan
    from genfile.upkeep.decisions import Decisions, Flags
    from genfile.upkeep.initial import Initial


class CommentLevel(enum.StrEnum):
    """How much the files say of themselves."""

    none = "none"
    brief = "brief"
    teach = "teach"


def init(
    path: Annotated[Path, typer.Argument(help="Folder of the project.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Never ask: take every guess as it is.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print the changes as a unified diff; write nothing.")] = False,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the Dockerfile and nothing else; write nothing.")
    ] = False,
    preset: ui.PresetOption = None,
    settings: ui.SetOption = None,
    service: ui.ServiceOption = None,
    compose: Annotated[
        bool, typer.Option("--compose", help="Also write compose.yaml, with the databases that the services use.")
    ] = False,
    comments: Annotated[
        CommentLevel | None, typer.Option("--comments", help="How much the files explain themselves [default: brief].")
    ] = None,
    save: ui.SaveOption = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist and differ.")] = False,
    guard: ui.GuardOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON; never ask.")] = False,
    quiet: ui.QuietOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show every fact, and every signal that was looked at.")
    ] = False,
) -> None:
    """Write a Dockerfile and a .dockerignore for a project.

    Detects the services in PATH, shows what it found and why, asks about each guess, and writes the files.
    """
    from genfile.evidence import logged
    from genfile.project.plan import make_plan
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.initial import plan_initial, without_files
    from genfile.upkeep.look import look
    from genfile.upkeep.precedence import without_compose
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
    stays: list[Note] = []
    if path.is_dir() and not force:
        decisions, note = without_compose(path, decisions)
        stays += [] if note is None else [note]
    ui.show_notes(decisions.notes)
    prints = not (stdout or diff or as_json)
    asks = not (yes or quiet or dry_run) and prints and ui.is_terminal()
    runner = ui.guarded(path) if guard else None
    with working("Reading the project"), logged() as log:
        inspection = look(path, decisions, guard=runner)
    if not inspection.services and not as_json:
        _end_without_service(inspection, path)
    told: Sequence[Note] = ()
    if asks:
        told = _show(_decided(inspection, decisions), inspection.notes, path, log if verbose else (), asks=True)
        decisions = replace(decisions, flags=_ask(inspection, decisions, path, log))
    saved: dict[str, str] = {}
    if decisions.flags.save:
        decisions, saved = put_into_file(decisions, inspection)
    generation = produce_from(inspection, decisions)
    if stdout:
        _print_dockerfile(generation, path)
        return
    if asks or not prints:
        ui.show_notes((note for note in generation.notes if note not in told and not as_json), path)
    elif not quiet:
        _show([found for found, _ in generation.services], generation.notes, path, log if verbose else ())
    else:
        ui.show_notes(generation.notes, path)
    if not path.is_dir():
        raise UsageError(f"{path} is an archive: its files can't be written back", hint="use --stdout, or unpack it")
    if diff:
        ui.diff(make_plan(path, {**generation.files, **saved}).diff())
        ui.show_notes(stays)
        return
    initial = plan_initial(
        path, inspection, decisions, generation, saved, force=force, agrees=_agrees if asks else None
    )
    if asks and initial.plan.conflicts:
        ui.message("hint", "nothing was written; `genfile init --diff` shows the changes again")
        raise typer.Exit(ConflictError.exit_code)
    stays += [item.to_note(several=len(inspection.services) > 1) for item in initial.left]
    stays += [] if service is not None else without_files(inspection, initial)
    _write(initial, stays, dry_run=dry_run, as_json=as_json, quiet=quiet, verbose=verbose)
    ui.exit_for(generation.notes)


def _end_without_service(inspection: "Inspection", path: Path) -> None:
    """Say why there is no service, and end. genfile's own errors are reported by the steps that follow."""
    if not any(note.level == "error" for note in inspection.notes):
        raise typer.Exit(show.show_nothing(inspection, path).exit_code)


def _decided(inspection: "Inspection", decisions: "Decisions") -> "list[InspectedService]":
    """The selected services, with everything decided so far."""
    from genfile.api import select
    from genfile.upkeep.look import settled

    chosen = {item.spec.path for item in select(inspection, decisions.flags.service)}
    return [item for item in settled(inspection, decisions).services if item.spec.path in chosen]


def _show(
    services: "Sequence[InspectedService]",
    notes: "Sequence[Note]",
    path: Path,
    log: "Sequence[Asked]",
    *,
    asks: bool = False,
) -> "list[Note]":
    """Show each service with its notes below it, then the other notes; returns everything shown.

    ``asks``: the guesses will be asked about afterwards, with what would make them certain.
    """
    from genfile.api import told_risks

    told: list[Note] = []
    for at, service in enumerate(services):
        if at:
            ui.out("")
        show.show_service(service, path, log=log)
        own = dict.fromkeys((*service.notes, *told_risks(service)))
        ui.show_notes(own, path, indent="  ")
        if not asks:
            show.show_guesses(service)
        told += own
    rest = [note for note in notes if note not in told]
    ui.show_notes(rest, path)
    return told + rest


def _ask(inspection: "Inspection", decisions: "Decisions", path: Path, log: "Sequence[Asked]") -> "Flags":
    """Ask about every open guess; Enter accepts it."""
    from genfile.cli.guesses import ask_guesses
    from genfile.upkeep.save import savable

    flags = decisions.flags
    answers = ask_guesses(_decided(inspection, decisions), decisions, path, log)
    if not answers:
        return flags
    file = savable(decisions)
    saves = flags.save or (file is not None and ui.confirm(f"Save these answers to {file}?", default=True))
    if len(inspection.services) == 1 or flags.service is not None:
        own = next(iter(answers.values()))
        return replace(flags, settings={**flags.settings, **own}, save=saves)
    return replace(flags, services=answers, save=saves)


def _print_dockerfile(generation: "Generation", path: Path) -> None:
    from genfile.handwritten import kept_out

    if len(generation.services) > 1:
        paths = ", ".join(found.spec.path for found, _ in generation.services)
        raise UsageError(
            "--stdout prints one Dockerfile, and there are several services",
            hint=f"add --service, one of: {paths}",
        )
    rendering = generation.services[0][1]
    ui.data(rendering.dockerfile)
    ui.show_notes(generation.notes, path)
    ui.show_notes(kept_out(path, rendering.layout.context, rendering.dockerfile), path)
    ui.exit_for(generation.notes)


def _agrees(plan: "Plan") -> bool:
    """Show what would be replaced, and ask."""
    ui.diff(plan.diff())
    return ui.confirm(f"Replace {', '.join(change.path for change in plan.conflicts)}?")


def _write(
    initial: "Initial", kept: "Sequence[Note]", *, dry_run: bool, as_json: bool, quiet: bool, verbose: bool
) -> None:
    """Write the plan and report it; ``kept``: notes on what gets no files, warnings where the user's own stay.

    Raises ConflictError where nothing may be written, and exits like it where some of it was."""
    plan = initial.plan
    if not dry_run and not plan.conflicts:
        from genfile.project.apply import apply_plan

        apply_plan(plan)
    if as_json:
        from genfile.upkeep.precedence import compose_notes

        document = initial.generation.to_json()
        document["files"] = [{"path": change.path, "action": change.action} for change in initial.changes]
        document["notes"] += [note.to_json() for note in (*kept, *compose_notes(plan))]
        ui.json_out(document)
    elif not quiet:
        _report(initial, kept, dry_run=dry_run, verbose=verbose)
    else:
        ui.show_notes(kept, plan.root)
    if dry_run:
        return
    if plan.conflicts and not as_json:
        raise _nothing_written(plan)
    if plan.conflicts or any(note.level == "warning" for note in kept):
        raise typer.Exit(ConflictError.exit_code)


def _nothing_written(plan: "Plan") -> ConflictError:
    return ConflictError(
        f"nothing was written: {', '.join(change.path for change in plan.conflicts)} would be replaced",
        hint="`genfile adopt` compares yours with genfile's, `genfile lint` checks it, --diff shows the changes, "
        "--force replaces it",
    )


def _report(initial: "Initial", kept: "Sequence[Note]", *, dry_run: bool, verbose: bool) -> None:
    plan = initial.plan
    # Where nothing is written, only what is in the way is of interest.
    shown = plan.conflicts or initial.changes
    show.show_changes(((change.action, change.path) for change in shown), plan.root, dry_run=dry_run)
    if verbose:
        from genfile.project.plan import Plan as Shown

        ui.diff(Shown(plan.root, tuple(change for change in initial.changes if change.action == "conflict")).diff())
    ui.show_notes(kept, plan.root)
    if plan.conflicts:
        return
    from genfile.upkeep.precedence import compose_notes

    ui.show_notes(compose_notes(plan), plan.root)
    if not dry_run:
        from genfile.cli.steps import next_steps, show_steps

        show_steps(next_steps(initial.generation, plan.root))
