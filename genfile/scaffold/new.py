"""What `genfile new` writes: the project, the record of what it was made from, and the lock where one is needed."""

from collections.abc import Mapping
from pathlib import Path

from genfile.bundle import Bundle
from genfile.project import bases as lock
from genfile.project.plan import Plan, make_plan
from genfile.scaffold.render import Made, portable_reference
from genfile.template import answers as record
from genfile.template.project import NewFile


def plan_project(
    made: Made,
    bundle: Bundle,
    target: Path,
    *,
    folder: str,
    checkout: str | None,
    directory: str | None,
    containers: bool,
) -> Plan:
    """The plan that makes the project in ``target``; what is there and differs is a conflict.

    ``folder``: the name of the target as the template saw it.
    """
    answers = record.Answers(
        reference=portable_reference(bundle, target),
        kind=bundle.kind,
        commit=bundle.commit,
        values=made.project.answers,
        checkout=checkout,
        directory=directory,
        folder=folder,
        service=target.resolve().name,
        containers=containers,
    )
    files: dict[str, str | bytes] = {path: file.content for path, file in made.files.items()}
    files[record.FILE] = record.write_answers(answers)
    if bundle.kind != "git":
        files[lock.FILE] = lock.write_kept(None, bases(made.files))
    executable = {path for path, file in made.files.items() if file.executable}
    return make_plan(target, files, executable=executable, folders=made.project.folders)


def bases(files: Mapping[str, NewFile]) -> dict[str, lock.Kept]:
    """What an update compares with."""
    return {path: file.content for path, file in files.items()}
