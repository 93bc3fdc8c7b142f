"""`genfile.toml`: the user's decisions. Read strictly, and edited without touching anything else in it."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.errors import SourceError, UsageError

if TYPE_CHECKING:
    from genfile.project.plan import Plan
    from genfile.spec.config import Config, LockedPreset

CONFIG = "genfile.toml"
_MAX_BYTES = 1024 * 1024


def read_config(base: Path) -> "Config":
    """The decisions of the project in a folder; without any, the defaults. Raises UsageError with the place."""
    from genfile.project.decided import find_decided
    from genfile.spec.config import Config

    decided = find_decided(base)
    return Config.model_construct() if decided is None else decided.config


def preset_reference(name: str, base: Path) -> "tuple[str, LockedPreset | None] | None":
    """The source of a preset that the project names, and its record in genfile.lock.

    None if the project has no preset of that name. Raises UsageError when `genfile.toml` names another source than
    the one that was recorded in `genfile.lock`.
    """
    from genfile.project.lock import LOCK, read_lock

    entry = read_config(base).presets.get(name)
    if entry is None:
        return None
    locked = read_lock(base).presets.get(name)
    if locked is None:
        return entry.source, None
    if locked.source != entry.source:
        raise UsageError(
            f"{CONFIG} has another source for preset {name} than {LOCK}",
            hint=f"`genfile presets update {name}` records the one of {CONFIG}",
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
            raise ConflictError(f"{change.path} was changed by someone else just now", hint="run the command again")
    return plan


def read_text(base: Path, name: str) -> str | None:
    """The text of a file of the project; None if it does not exist. Raises SourceError when it can't be read.

    A link is never followed: a file in a tree must not stand for another file of the machine.
    """
    path = base / name
    # O_NONBLOCK: opening a FIFO must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise SourceError(f"{name} is a symbolic link", hint="replace it by the file itself")
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{name} is not a regular file")
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise SourceError(f"{name} is larger than 1 MiB")
        return content.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SourceError(f"{name} can't be read: {reason}") from None
