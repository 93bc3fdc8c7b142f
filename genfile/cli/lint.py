"""`genfile lint`: checks Dockerfiles against their project."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import ui
from genfile.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from genfile.project.plan import Plan
    from genfile.source.base import Source
    from genfile.upkeep.linted import Linted


class Level(enum.StrEnum):
    """How much a finding matters."""

    error = "error"
    warning = "warning"
    hint = "hint"


def lint(
    path: Annotated[Path, typer.Argument(help="A folder, or a tar or zip file.")] = Path(),
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--file",
            "-f",
            metavar="FILE",
            help="Only this Dockerfile, or those that this compose or bake file builds, by its path in PATH.",
        ),
    ] = None,
    level: Annotated[
        Level | None, typer.Option("--level", help="Exit with 3 from this level on; error by default.")
    ] = None,
    diff: Annotated[
        str | None, typer.Option("--diff", metavar="REF", help="Only findings due to changes since this commit.")
    ] = None,
    programs: Annotated[
        str | None, typer.Option("--with", metavar="NAMES", help="Ask these programs too: hadolint, buildkit.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Put right what can be put right safely.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --fix: show the changes, and write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print a SARIF 2.1.0 log, for code scanning.")] = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
) -> None:
    """Check the Dockerfiles in PATH on paper: what they copy, run and start must be there, and fit the project.

    Exit code 3 when a build or a start would fail, or for less with --level.
    """
    from genfile.source import open_source
    from genfile.upkeep.linted import plan_fixes

    folder = path if path.is_dir() else None
    if (fix or diff is not None) and folder is None:
        raise UsageError(f"{path} is not a folder", hint="--fix and --diff need one")
    found = _linted(open_source(path), folder, names or [], level, programs, diff)
    plan = plan_fixes(folder, found) if fix and folder is not None else None
    if plan is not None and not dry_run and plan.writes:
        from genfile.project.apply import apply_plan

        apply_plan(plan)
        found = _linted(open_source(path), folder, names or [], level, programs, diff)
    if as_json:
        ui.json_out(_document(found, plan))
    elif sarif or github:
        _annotate(found, sarif=sarif)
    else:
        _report(found, plan, dry_run=dry_run)
    if found.failed:
        raise typer.Exit(ConflictError.exit_code)


def _linted(
    source: "Source", folder: Path | None, names: list[str], level: Level | None, programs: str | None, diff: str | None
) -> "Linted":
    from genfile.upkeep.linted import lint_project

    changed = None
    if diff is not None and folder is not None:
        from genfile.upkeep.changed import changed_since

        changed = changed_since(folder, diff, source)
    asked = [name.strip() for name in (programs or "").split(",") if name.strip()]
    return lint_project(
        source, folder, names, level=level.value if level is not None else None, programs=asked, changed=changed
    )


def _document(found: "Linted", plan: "Plan | None") -> dict[str, Any]:
    files = [{"path": path, "risks": [item.to_json() for item in items]} for path, items in sorted(found.files.items())]
    document = {"version": 1, "level": found.level, "files": files, "risks": [risk.to_json() for risk in found.others]}
    return document if plan is None else {**document, "diff": plan.diff()}


def _report(found: "Linted", plan: "Plan | None", *, dry_run: bool) -> None:
    for risk in found.risks:
        place = f"{risk.path}:{risk.line}" if risk.line is not None else risk.path or ""
        ui.paragraph(f"{place}: {risk.level}: {risk.text} [{risk.id}]", hang="    ")
        if risk.hint:
            ui.paragraph(risk.hint, indent="    ", style="dim")
    if plan is not None:
        ui.data(plan.diff())
        ui.out(f"{_count(len(plan.writes), 'file')} {'would be changed' if dry_run else 'changed'}")
    safe = sum(bool(item.edits) for items in found.files.values() for item in items)
    ui.out(f"{_count(len(found.files), 'Dockerfile')}, {_count(len(found.risks), 'finding')}")
    if plan is None and safe:
        ui.error_out(f"hint: `genfile lint --fix` fixes {safe} of them")


def _annotate(found: "Linted", *, sarif: bool) -> None:
    from genfile.cli import annotations
    from genfile.image import CHECKS
    from genfile.practice import PRACTICES

    reasons = {item.id: item.reason for item in CHECKS} | {item.id: item.reason for item in PRACTICES}
    findings = [annotations.of_risk(risk) for risk in found.risks]
    if sarif:
        ui.json_out(annotations.sarif(findings, reasons))
    else:
        ui.data(annotations.github(findings))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
