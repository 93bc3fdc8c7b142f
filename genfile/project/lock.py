"""`genfile.lock`: what was resolved, so that every machine gets the same. Only genfile writes it."""

from pathlib import Path
from typing import TYPE_CHECKING

from genfile.project.reading import read_text

if TYPE_CHECKING:
    from genfile.spec.config import Lock, LockedPreset

LOCK = "genfile.lock"
_HEAD = "# Written by genfile: the pinned state of the sources in genfile.toml. Commit it; don't edit it.\n"


def read_lock(base: Path) -> "Lock":
    """The record in a folder; empty without the file. Raises UsageError that names the file and the line."""
    from genfile.project.faults import parse_model
    from genfile.spec.config import Lock

    text = read_text(base, LOCK)
    return Lock(version=1) if text is None else parse_model(Lock, text, LOCK)


def set_locked(text: str | None, name: str, locked: "LockedPreset | None") -> str:
    """The text of `genfile.lock` with the record of a preset, or without it (None); its other parts stay unchanged.

    Raises UsageError that names the place of what is damaged.
    """
    import tomlkit

    from genfile.project.bases import without_part
    from genfile.project.faults import parse_model
    from genfile.spec.config import Lock

    lock = Lock(version=1) if text is None else parse_model(Lock, text, LOCK)
    presets = dict(lock.presets)
    if locked is None:
        presets.pop(name, None)
    else:
        presets[name] = locked
    # No person edits it: this part is rewritten in a fixed order, so that a change touches one entry.
    rest = without_part(text, "presets") if text is not None else f"{_HEAD}version = 1\n"
    if not presets:
        return rest
    entries = {
        key: presets[key].model_dump(mode="json", exclude_none=True, exclude_defaults=True) for key in sorted(presets)
    }
    return f"{rest}\n{tomlkit.dumps({'presets': entries})}"
