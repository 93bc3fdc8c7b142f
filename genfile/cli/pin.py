"""`genfile pin`: images by digest."""

from pathlib import Path
from typing import Annotated

import typer

from genfile.cli import ui


def pin(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    dockerfiles: Annotated[
        list[str] | None,
        typer.Option("--file", "-f", metavar="FILE", help="Only this Dockerfile, by its path in PATH."),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Move digests that are there to what the tags are now.")
    ] = False,
    plain_http: Annotated[
        list[str] | None, typer.Option("--plain-http", metavar="HOST", help="A registry that is asked without TLS.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be pinned, and write nothing.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the changes as a unified diff, and write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write the digest of each base image behind its tag, as its registry has it now."""
    from genfile.engine.registry import Registry
    from genfile.project.apply import apply_plan
    from genfile.upkeep.pin import plan_pins

    found = plan_pins(path, Registry(frozenset(plain_http or ())), dockerfiles=tuple(dockerfiles or ()), update=update)
    if not (dry_run or diff):
        apply_plan(found.plan)
    for note in found.notes:
        ui.message("note", note)
    if as_json:
        files = [{"path": change.path, "action": change.action} for change in found.plan.changes]
        ui.json_out({"version": 1, "digests": dict(found.digests), "asked": list(found.asked), "files": files})
    elif diff:
        ui.diff(found.plan.diff())
    else:
        for name in found.asked:
            ui.out(f"{'would pin' if dry_run else 'pinned'}  {name}", ui.styled(f"  {found.digests[name]}", "dim"))
        if not found.asked:
            ui.out("all images are pinned; `genfile pin --update` moves them to what their tags are now")
