"""Which stage of a Dockerfile production runs."""

from genfile.container.model import FinishedStage
from genfile.container.stages import lineage

# Names of the stage that production runs, the surest first, and of those that it does not.
RELEASES = (
    "production",
    "prod",
    "release",
    "final",
    "runner",
    "runtime",
    "app",
    "serve",
    "server",
    "web",
    "main",
    "run",
)
ASIDE = frozenset(
    "test tests testing e2e ci lint linter check coverage dev develop development debug local devcontainer docs "
    "upload export artifact artifacts scan cypress playwright storybook tools".split()
)


def production_stage(stages: tuple[FinishedStage, ...], target: str | None = None) -> FinishedStage:
    """The stage that a target names; else the last one, unless its name or what it runs says it is not production's."""
    if target:
        wanted = target.lower()
        named = next((item for item in stages if item.name and item.name.lower() == wanted), None)
        if named is None and wanted.isdecimal() and len(wanted) < 6 and int(wanted) < len(stages):
            named = stages[int(wanted)]
        if named is not None:
            return named
    last = stages[-1]
    if not _is_aside(last):
        return last
    for name in RELEASES:
        found = next((item for item in reversed(stages) if item.name and _words(item.name) & {name}), None)
        if found is not None:
            return found
    others = [item for item in stages if not _is_aside(item) and (item.command or item.entrypoint)]
    if others:
        return others[-1]
    # A stage for development alone is still what the project says of itself.
    return next((item for item in lineage(stages, last) if not _is_aside(item) and item.command), last)


def _words(name: str) -> set[str]:
    return set(name.lower().replace("_", "-").replace(".", "-").split("-"))


def _is_aside(stage: FinishedStage) -> bool:
    return bool(stage.name and _words(stage.name) & ASIDE) or (
        stage.image == "scratch" and stage.command is None and stage.entrypoint is None
    )
