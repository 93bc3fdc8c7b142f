"""`cookiecutter.json`, and the values that a user sets in its place, as cookiecutter treats them."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from genfile.errors import PresetError, UsageError

FILE = "cookiecutter.json"
YES = ("1", "true", "t", "yes", "y", "on")
NO = ("0", "false", "f", "no", "n", "off")


def read_variables(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The variables in the order of the file. Raises PresetError that names line and column."""
    try:
        # OrderedDict, since a template can write a variable out as Python shows it.
        variables = json.loads(files[FILE].decode("utf-8"), object_pairs_hook=OrderedDict)
    except json.JSONDecodeError as error:
        raise PresetError(f"{FILE}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise PresetError(f"{FILE}: not JSON: {error}") from None
    except KeyError:
        raise PresetError(f"no {FILE} in the template") from None
    if not isinstance(variables, dict):
        raise PresetError(f"{FILE}: not an object")
    return variables


def apply_overrides(variables: dict[str, Any], overrides: Mapping[str, Any]) -> list[str]:
    """Put the user's values instead of the template's; unknown names are left out and returned.

    A choice is made the first of its list; text of a rendered choice is kept for the time when it is rendered.
    Raises UsageError for a value that does not fit.
    """
    unknown = []
    for name, value in overrides.items():
        if name not in variables:
            unknown.append(name)
        else:
            _override(variables, name, value)
    return unknown


class ChoiceVariable(list[Any]):
    """A list of choices of which the user has named one that only exists once they are rendered."""

    wanted: Any = None


def _override(variables: dict[str, Any], name: str, value: Any) -> None:
    current = variables[name]
    if isinstance(current, list):
        variables[name] = _chosen(name, current, value)
    elif isinstance(current, dict) and (merged := _as_dict(value)) is not None:
        _merge(current, merged)
    elif isinstance(current, bool) and isinstance(value, str):
        variables[name] = as_bool(name, value)
    else:
        variables[name] = value


def _chosen(name: str, choices: list[Any], value: Any) -> list[Any]:
    shown = ", ".join(str(choice) for choice in choices)
    if isinstance(value, list):
        wrong = [item for item in value if item not in choices]
        if wrong or not value:
            named = ", ".join(str(item) for item in wrong) or "nothing"
            raise UsageError(f"{name}: {named} is not one of the choices", hint=f"choices: {shown}")
        return value
    if value in choices:
        choices.remove(value)
        choices.insert(0, value)
        return choices
    if any(isinstance(choice, str) and "{" in choice for choice in choices):
        later = ChoiceVariable(choices)
        later.wanted = value
        return later
    raise UsageError(f"{name}: {value!r} is not one of the choices", hint=f"choices: {shown}")


def _as_dict(value: Any) -> dict[str, Any] | None:
    """A dict, or the text of one: a command line has only texts."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value, object_pairs_hook=OrderedDict)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def _merge(current: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """Key by key; new keys are taken, lists replaced."""
    for name, value in overrides.items():
        known = current.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        elif isinstance(known, bool) and isinstance(value, str):
            current[name] = as_bool(name, value)
        else:
            current[name] = value


def as_bool(name: str, text: str) -> bool:
    """One of cookiecutter's words for yes and no. Raises UsageError."""
    word = text.strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise UsageError(f"{name}: {text!r} is not yes or no", hint=f"yes: {' '.join(YES)}; no: {' '.join(NO)}")
