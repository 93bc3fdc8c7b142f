"""Fields of a spec and options of a preset, set by what somebody said: on the command line, or in a file."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genfile.errors import SpecError, UsageError
from genfile.evidence import Evidence, Fact, Note
from genfile.spec.settings import Place, Setting, text_of

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService
    from genfile.preset.find import Preset
    from genfile.spec.project import Spec

    Settings = Mapping[str, str | Setting]

# Where genfile.toml speaks of a service, it speaks of these.
_FOUND_BY = ("path", "language")


def apply_settings(
    service: "InspectedService",
    settings: "Settings",
    preset: "Preset",
    passed_over: Callable[[str], bool] = lambda key: False,
) -> "tuple[InspectedService, dict[str, str]]":
    """Set fields of a spec from text, and part the preset's options from them.

    ``passed_over``: whether a name that is neither is for another service, and no mistake. Raises UsageError for a name
    that is neither, SpecError for a value that the field's type refuses; both name the place of the setting.
    """
    if not settings:
        return service, {}
    spec = service.spec
    fields: dict[str, str | Setting] = {}
    options: dict[str, str] = {}
    notes = list(service.notes)
    for key, setting in settings.items():
        option = key.removeprefix("options.")
        if key in _FOUND_BY and isinstance(setting, Setting):
            raise UsageError(f"{_who(key, setting)} is what a service is known by, and can't be set")
        if key.split(".")[0] in type(spec).model_fields:
            fields[key] = setting
        elif option in preset.options:
            options[option] = _option(key, setting, preset)
        elif isinstance(setting, Setting) and setting.mild:
            fault = _unknown(key, setting, spec, preset)
            hint = f" ({fault.hint})" if fault.hint and fault.hint.startswith("did you") else ""
            notes.append(Note("info", f"{fault.message}, so that it is not used{hint}"))
        elif not passed_over(key):
            raise _unknown(key, setting, spec, preset)
    from genfile.detect.inspection import InspectedService
    from genfile.spec.base import plain
    from genfile.spec.project import parse_spec

    values = _set_fields(type(spec), plain(spec), fields)
    facts = dict(service.facts)
    for key, setting in fields.items():
        pointer = "/" + key.replace(".", "/")
        facts = {k: fact for k, fact in facts.items() if k != pointer and not k.startswith(pointer + "/")}
        facts[pointer] = Fact(_value_at(values, key), (_evidence(key, setting),))
    return InspectedService(parse_spec(values), facts, tuple(dict.fromkeys(notes)), service.risks), options


def fits(key: str, spec: "Spec", preset: "Preset") -> bool:
    """Whether a name is a field of a service's spec or an option of its preset."""
    return key.split(".")[0] in type(spec).model_fields or key.removeprefix("options.") in preset.options


def _option(key: str, setting: str | Setting, preset: "Preset") -> str:
    """The text of an option. One that a file says is looked at here, so that a fault can name its place."""
    if isinstance(setting, Setting):
        from genfile.options import parse_value, takes

        option = preset.options[key.removeprefix("options.")]
        try:
            parse_value(option, setting.text)
        except ValueError as fault:
            raise UsageError(f"{_who(key, setting)}: {fault}", hint=f"{key} takes {takes(option)}") from None
    return text_of(setting)


def _who(key: str, setting: str | Setting) -> str:
    return f"{setting.place}: {key}" if isinstance(setting, Setting) else f"--set {key}"


def _evidence(key: str, setting: str | Setting) -> Evidence:
    if isinstance(setting, Setting):
        return Evidence(setting.place.path, setting.place.line, f"{key} = {setting.text}")
    return Evidence("--set", None, f"{key}={setting}")


def _set_fields(model: "type[Spec]", values: dict[str, Any], fields: "Mapping[str, str | Setting]") -> dict[str, Any]:
    """The values with fields set. One that is only valid beside another, as the two of a new table, waits for it."""
    waiting = dict(fields)
    while waiting:
        faults: dict[str, SpecError] = {}
        for key, setting in waiting.items():
            try:
                values = _set_field(model, values, key, setting)
            except SpecError as fault:
                faults[key] = fault
        if len(faults) == len(waiting):
            return _set_together(model, values, waiting, next(iter(faults.values())))
        waiting = {key: waiting[key] for key in faults}
    return values


def _set_together(
    model: "type[Spec]", values: dict[str, Any], fields: "Mapping[str, str | Setting]", fault: SpecError
) -> dict[str, Any]:
    """The values with fields set that need each other; raises the fault where they do not fit all the same."""
    from genfile.spec.project import parse_spec

    if len(fields) < 2:
        raise fault
    candidate = values
    for key, setting in fields.items():
        found = _readings(model, key, setting)
        candidate = _put(candidate, key, found[-1])
    try:
        parse_spec(candidate)
    except SpecError:
        raise fault from None
    return candidate


def _set_field(model: "type[Spec]", values: dict[str, Any], key: str, setting: str | Setting) -> dict[str, Any]:
    """The values with one field set: the first reading of the text that validates is taken."""
    from genfile.spec.project import parse_spec

    fault: SpecError | None = None
    for reading in _readings(model, key, setting):
        candidate = _put(values, key, reading)
        try:
            parse_spec(candidate)
        except SpecError as error:
            fault = fault or error
        else:
            return candidate
    said = fault.message.removeprefix("spec: ").removeprefix(f"{key}: ") if fault else "no such field"
    raise SpecError(f"{_who(key, setting)}: {said}")


def _readings(model: "type[Spec]", key: str, setting: str | Setting) -> list[Any]:
    from genfile.spec.settings import readings

    try:
        return readings(model, key, text_of(setting))
    except ValueError as error:
        raise SpecError(f"{_who(key, setting)}: {error}") from None


def _put(values: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(values)
    table = changed
    *parents, last = key.split(".")
    for parent in parents:
        inner = table.get(parent)
        table[parent] = inner if isinstance(inner, dict) else {}
        table = table[parent]
    table[last] = value
    return changed


def _value_at(values: dict[str, Any], key: str) -> Any:
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _unknown(key: str, setting: str | Setting, spec: "Spec", preset: "Preset") -> UsageError:
    from difflib import get_close_matches

    names = [*type(spec).model_fields, *preset.options]
    close = get_close_matches(key, names, 1)
    hint = f"did you mean {close[0]}?" if close else f"fields and options: {', '.join(sorted(names))}"
    return UsageError(f"{_who(key, setting)}: neither a field of the spec nor an option of the preset", hint=hint)


def rename(service: "InspectedService", name: str, place: Place) -> "InspectedService":
    """A service under another name, which a file says."""
    facts = {**service.facts, "/name": Fact(name, (Evidence(place.path, place.line, f"name = {name}"),))}
    return replace(service, spec=service.spec.model_copy(update={"name": name}), facts=facts)
