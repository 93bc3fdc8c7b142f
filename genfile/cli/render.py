"""`genfile render`: turns a spec in JSON into files, without a source tree."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import show, ui
from genfile.cli.init import CommentLevel
from genfile.errors import SourceError, SpecError, UsageError

if TYPE_CHECKING:
    from genfile.preset.render import Rendering


def render(
    spec: Annotated[
        str,
        typer.Argument(metavar="SPEC", help="A file with a spec, or what `inspect --json` printed; - is stdin."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write the files to this folder, created if missing."),
    ] = None,
    preset: ui.PresetOption = None,
    service: ui.ServiceOption = None,
    comments: Annotated[
        CommentLevel, typer.Option("--comments", help="How much the files explain themselves.")
    ] = CommentLevel.brief,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist and differ.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every file as JSON.")] = False,
) -> None:
    """Print the Dockerfile for a SPEC, or write all its files with --output."""
    from genfile.api import render as render_spec

    specs = _read(spec)
    several = len(specs) > 1
    if service is not None:
        specs = [item for item in specs if service.strip("/") in (item.get("path", "."), item.get("name"))]
        if not specs:
            raise UsageError(f"no service at {service!r} in {spec}", hint="`--service` takes the path or name of one")
    done = [render_spec(item, preset=preset, base=Path(), comments=comments.value, several=several) for item in specs]
    files = {file.path: file.text for rendering in done for file in rendering.files}
    if as_json:
        ui.json_out({"version": 1, "files": dict(sorted(files.items()))})
    elif output is not None:
        _write(output, files, force=force)
    else:
        _print(done)


def _read(name: str) -> list[dict[str, Any]]:
    """The specs of a document: `{"services": [{"spec": …}]}` as inspect prints it, or a single spec."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{name} can't be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpecError(
            f"{name}: not valid JSON: {error}", hint="pass a spec, or what `genfile inspect --json` printed"
        ) from None
    if isinstance(document, dict) and isinstance(document.get("services"), list):
        specs = [item.get("spec") if isinstance(item, dict) else None for item in document["services"]]
        if document.get("version") != 1:
            raise SpecError(
                f"{name}: version {document.get('version')!r} is not known",
                hint="this genfile reads version 1",
            )
    else:
        specs = [document]
    if not specs or not all(isinstance(item, dict) for item in specs):
        raise SpecError(f"{name}: no spec in it", hint="pass a spec, or what `genfile inspect --json` printed")
    return [item for item in specs if item is not None]


def _print(done: "list[Rendering]") -> None:
    if len(done) > 1:
        paths = ", ".join(item.layout.dockerfile for item in done)
        raise UsageError(
            "several services: one Dockerfile can be printed",
            hint=f"add --service or --output; there are {paths}",
        )
    ui.data(done[0].dockerfile)


def _write(output: Path, files: dict[str, str], *, force: bool) -> None:
    from genfile.errors import ConflictError
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan

    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is not a folder", hint="name a folder; one that does not exist is created")
    plan = make_plan(output, files, force=force)
    if plan.conflicts:
        ui.diff(plan.diff())
        raise ConflictError(
            f"nothing was written: {plan.conflicts[0].path} would be replaced", hint="use --force to replace"
        )
    apply_plan(plan)
    show.show_changes(((change.action, change.path) for change in plan.changes), output)
