"""What `genfile update` does: the template as it was, as it is now, and the user's files between them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile import __version__
from genfile.bundle import Bundle, open_bundle, project_tree
from genfile.bundle.origin import TreeError
from genfile.errors import ConflictError, SourceError, UsageError
from genfile.project import bases as lock
from genfile.project.plan import Plan, make_plan, read_target
from genfile.project.threeway import Mode, has_markers
from genfile.project.update import BESIDE, Update, make_update
from genfile.scaffold.new import bases
from genfile.scaffold.render import Made, is_foreign, make_project
from genfile.template import answers as record

if TYPE_CHECKING:
    from genfile.options import Ask


@dataclass(frozen=True)
class Updating:
    """An update that is planned: from which version to which, what it does, and what is recorded afterwards."""

    before: record.Answers
    after: record.Answers
    update: Update
    made: Made
    recorded: bool


def read_record(root: Path) -> record.Answers:
    """The record of a project. Raises UsageError where there is none."""
    content = read_target(root, record.FILE) if root.is_dir() else None
    if content is None:
        raise UsageError(
            f"{root} was not made by `genfile new`: there is no {record.FILE}",
            hint="name the folder of a project that was; `genfile init` adds container files to any other",
        )
    return record.read_answers(content.decode("utf-8", "replace"))


def open_conflicts(root: Path, answers: record.Answers) -> list[str]:
    """The files in which an earlier update still waits for a person."""
    waiting = []
    for path in answers.conflicts:
        content = read_target(root, path)
        if (content is not None and has_markers(content)) or read_target(root, path + BESIDE) is not None:
            waiting.append(path)
    return waiting


def plan_update(
    root: Path,
    given: Mapping[str, Any],
    *,
    to: str | None = None,
    ask: "Ask | None" = None,
    mode: Mode = "markers",
    offline: bool = False,
    trusted: bool = False,
    source: str | None = None,
) -> Updating:
    """Plan an update. Raises ConflictError while conflicts of an earlier one are left.

    ``source``: where the template is, in the user's words; without it the record says, which may lead nowhere outside
    of the project (see `genfile.bundle.origin`).
    """
    recorded = read_record(root)
    waiting = open_conflicts(root, recorded)
    if waiting:
        raise ConflictError(
            f"an earlier update waits for you in {', '.join(waiting)}",
            hint="edit each until no markers are left (delete *.theirs), then run `genfile update` again",
        )
    # Conflicts that were solved: what was pending is what the project is made from now.
    before = recorded if recorded.pending is None else recorded.pending
    checkout = to or before.checkout
    newest = _template(
        root,
        before,
        source,
        offline=offline,
        refresh=not offline,
        checkout=checkout,
        directory=before.directory,
    )
    old = _bases(root, before, newest, given, source, trusted=trusted, offline=offline)
    made = make_project(
        newest,
        given,
        ask=_only_new(ask, before.values),
        folder=before.folder or None,
        service=before.service or None,
        containers=before.containers,
        trusted=trusted,
        earlier=before.values,
    )
    after = replace(
        before,
        commit=newest.commit,
        values=made.project.answers,
        checkout=checkout,
        genfile=__version__,
        pending=None,
        conflicts=(),
    )
    theirs = {path: file.content for path, file in made.files.items()}
    executable = {path for path, file in made.files.items() if file.executable}
    label = f"{__version__} ({newest.name})"
    update = make_update(root, old, theirs, executable=executable, mode=mode, label=label)
    kept = replace(before, pending=after, conflicts=update.conflicts) if update.conflicts else after
    return Updating(before, after, _with_record(root, update, kept, newest, made), made, not update.conflicts)


def _with_record(root: Path, update: Update, kept: record.Answers, newest: Bundle, made: Made) -> Update:
    """The update with the files of the record, which are genfile's own."""
    texts = {record.FILE: record.write_answers(kept)}
    lock_text = read_target(root, lock.FILE)
    if newest.kind != "git":
        text = None if lock_text is None else lock_text.decode("utf-8", "replace")
        texts[lock.FILE] = lock.write_kept(text, bases(made.files))
    changes = list(update.plan.changes)
    for path, text in texts.items():
        changes += make_plan(root, {path: text}, force=True).changes
    plan = Plan(root, tuple(changes), made.project.folders)
    return replace(update, plan=plan)


def _bases(
    root: Path,
    before: record.Answers,
    newest: Bundle,
    given: Mapping[str, Any],
    source: str | None,
    *,
    trusted: bool,
    offline: bool,
) -> dict[str, lock.Kept]:
    """What was last written: from the lock where it is kept, else the template rendered as it was."""
    if before.kind != "git":
        text = read_target(root, lock.FILE)
        if text is None:
            raise UsageError(
                f"{lock.FILE} is missing: nothing tells your edits from what genfile wrote",
                hint="take it back from version control",
            )
        return lock.read_kept(text.decode("utf-8", "replace"))
    if before.commit == newest.commit:
        old = newest
    else:
        try:
            old = _template(
                root,
                before,
                source,
                pinned=before.commit,
                offline=offline,
                directory=before.directory,
            )
        except SourceError as error:
            raise SourceError(f"the version of the template that was used can't be had: {error.message}") from None
    made = make_project(
        old,
        {},
        ask=None if is_foreign(old) else _as_before(before.values, given),
        folder=before.folder or None,
        service=before.service or None,
        containers=before.containers,
        trusted=trusted,
        earlier=before.values,
    )
    return bases(made.files)


def _template(root: Path, before: record.Answers, source: str | None, **how: Any) -> Bundle:
    """The template, from where the user says that it is, else from where the record of the project does."""
    if source is not None:
        return open_bundle(source, what="template", **how)
    try:
        return open_bundle(before.reference, what="template", base=root, tree=project_tree(root, fetch=True), **how)
    except TreeError as error:
        raise UsageError(error.message, hint=f"if you trust it: --from {before.reference}; {error.hint}") from None


def _as_before(known: Mapping[str, Any], given: Mapping[str, Any]) -> "Ask":
    """What was answered before; a secret, which was not kept, is what it is now."""

    def asking(name: str, option: Any, default: Any, /) -> Any:
        return known.get(name, default if default is not None else given.get(name, ""))

    return asking


def _only_new(ask: "Ask | None", known: Mapping[str, Any]) -> "Ask | None":
    """Ask only what was not answered before, or whose answer no longer fits."""
    if ask is None:
        return None
    put = ask

    def asking(name: str, option: Any, default: Any, /) -> Any:
        return default if name in known and known[name] == default else put(name, option, default)

    return asking
