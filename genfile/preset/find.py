"""Which preset renders a spec, and where the built-in ones are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genfile.errors import PresetError, UsageError
from genfile.preset.load import BUILTIN, Preset, load_builtin, load_preset

if TYPE_CHECKING:
    from genfile.bundle import Bundle


def choose_preset(spec: Mapping[str, Any]) -> Preset:
    """The first built-in preset that applies to a spec given as plain values. Raises PresetError if none does."""
    for name in BUILTIN:
        preset = load_builtin(name)
        if preset.applies_to(spec):
            return preset
    raise PresetError(
        f"no preset supports a {spec.get('language')} service",
        hint="pass one with --preset, such as a folder with a preset.toml",
    )


def preset_for(spec: Mapping[str, Any], reference: "str | Bundle | None" = None) -> Preset:
    """The preset that renders a spec: the one that is named, else the first built-in that applies.

    Raises UsageError when the named one is for other services.
    """
    if reference is None:
        return choose_preset(spec)
    builtin = next((name for name in BUILTIN if load_builtin(name).applies_to(spec)), None)
    preset = load_preset(reference, builtin=builtin)
    if not preset.applies_to(spec):
        condition = preset.applies.text if preset.applies else ""
        raise UsageError(
            f"preset {preset.name} does not apply to {spec.get('name')}, a {spec.get('language')} service",
            hint=f"it applies where {condition}",
        )
    return preset


__all__ = ["BUILTIN", "Preset", "choose_preset", "load_preset", "preset_for"]
