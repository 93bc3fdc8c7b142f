"""`genfile lint`: findings in a project's Dockerfiles, except those that someone declared intentional."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.dockerfile.edit import apply_edits
from genfile.errors import SourceError, UsageError
from genfile.evidence import Risk
from genfile.handwritten import Checked, Found, by_weight, dockerfiles_of, lint_dockerfiles
from genfile.handwritten.ignored import UNUSED, IgnoreEntry, unused_entries, without_silenced
from genfile.upkeep.decisions import Decisions, Flags, decide
from genfile.upkeep.look import look, settled

if TYPE_CHECKING:
    from genfile.project.plan import Plan
    from genfile.source.base import Source
    from genfile.upkeep.changed import Changed

LEVELS = ("error", "warning", "hint")


class Linted(Struct, frozen=True):
    """The findings by Dockerfile, those that belong to none, and the lowest level that counts as a failure."""

    files: Mapping[str, tuple[Found, ...]]
    others: tuple[Risk, ...]
    level: str
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def risks(self) -> tuple[Risk, ...]:
        return (*(item.risk for items in self.files.values() for item in items), *self.others)

    @property
    def failed(self) -> bool:
        return any(LEVELS.index(risk.level) <= LEVELS.index(self.level) for risk in self.risks)


def lint_project(
    source: "Source",
    folder: Path | None,
    names: Sequence[str] = (),
    *,
    level: str | None = None,
    programs: Sequence[str] = (),
    changed: "Changed | None" = None,
) -> Linted:
    """Check the Dockerfiles of a tree.

    ``folder``: the tree's location, for its genfile.toml; ``names``: of Dockerfiles, compose files or bake files;
    ``programs``: hadolint and buildkit, to add their findings; ``changed``: report only findings in lines that changed,
    and those that the changes cause. Raises what `inspect` and `lint_dockerfiles` raise, and UsageError for a missing
    program.
    """
    decisions = decide(folder, Flags())
    now = _findings(source, decisions, names, programs)
    files, others = {path: items for path, (_, items) in now.files.items()}, now.others
    if changed is not None:
        before = _before(changed, folder, names, decisions)
        caused = set(changed.caused(now.every, before.every if before is not None else ()))
        files = {
            path: tuple(one for one in items if one in caused or changed.touched(one, item))
            for path, (item, items) in now.files.items()
        }
        others = tuple(one for one in others if one in caused or changed.touched(one, None))
    config = decisions.config
    wanted = level or (config.lint.level if config is not None else None) or "error"
    built = {path: item.built for path, (item, _) in now.files.items()}
    texts = {path: one.dockerfile.text for path, one in built.items() if one is not None}
    return Linted(files, tuple(one.risk for one in others), wanted, texts)


class _Findings(Struct, frozen=True):
    """The findings that nobody declared intentional, by Dockerfile, and those that belong to none."""

    files: Mapping[str, tuple[Checked, tuple[Found, ...]]]
    others: tuple[Found, ...]

    @property
    def every(self) -> tuple[Found, ...]:
        return (*(one for _, items in self.files.values() for one in items), *self.others)


def _findings(source: "Source", decisions: Decisions, names: Sequence[str], programs: Sequence[str]) -> _Findings:
    from genfile.source.overlay import OverlaySource

    without = OverlaySource(source, dict.fromkeys(dockerfiles_of(source, names)))
    # Detection must not rely on the Dockerfiles, which are what is being checked.
    checked = lint_dockerfiles(source, settled(look(without, decisions), decisions), names)
    if programs:
        checked = [_with_programs(item, programs, source) for item in checked]
    entries, used = _entries(decisions), set[IgnoreEntry]()
    files = {item.path: (item, _kept(item, entries, used)) for item in checked}
    others = unused_entries(entries, used, known_ids()) if not names else ()
    return _Findings(files, tuple(Found(risk) for risk in others))


def _before(changed: "Changed", folder: Path | None, names: Sequence[str], now: Decisions) -> _Findings | None:
    """What the commit has of the same findings; None where it has none of the files that are meant."""
    from genfile.project.decided import DECIDING

    there = [name for name in names if name in changed.before.index().paths]
    if names and not there:
        return None
    texts = {name: changed.text_before(name) for name in DECIDING}
    try:
        decisions = decide(folder, Flags(), texts=texts)
    except UsageError:
        # A mistake in the commit's genfile.toml, put right by now.
        decisions = now
    try:
        return _findings(changed.before, decisions, there, ())
    except SourceError:
        # A Dockerfile that was none in the commit.
        return None


def known_ids() -> frozenset[str]:
    """The ids of all checks."""
    from genfile.image import CHECKS
    from genfile.practice import PRACTICES

    return frozenset({UNUSED, *(item.id for item in CHECKS), *(item.id for item in PRACTICES)})


def _with_programs(item: Checked, programs: Sequence[str], source: "Source") -> Checked:
    from genfile.engine.linters import found_by

    if item.built is None:
        return item
    text = item.built.dockerfile.text
    ours = [found.risk for found in item.found]
    theirs = [Found(risk, (), name) for name in programs for risk in found_by(name, text, item.path, ours)]
    return replace(item, found=(*item.found, *theirs))


def _kept(item: Checked, entries: Iterable[IgnoreEntry], used: set[IgnoreEntry]) -> tuple[Found, ...]:
    """The findings of a Dockerfile that nobody declared intentional."""
    found = item.found
    if item.built is not None:
        found = without_silenced(found, item.built.dockerfile, item.path, known_ids())
    kept: list[Found] = []
    for one in found:
        by = [entry for entry in entries if entry.covers(item.path, one)]
        used |= set(by)
        kept += [] if by else [one]
    return tuple(sorted(kept, key=by_weight))


def not_ignored(risks: Iterable[Risk], dockerfile: str, decisions: Decisions) -> tuple[Risk, ...]:
    """The risks of a Dockerfile that no entry in genfile.toml ignores."""
    entries = _entries(decisions)
    return tuple(risk for risk in risks if not any(entry.covers(dockerfile, Found(risk)) for entry in entries))


def _entries(decisions: Decisions) -> tuple[IgnoreEntry, ...]:
    decided = decisions.decided
    if decided is None:
        return ()
    found = []
    for index, item in enumerate(decided.config.lint.ignore):
        place = decided.origin.place("lint", "ignore", index)
        found.append(IgnoreEntry(item.id, item.path, str(place), place.path, place.line))
    return tuple(found)


def plan_fixes(folder: Path, linted: Linted) -> "Plan":
    """A plan that applies all safe edits to the Dockerfiles. Raises WriteError for what can't be written."""
    from genfile.project.plan import make_plan

    texts = {}
    for path, items in linted.files.items():
        edits = [edit for item in items if item.risk.path == path for edit in item.edits]
        if edits and path in linted.texts:
            texts[path] = apply_edits(linted.texts[path], edits)
    return make_plan(folder, texts, force=True)
