"""What `genfile new` writes: the project, the record of its template, and the lock if it is needed."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from genfile.bundle import Bundle
from genfile.evidence import Note
from genfile.project import bases as lock
from genfile.project.plan import Plan, make_plan
from genfile.project.written import write_written
from genfile.scaffold.render import RenderedProject, portable_reference
from genfile.template import answers as answering
from genfile.upkeep.decisions import Flags, decide
from genfile.upkeep.produce import record

if TYPE_CHECKING:
    from genfile.api import Generation


def plan_project(
    made: RenderedProject,
    bundle: Bundle,
    target: Path,
    *,
    folder: str,
    checkout: str | None,
    directory: str | None,
    containers: bool,
) -> Plan:
    """The plan that creates the project in ``target``; an existing file that differs is a conflict.

    ``folder``: the name of the target as the template saw it.
    """
    answers = answering.Answers(
        reference=portable_reference(bundle, target),
        kind=bundle.kind,
        commit=bundle.commit,
        values=made.project.answers,
        defaulted=made.defaulted,
        checkout=checkout,
        directory=directory,
        folder=folder,
        service=target.resolve().name,
        containers=containers,
    )
    files: dict[str, str | bytes] = {path: file.content for path, file in made.files.items()}
    files[answering.FILE] = answering.write_answers(answers)
    text = lock.write_bases(None, made.content.bases()) if needs_lock(bundle) else None
    if made.generation is not None:
        text = write_written(text, record(own_part(made), decide(None, Flags(compose=made.compose))))
    if text is not None:
        files[lock.FILE] = text
    executable = {path for path, file in made.files.items() if file.executable}
    return make_plan(target, files, executable=executable, folders=made.project.folders)


def own_part(made: RenderedProject) -> "Generation":
    """The container files that are genfile's, and not the template's own."""
    assert made.generation is not None
    files = {path: text for path, text in made.generation.files.items() if path not in made.content.files}
    return replace(made.generation, files=files)


def needs_lock(bundle: Bundle) -> bool:
    """Whether the written files are recorded; for a template in git, the commit is enough."""
    return bundle.kind != "git"


def left_behind(made: RenderedProject) -> tuple[Note, ...]:
    """What hooks created that is not in the new project, and how the user can add it."""
    hooked = made.project.hooked
    if hooked is None:
        return ()
    notes = []
    if hooked.repositories:
        names = ", ".join(hooked.repositories[:5])
        text = (
            f"a template hook created a git repository ({names}), which genfile does not copy; run `git init` yourself"
        )
        notes.append(Note("warning", text))
    if hooked.behind:
        names = ", ".join(hooked.behind[:5])
        text = f"{names}: created by a hook and ignored by .gitignore, so genfile does not copy it; create it again"
        notes.append(Note("warning", text))
    return tuple(notes)
