"""Plan `genfile update`: the template's old and new version, and the user's files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile import __version__
from genfile.bundle import Bundle, open_bundle, project_tree
from genfile.bundle.origin import TreeError
from genfile.errors import ConflictError, SourceError, UsageError
from genfile.project import bases as lock
from genfile.project.paths import check_recorded
from genfile.project.plan import Plan, make_plan, read_target
from genfile.project.threeway import Mode
from genfile.project.update import Update, make_update, open_conflicts
from genfile.scaffold.content import OWN
from genfile.scaffold.new import needs_lock
from genfile.scaffold.render import RenderedProject, is_foreign, make_project
from genfile.template import answers as record

if TYPE_CHECKING:
    from genfile.options import Ask

MAX_RECORD = 1024 * 1024


class Updating(Struct, frozen=True):
    """A planned update: the old and new version, the changes, and the record afterwards."""

    before: record.Answers
    after: record.Answers
    update: Update
    made: RenderedProject
    recorded: bool


def read_record(root: Path) -> record.Answers:
    """The record of a project. Raises UsageError if there is none."""
    text = _read_own(root, record.FILE, MAX_RECORD) if root.is_dir() else None
    if text is None:
        raise UsageError(
            f"{root} was not created by `genfile new`: it has no {record.FILE}",
            hint="pass a project that was; `genfile init` adds container files to any other project",
        )
    answers = record.read_answers(text)
    for path in answers.conflicts:
        check_recorded(path, f"{record.FILE}: pending.conflicts")
    return answers


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
    waiting = open_conflicts(root, recorded.conflicts)
    if waiting:
        raise ConflictError(
            f"an earlier update left conflicts in {', '.join(waiting)}",
            hint="resolve every conflict marker and delete *.theirs, then run `genfile update` again",
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
    project = _Rendered(root, before, trusted=trusted)
    made = project.render(newest, given, _only_new(ask, before, given))
    old, notes = _bases(project, newest, made, given, source, offline=offline)
    after = replace(
        before,
        commit=newest.commit,
        values=made.project.answers,
        defaulted=made.defaulted,
        checkout=checkout,
        genfile=__version__,
        pending=None,
        conflicts=(),
    )
    update = _compare(root, old, made, mode, f"{__version__} ({newest.name})")
    kept = replace(before, pending=after, conflicts=update.conflicts) if update.conflicts else after
    update = replace(_with_record(root, update, kept, newest, made), notes=(*notes, *update.notes))
    return Updating(before, after, update, made, not update.conflicts)


class _Rendered(Struct, frozen=True):
    """Renders versions of one project's template, each with the recorded answers."""

    root: Path
    before: record.Answers
    trusted: bool

    def render(self, bundle: Bundle, given: Mapping[str, Any], ask: "Ask | None") -> RenderedProject:
        return make_project(
            bundle,
            given,
            ask=ask,
            folder=self.before.folder or None,
            service=self.before.service or None,
            containers=self.before.containers,
            trusted=self.trusted,
            earlier=self.before.earlier(),
            output=self.root.resolve().parent,
            again=True,
        )


def _compare(root: Path, old: lock.Bases, made: RenderedProject, mode: Mode, label: str) -> Update:
    """Of all files that are the template's, and of none that hooks make apart from it."""
    content = made.content
    base = lock.Bases(
        {path: kept for path, kept in old.files.items() if path not in OWN and not content.is_apart(path)},
        old.executable,
    )
    return make_update(
        root,
        base,
        {path: file.content for path, file in content.files.items()},
        executable=[path for path, file in content.files.items() if file.executable],
        fresh={path: made.files[path].content for path in content.files},
        mode=mode,
        label=label,
    )


def _with_record(root: Path, update: Update, kept: record.Answers, newest: Bundle, made: RenderedProject) -> Update:
    """The update with the files of the record, which are genfile's own."""
    texts = {record.FILE: record.write_answers(kept)}
    if needs_lock(newest):
        texts[lock.FILE] = lock.write_bases(_read_own(root, lock.FILE, lock.MAX_BYTES), made.content.bases())
    changes = list(update.plan.changes)
    for path, text in texts.items():
        changes += make_plan(root, {path: text}, force=True).changes
    plan = Plan(root, tuple(changes), made.project.folders)
    return replace(update, plan=plan)


def _read_own(root: Path, name: str, limit: int) -> str | None:
    """A file that genfile wrote; None if there is none. Raises UsageError for one that it can't have written."""
    path = root / name
    if path.is_file() and path.stat().st_size > limit:
        raise UsageError(f"{name} is larger than {limit >> 20} MiB", hint="restore it from version control")
    content = read_target(root, name)
    return None if content is None else content.decode("utf-8", "replace")


def _bases(
    project: _Rendered,
    newest: Bundle,
    made: RenderedProject,
    given: Mapping[str, Any],
    source: str | None,
    *,
    offline: bool,
) -> tuple[lock.Bases, tuple[str, ...]]:
    """What was last written: from the lock where it is kept, else the template rendered as it was. And notes."""
    root, before = project.root, project.before
    if before.kind != "git":
        text = _read_own(root, lock.FILE, lock.MAX_BYTES)
        missing = f"{lock.FILE} is missing: `genfile update` asks about each file that differs from the template"
        return lock.read_bases(text), () if text is not None else (missing,)
    if before.commit == newest.commit and made.project.answers == before.values:
        return made.content.bases(), ()
    old = newest
    if before.commit != newest.commit:
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
            raise SourceError(
                f"can't get the template version that this project was created from: {error.message}"
            ) from None
    ask = None if is_foreign(old) else _as_before(before.values, given)
    return project.render(old, {}, ask).content.bases(), ()


def _template(root: Path, before: record.Answers, source: str | None, **how: Any) -> Bundle:
    """The template, from where the user says that it is, else from where the record of the project does."""
    if source is not None:
        return open_bundle(source, what="template", **how)
    try:
        return open_bundle(before.reference, what="template", base=root, tree=project_tree(root, fetch=True), **how)
    except TreeError as error:
        raise UsageError(error.message, hint=f"if you trust it, pass --from {before.reference}; {error.hint}") from None


def _as_before(known: Mapping[str, Any], given: Mapping[str, Any]) -> "Ask":
    """The earlier answers; a secret, which was not stored, has its present value."""

    def asking(name: str, option: Any, default: Any, /) -> Any:
        return known.get(name, default if default is not None else given.get(name, ""))

    return asking


def _only_new(ask: "Ask | None", before: record.Answers, given: Mapping[str, Any]) -> "Ask | None":
    """Ask only for missing answers, and for those that no longer fit."""
    if ask is None:
        return None
    put = ask

    def asking(name: str, option: Any, default: Any, /) -> Any:
        # A default that is another each time is not kept, though it was taken.
        known = before.values[name] == default if name in before.values else name in before.defaulted
        return default if known or name in given else put(name, option, default)

    return asking
