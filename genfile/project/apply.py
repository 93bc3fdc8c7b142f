"""Apply all of a plan or none of it, whatever happens: a failure, Ctrl-C or the end of the process.

The new files are staged next to their targets, the journal records the plan, and only then files are renamed. A
failure is undone at once; the next run undoes what a killed process began (`journal.recover_all`).
"""

from contextlib import ExitStack

from msgspec import Struct

from genfile.errors import ConflictError, WriteError
from genfile.project.journal import Journal, JournalEntry, Record, digest, recover, temporary_beside, touched, undo
from genfile.project.plan import Change, Plan
from genfile.project.state import locked
from genfile.project.tree import FoundFile, ProjectTree, open_tree, reason


def apply_plan(plan: Plan) -> None:
    """Write every change of a plan.

    Raises ConflictError for an unresolved conflict or a file that changed after the plan was made, WriteError when
    the disk refuses, or when another run of genfile keeps the folder locked.
    """
    if plan.conflicts:
        raise ConflictError(
            f"{plan.conflicts[0].path} exists and differs",
            hint="compare with --diff, then use --force to replace it",
        )
    if not plan.writes and not plan.folders:
        return
    with ExitStack() as held:
        tree, inner = held.enter_context(open_tree(plan.root))
        held.enter_context(locked(tree.folder))
        recover(tree)
        steps = _steps(plan, tree, inner)
        journal = _journal(plan, tree, inner, steps)
        record = Record(journal)
        try:
            _make_folders(tree, journal, inner, held)
            journal.staged = _stage(tree, steps)
            record.commit(journal)
            for step in steps:
                _put(tree, step)
            _drop_empty_folders(plan, tree, inner, journal)
            for folder in touched(journal):
                tree.sync(folder)
            record.close()
        except BaseException:
            # Ctrl-C too: a half-written project is worse than none.
            _undo(tree, journal)
            record.close()
            raise


def _undo(tree: ProjectTree, journal: Journal) -> None:
    try:
        undo(tree, journal)
    except WriteError as error:
        # The journal stays.
        raise WriteError(
            error.message, hint="the next genfile command will try again to undo the unfinished change"
        ) from None


class _Step(Struct, frozen=True):
    """One change, its place in the tree, and the existing file."""

    change: Change
    entry: JournalEntry

    @property
    def old(self) -> FoundFile | None:
        return self.entry.old


def _steps(plan: Plan, tree: ProjectTree, inner: str) -> list[_Step]:
    steps: dict[str, _Step] = {}
    for change in plan.writes:
        path = tree.locate(inner + change.path)
        if path in steps:
            if steps[path].change.new == change.new:
                continue
            raise WriteError(f"{change.path} and {steps[path].change.path} are the same file because of a link")
        found = tree.read(path)
        _check_unchanged(change, found)
        new = None if change.new is None else digest(change.new)
        steps[path] = _Step(change, JournalEntry(path, temporary_beside(path), found, new))
    return list(steps.values())


def _check_unchanged(change: Change, found: FoundFile | None) -> None:
    content = None if found is None else found.content
    mode = None if found is None or change.was_executable is None else found.executable
    if content != change.old or (mode is not None and mode != change.was_executable):
        raise ConflictError(f"{change.path} was changed by another program just now", hint="run the command again")


def _journal(plan: Plan, tree: ProjectTree, inner: str, steps: list[_Step]) -> Journal:
    made: dict[str, None] = {}
    wanted = [inner.rstrip("/"), *(step.entry.path.rpartition("/")[0] for step in steps if step.change.new is not None)]
    wanted += [tree.locate_folder(inner + folder) for folder in plan.folders]
    for folder in wanted:
        for path in _chain(folder):
            if path not in made and not tree.is_folder(path):
                made[path] = None
    modes = {
        path: tree.folder_mode(path)
        for step in steps
        if step.change.new is None
        for path in _chain(step.entry.path.rpartition("/")[0])
    }
    entries = tuple(step.entry for step in steps)
    return Journal(tree.folder, tree.inode, entries, tuple(made), modes)


def _chain(folder: str) -> list[str]:
    """A folder and those around it, the outermost first."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]


def _make_folders(tree: ProjectTree, journal: Journal, inner: str, held: ExitStack) -> None:
    for folder in journal.made:
        try:
            tree.make_folder(folder)
        except OSError as error:
            raise WriteError(f"{tree.folder / folder} can't be created: {reason(error)}") from None
        if f"{folder}/" == inner:
            # From now on another run can find the root itself.
            held.enter_context(locked(tree.folder / folder))


def _stage(tree: ProjectTree, steps: list[_Step]) -> dict[str, int]:
    staged: dict[str, int] = {}
    for step in steps:
        change, entry = step.change, step.entry
        if change.new is None:
            continue
        try:
            inode = tree.stage(entry.temporary, change.new, like=step.old, executable=change.executable)
        except OSError as error:
            raise WriteError(f"{change.path} can't be written: {reason(error)}") from None
        staged[entry.path] = inode
    return staged


def _put(tree: ProjectTree, step: _Step) -> None:
    """Give one file its new content, unless someone has changed it since the plan was made."""
    change, entry = step.change, step.entry
    try:
        if tree.read(entry.path) != step.old:
            raise FileExistsError
        if change.new is None:
            tree.remove(entry.path)
        else:
            tree.put(entry.temporary, entry.path, replace=step.old is not None)
    except FileExistsError:
        raise ConflictError(
            f"{change.path} was changed by another program just now", hint="run the command again"
        ) from None
    except OSError as error:
        raise WriteError(f"{change.path} can't be written: {reason(error)}") from None


def _drop_empty_folders(plan: Plan, tree: ProjectTree, inner: str, journal: Journal) -> None:
    """Folders that nothing is left in since their last file was deleted."""
    kept = {inner.rstrip("/"), *_chain(inner.rstrip("/")), *(inner + folder for folder in plan.folders)}
    for folder in sorted(set(journal.modes) - kept, key=len, reverse=True):
        try:
            tree.remove_folder(folder)
        except OSError:
            continue
