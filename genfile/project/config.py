"""`genfile.toml`: the user's decisions. Read strictly, and edited without touching anything else in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.errors import UsageError
from genfile.project.decided import find_decided
from genfile.project.lock import LOCK, read_lock
from genfile.project.reading import CONFIG

if TYPE_CHECKING:
    from genfile.project.plan import Plan
    from genfile.spec.config import Config, LockedPreset


def read_config(base: Path) -> "Config":
    """The decisions of the project in a folder; without any, the defaults. Raises UsageError with the place."""
    from genfile.spec.config import Config

    decided = find_decided(base)
    return Config.model_construct() if decided is None else decided.config


def preset_reference(name: str, base: Path) -> "tuple[str, LockedPreset | None] | None":
    """The source of a preset that the project names, and its record in genfile.lock.

    None if the project has no preset of that name. Raises UsageError when `genfile.toml` names another source than
    the one that was recorded in `genfile.lock`.
    """
    entry = read_config(base).presets.get(name)
    if entry is None:
        return None
    locked = read_lock(base).presets.get(name)
    if locked is None:
        return entry.source, None
    if locked.source != entry.source:
        raise UsageError(
            f"{CONFIG} and {LOCK} name different sources for preset {name}",
            hint=f"run `genfile presets update {name}` to use the one in {CONFIG}",
        )
    return entry.source, locked


def set_preset(text: str | None, name: str, source: str, table: tuple[str, ...] = ()) -> str:
    """The text of `genfile.toml` with a preset in it; comments and order are kept. ``table``: that of the decisions."""
    import tomlkit
    from tomlkit.items import InlineTable, Table

    document = tomlkit.parse(text or "")
    root: Any = document
    for key in table:
        root = root[key]
    presets = root.get("presets")
    if presets is None:
        presets = tomlkit.inline_table() if isinstance(root, InlineTable) else tomlkit.table(is_super_table=True)
        root["presets"] = presets
    entry = presets.get(name)
    if entry is None:
        entry = tomlkit.table() if isinstance(presets, Table) else tomlkit.inline_table()
        entry["source"] = source
        presets[name] = entry
    else:
        entry["source"] = source
    return tomlkit.dumps(document)


def drop_preset(text: str, name: str, table: tuple[str, ...] = ()) -> str:
    """The text of `genfile.toml` without a preset; comments and order stay. ``table``: as of `set_preset`."""
    import tomlkit

    document = tomlkit.parse(text)
    root: Any = document
    for key in table:
        root = root[key]
    presets = root.get("presets")
    if presets is not None and name in presets:
        del presets[name]
        if not presets:
            del root["presets"]
    return tomlkit.dumps(document)


def plan_texts(base: Path, before: dict[str, str | None], after: dict[str, str]) -> "Plan":
    """The plan that writes new texts of files whose old texts were read before."""
    from genfile.errors import ConflictError
    from genfile.project.plan import make_plan

    plan = make_plan(base, after, force=True)
    for change in plan.changes:
        old = before[change.path]
        if change.old != (None if old is None else old.encode()):
            raise ConflictError(f"{change.path} was changed by another program just now", hint="run the command again")
    return plan
