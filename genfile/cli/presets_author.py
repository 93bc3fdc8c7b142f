"""`genfile presets eject`, `new`, `test`: for authors of presets."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui
from genfile.cli.complete import preset_names
from genfile.cli.spinner import working
from genfile.errors import ConflictError, UsageError

# How many of the cases that share a fault are listed.
_NAMED = 3

if TYPE_CHECKING:
    from genfile.verify.presets import Outcome, PresetCase


def eject(
    name: Annotated[str, typer.Argument(help="A built-in preset.", autocompletion=preset_names)],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The folder to be made; by default presets/NAME.")
    ] = None,
) -> None:
    """Copy a built-in preset with all its templates, to be edited."""
    from genfile.preset.eject import eject as files_of

    target = folder or Path("presets") / name
    _create(target, files_of(name))
    ui.out(f"Next:  genfile init --preset {_as_reference(target)}")


def new(
    name: Annotated[str, typer.Argument(help="The name of the new preset.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The folder to be made; by default NAME.")
    ] = None,
    extends: Annotated[
        str, typer.Option("--extends", metavar="PRESET", help="Preset that it extends; `builtin` for every language.")
    ] = "builtin",
) -> None:
    """Make a preset of a few lines, with its first test."""
    from genfile.preset.scaffold import scaffold

    ui.check_preset_name(name)
    target = folder or Path(name)
    _create(target, scaffold(name, extends, _from(target, extends)))
    ui.out(f"Next:  genfile presets test {_as_reference(target)}")


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a preset.")],
    update: Annotated[bool, typer.Option("--update", help="Rewrite the snapshots.")] = False,
    docker: Annotated[
        bool, typer.Option("--docker/--no-docker", help="Also run `docker build --check`, where an engine answers.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome of each case as JSON.")] = False,
) -> None:
    """Render a preset over specs of every language and its own tests/*.json; check and compare each result."""
    from genfile.preset.load import load_preset
    from genfile.verify.presets import Tester, load_cases

    if not (folder / "preset.toml").is_file():
        raise UsageError(f"{folder} holds no preset.toml", hint="name the folder of a preset")
    load_preset(str(folder.resolve()))
    tester = Tester(folder)
    engine, reason = _engine(docker)
    unanswered = [reason] if reason else []
    outcomes: list[Outcome] = []
    skipped: list[PresetCase] = []
    with working("Rendering and checking the cases"):
        for case in load_cases(folder):
            outcome = tester.run(case)
            if outcome is None:
                skipped.append(case)
                continue
            if unknown := _ask_others(folder, outcome, engine=engine):
                unanswered.append(f"{outcome.name}: {unknown}")
            outcomes.append(outcome)
    if not outcomes:
        raise UsageError(f"{folder} is for none of the specs", hint="put a spec that it is for into tests/")
    diffs = _compare(folder, outcomes, update=update)
    _report(outcomes, diffs, len(skipped), unanswered, as_json=as_json)
    if any(outcome.faults for outcome in outcomes):
        raise typer.Exit(1)
    if any(diffs.values()):
        raise typer.Exit(ConflictError.exit_code)


def _create(target: Path, files: dict[str, str]) -> None:
    """Write a folder that does not exist yet, all of it or nothing."""
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan
    from genfile.project.targets import check_new_folder

    check_new_folder(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConflictError(f"{target} is there already", hint="name another folder")
    apply_plan(make_plan(target, files))
    for path in files:
        ui.out(f"create  {(target / path).as_posix()}")


def _from(target: Path, reference: str) -> str:
    """A reference as the new folder writes it: a folder's path is relative to the folder that names it."""
    from genfile.bundle import parse_reference
    from genfile.preset.load import ANY, BUILTIN

    parsed = parse_reference(reference)
    if parsed.kind not in ("path", "name") or reference in (*BUILTIN, ANY) or Path(parsed.location).is_absolute():
        return reference
    relative = Path(os.path.relpath(parsed.location, target)).as_posix()
    start = relative if relative.startswith("..") else f"./{relative}"
    return start + (f"#{parsed.subfolder}" if parsed.subfolder else "")


def _as_reference(target: Path) -> str:
    text = target.as_posix()
    return text if target.is_absolute() or text.startswith("../") else f"./{text}"


def _engine(wanted: bool) -> tuple[bool, str | None]:
    from genfile.verify.docker import why_unavailable

    if not wanted:
        return False, None
    reason = why_unavailable()
    return reason is None, reason


def _ask_others(folder: Path, outcome: "Outcome", *, engine: bool) -> str | None:
    """Add the findings of hadolint and BuildKit; returns why BuildKit could not be asked."""
    from genfile.verify.lint import build_check, hadolint

    if not outcome.dockerfile:
        return None
    settings = folder / ".hadolint.yaml"
    said = hadolint(outcome.dockerfile, settings if settings.is_file() else None)
    outcome.faults += [f"hadolint: {line}" for line in said]
    if not engine:
        return None
    warnings, reason = build_check(outcome.dockerfile)
    outcome.faults += [f"docker build --check: {line}" for line in warnings]
    return reason


def _compare(folder: Path, outcomes: "list[Outcome]", *, update: bool) -> dict[str, str]:
    """A diff between each case and its snapshot; empty if there are no snapshots at all."""
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan
    from genfile.verify.presets import read_snapshots, snapshots_of

    wanted = snapshots_of(outcomes)
    if update:
        apply_plan(make_plan(folder, wanted, force=True))
        return {}
    if not read_snapshots(folder):
        return {}
    plan = make_plan(folder, wanted)
    differing = {change.path for change in plan.changes if change.action != "unchanged"}
    return {
        outcome.name: make_plan(folder, own).diff()
        for outcome in outcomes
        if not differing.isdisjoint(own := snapshots_of([outcome]))
    }


def _by_fault(outcomes: "list[Outcome]") -> dict[str, list[str]]:
    """Each fault once, with its cases."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        for fault in outcome.faults:
            found.setdefault(fault, []).append(outcome.name)
    return found


def _report(
    outcomes: "list[Outcome]", diffs: dict[str, str], skipped: int, unanswered: list[str], *, as_json: bool
) -> None:
    if as_json:
        cases = [{"name": o.name, "faults": o.faults, "diff": diffs.get(o.name, "")} for o in outcomes]
        ui.json_out({"version": 1, "cases": cases, "skipped": skipped})
        return
    for outcome in outcomes:
        word = "fails" if outcome.faults else "differs" if diffs.get(outcome.name) else "ok"
        ui.out(ui.styled(f"{word:<8}", {"fails": "red", "differs": "yellow", "ok": "green"}[word]), f" {outcome.name}")
    for fault, names in _by_fault(outcomes).items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        ui.message("error", f"{fault} ({', '.join(names[:_NAMED])}{more})")
    for diff in diffs.values():
        ui.diff(diff)
    failed = sum(bool(outcome.faults) for outcome in outcomes)
    differ = sum(bool(diffs.get(o.name)) and not o.faults for o in outcomes)
    ok = len(outcomes) - failed - differ
    ui.out(f"{len(outcomes)} cases: {ok} ok, {failed} failed, {differ} differ; not for {skipped} of genfile's specs")
    if unanswered:
        more = f" (and for {len(unanswered) - 1} more)" if len(unanswered) > 1 else ""
        ui.out(f"docker build --check gave no answer: {unanswered[0]}{more}")
