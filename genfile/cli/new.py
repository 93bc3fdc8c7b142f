"""`genfile new`: a project from a template."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from genfile.cli import show, ui
from genfile.cli.complete import template_names
from genfile.cli.spinner import working
from genfile.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from genfile.bundle import Bundle
    from genfile.project.plan import Plan
    from genfile.scaffold.render import RenderedProject


def new(
    template: Annotated[
        str | None,
        typer.Argument(help="Template to start from.", autocompletion=template_names),
    ] = None,
    target: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Folder of the new project.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Answer one of the template's questions.")
    ] = None,
    answers: Annotated[
        list[Path] | None, typer.Option("--answers", metavar="FILE", help="Answers from a .toml, .json or .yaml file.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Never ask; use every default.")] = False,
    checkout: Annotated[
        str | None, typer.Option("--checkout", metavar="REF", help="The tag, branch or commit of a template in git.")
    ] = None,
    directory: Annotated[
        str | None, typer.Option("--directory", metavar="PATH", help="The folder of the template within its source.")
    ] = None,
    dockerfile: Annotated[
        bool, typer.Option("--dockerfile", help="Add a Dockerfile and a .dockerignore, as `init` would.")
    ] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let the template run its own code (hooks).")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Use only what was fetched before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the built-in templates.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON; never ask.")] = False,
) -> None:
    """Create a project from TEMPLATE in DIR.

    TEMPLATE is the name of a built-in one (`genfile new --list`), a folder, an archive, gh:OWNER/REPO@TAG or git+URL.
    """
    if show_list:
        _list(as_json)
        return
    if template is None:
        raise UsageError("name a template", hint="`genfile new --list` shows the built-in ones")
    from genfile.bundle import open_bundle
    from genfile.cli.questions import ask_option, collect
    from genfile.project.targets import check_new_folder
    from genfile.scaffold.new import needs_lock, plan_project
    from genfile.scaffold.render import folder_name, make_project

    given = collect(settings or [], answers or [])
    with working(f"Fetching {template}"):
        bundle = open_bundle(template, what="template", offline=offline, checkout=checkout, directory=directory)
    made = make_project(
        bundle,
        given,
        ask=ask_option if not (defaults or as_json) and ui.is_terminal() else None,
        folder=target.resolve().name if target is not None else None,
        containers=dockerfile,
        trusted=trust,
        output=target.resolve().parent if target is not None else None,
        again=needs_lock(bundle),
    )
    place = target if target is not None else Path(folder_name(made.project, bundle))
    check_new_folder(place)
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place} is not a folder")
    seen = place.resolve().name if target is not None else bundle.name
    plan = plan_project(made, bundle, place, folder=seen, checkout=checkout, directory=directory, containers=dockerfile)
    _write(plan, made, bundle, dry_run=dry_run, as_json=as_json)


def _write(plan: "Plan", made: "RenderedProject", bundle: "Bundle", *, dry_run: bool, as_json: bool) -> None:
    from genfile.project.apply import apply_plan
    from genfile.scaffold.new import left_behind

    made = replace(made, notes=made.notes + left_behind(made))
    if not dry_run and not plan.conflicts:
        apply_plan(plan)
    if as_json:
        ui.json_out(_document(plan, made, bundle))
    else:
        ui.show_notes(made.notes)
        _report(plan, made, dry_run=dry_run)
    if plan.conflicts and not dry_run:
        if as_json:
            raise typer.Exit(ConflictError.exit_code)
        names = ", ".join(change.path for change in plan.conflicts[:5])
        more = f" and {len(plan.conflicts) - 5} more" if len(plan.conflicts) > 5 else ""
        raise ConflictError(
            f"nothing was written: {plan.root} holds {names}{more} already",
            hint="name a folder that is new or empty, or move those files away",
        )


def _report(plan: "Plan", made: "RenderedProject", *, dry_run: bool) -> None:
    show.show_changes(((change.action, change.path) for change in plan.changes), plan.root, dry_run=dry_run)
    if plan.conflicts or dry_run:
        return
    from genfile.cli.steps import next_steps, show_steps

    steps = [f"cd {shlex.quote(str(plan.root))}"]
    # After the first step the user stands in the project.
    show_steps([*steps, *(next_steps(made.generation, Path()) if made.generation else ["genfile init"])])


def _document(plan: "Plan", made: "RenderedProject", bundle: "Bundle") -> dict[str, Any]:
    document: dict[str, Any] = {
        "version": 1,
        "template": {"reference": bundle.reference, "name": bundle.name, "kind": bundle.kind, "commit": bundle.commit},
        "folder": str(plan.root),
        "answers": made.project.answers,
        "files": [{"path": change.path, "action": change.action} for change in plan.changes],
        "services": made.generation.to_json()["services"] if made.generation else [],
        "notes": [note.to_json() for note in made.notes],
    }
    return document


def _list(as_json: bool) -> None:
    from genfile.bundle import open_bundle
    from genfile.bundle.builtin import builtin_names
    from genfile.template.manifest import read_manifest

    names = builtin_names("templates")
    found = [(name, read_manifest(open_bundle(name, what="template").files).summary) for name in names]
    if as_json:
        ui.json_out({"version": 1, "templates": [{"name": name, "summary": summary} for name, summary in found]})
        return
    width = max((len(name) for name, _ in found), default=0)
    for name, summary in found:
        ui.paragraph(f"{name:<{width}}  {summary}", hang=" " * (width + 2))
