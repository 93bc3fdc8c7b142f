"""`genfile.lock`: what was resolved, so that every machine gets the same. Written by genfile alone."""

from pathlib import Path
from typing import TYPE_CHECKING

from genfile.project.config import read_text

if TYPE_CHECKING:
    from genfile.spec.config import Lock, LockedPreset

LOCK = "genfile.lock"
_HEAD = (
    "# Written by genfile: what the sources in genfile.toml were when they were recorded. Commit it; don't edit it.\n"
)


def read_lock(base: Path) -> "Lock":
    """What is recorded in a folder; without the file, nothing. Raises UsageError that names the file and the line."""
    from genfile.project.faults import parse_model
    from genfile.spec.config import Lock

    text = read_text(base, LOCK)
    return Lock(version=1) if text is None else parse_model(Lock, text, LOCK)


def set_locked(text: str | None, name: str, locked: "LockedPreset | None") -> str:
    """The text of `genfile.lock` with the record of a preset, or without it (None)."""
    import tomlkit

    document = tomlkit.parse(text if text is not None else _HEAD + "version = 1\n")
    presets = document.get("presets")
    if presets is None:
        presets = tomlkit.table(is_super_table=True)
        document["presets"] = presets
    if name in presets:
        del presets[name]
    if locked is not None:
        entry = tomlkit.table()
        for key, value in locked.model_dump(mode="json", exclude_none=True).items():
            entry[key] = value
        presets[name] = entry
    elif not presets:
        del document["presets"]
    return tomlkit.dumps(document).rstrip("\n") + "\n"
