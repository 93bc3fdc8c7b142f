"""Store command-line settings in the project's genfile.toml, where people read them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from genfile.errors import UsageError
from genfile.project.decided import file_to_write
from genfile.project.reading import read_text
from genfile.upkeep.decisions import Decisions, Flags, decide, stored_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genfile.detect.inspection import Inspection


def savable(decisions: Decisions) -> str | None:
    """The file that can store decisions; None if there is none."""
    if decisions.base is None:
        return None
    try:
        return file_to_write(decisions.decided)
    except UsageError:
        return None


def save(
    decisions: Decisions, inspection: "Inspection | None" = None, texts: "Mapping[str, str | None] | None" = None
) -> tuple[Decisions, dict[str, str]]:
    """The decisions once the flags are stored in the file, and its new text; nothing is written.

    ``inspection``: tells which service is meant. ``texts``: the new content of files about to be written. Raises
    UsageError if there is no file to store them in, or a project can't state one of them.
    """
    from genfile.project.save import SCHEMA, ToSave, save_text

    base, flags = decisions.base, decisions.flags
    if base is None:
        raise UsageError("--save writes genfile.toml, but this source has no folder to write to")
    file = file_to_write(decisions.decided)
    saved = ToSave(
        None if flags.preset is None else _preset(flags.preset, decisions),
        flags.comments,
        flags.compose,
        flags.settings,
        _path(flags.service, inspection),
    )
    parts = [] if saved == ToSave(service=saved.service) else [saved]
    parts += [ToSave(settings=settings, service=path) for path, settings in flags.services.items()]
    if not parts:
        return decisions, {}
    text = texts[file] if texts is not None and file in texts else read_text(base, file)
    for part in parts:
        text = save_text(text, part, file, schema=os.path.lexists(base / SCHEMA))
    assert text is not None
    return decide(base, Flags(service=flags.service), texts={**(texts or {}), file: text}), {file: text}


def save_settings(base: Path, settings: "Mapping[str, str]", service: str | None) -> dict[str, str]:
    """The new text of the project's decision file with these settings, for one service or all; nothing is written.
    ``service``: its path. Raises UsageError as `save` does."""
    from genfile.project.save import SCHEMA, ToSave, save_text

    file = file_to_write(decide(base, Flags()).decided)
    saved = ToSave(None, None, None, settings, service)
    return {file: save_text(read_text(base, file), saved, file, schema=os.path.lexists(base / SCHEMA))}


def _path(service: str | None, inspection: "Inspection | None") -> str | None:
    if service is None or inspection is None:
        return None
    from genfile.api import select

    return select(inspection, service)[0].spec.path


def _preset(reference: str, decisions: Decisions) -> str:
    """A preset as genfile.toml can name it."""
    config = decisions.config
    if config is not None and reference in config.presets:
        return reference
    if decisions.user is not None and reference in decisions.user.presets:
        raise UsageError(
            f"preset {reference} is in your user configuration but not in this project",
            hint=f"add it with `genfile presets add {reference} REFERENCE`",
        )
    assert decisions.base is not None
    return stored_reference(reference, decisions.base)
