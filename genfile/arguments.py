"""What callers of the Python API pass: checked by type, so that a slip is a TypeError at the call itself."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from genfile.errors import UsageError
from genfile.spec.settings import as_text

# A value of a setting. A str is read as the command line reads it; everything else stands for itself.
SettingValue: TypeAlias = "str | int | bool | Sequence[Any] | Mapping[str, Any] | None"
_LEVELS = ("none", "brief", "teach")


def settings_as_text(settings: "Mapping[str, SettingValue] | None") -> dict[str, str]:
    """Settings as the texts that `--set` takes: `8080` for 8080, `["node", "a.js"]` for a list, `null` for None.

    Raises TypeError for a key that is not a str and for a value that no field holds, such as a float or a date.
    """
    if settings is None:
        return {}
    _expect("settings", settings, Mapping, "a mapping of field or option to value")
    texts: dict[str, str] = {}
    for key, value in settings.items():
        _expect("a key of settings", key, str, "a str")
        try:
            texts[key] = as_text(value)
        except (ValueError, TypeError, RecursionError):
            hint = '; write a version as a str: "3.10"' if isinstance(value, float) else ""
            kind = type(value).__name__
            raise TypeError(f"settings[{key!r}] can't be {kind}: it takes str, int, bool, list or dict{hint}") from None
    return texts


def check_names(presets: Any) -> None:
    """Refuse `presets="acme"`, which would be one preset a letter."""
    if isinstance(presets, str) or not isinstance(presets, Sequence):
        raise TypeError(f"presets must be a list of names or references, not {type(presets).__name__}")
    for name in presets:
        _expect("an item of presets", name, str, "a str")


def check_name(argument: str, value: Any) -> None:
    """Refuse what is neither a str nor None."""
    if value is not None:
        _expect(argument, value, str, "a str or None")


def check_base(value: Any) -> None:
    """Refuse what is neither a path nor None."""
    if value is not None:
        _expect("base", value, (str, os.PathLike), "a path or None")


def check_comments(value: Any) -> None:
    """Raises UsageError for a level of comments that does not exist, TypeError for what is not a str."""
    _expect("comments", value, str, "a str")
    if value not in _LEVELS:
        raise UsageError(f"comments: {value!r} is not a level", hint=f"use one of {', '.join(_LEVELS)}")


def check_spec(value: Any) -> None:
    """Refuse what is neither a model of a spec nor a mapping."""
    if not hasattr(value, "model_fields_set"):
        _expect("spec", value, Mapping, "a spec or a mapping")


def check_options(value: Any) -> None:
    """Refuse what is neither a mapping nor None."""
    if value is not None:
        _expect("options", value, Mapping, "a mapping of name to value")


def check_guard(value: Any) -> None:
    """Refuse what is neither a Guard, a GuardPool nor None."""
    if value is not None and not callable(getattr(value, "run", None)):
        raise TypeError(f"guard must be a Guard, a GuardPool or None, not {type(value).__name__}")


def _expect(argument: str, value: Any, kinds: "type | tuple[type, ...]", wanted: str) -> None:
    if not isinstance(value, kinds):
        raise TypeError(f"{argument} must be {wanted}, not {type(value).__name__}")
