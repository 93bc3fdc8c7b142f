"""Set fields of a spec and options of a preset, from the command line or from a file."""

import copy
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.errors import SpecError, UsageError
from genfile.evidence import Evidence, Fact, Note
from genfile.spec.settings import Place, Setting, text_of

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService
    from genfile.preset.find import Preset
    from genfile.spec.project import Spec

    Settings = Mapping[str, str | Setting]

# genfile.toml identifies a service by these.
_FOUND_BY = ("path", "language")


def apply_settings(
    service: "InspectedService",
    settings: "Settings",
    preset: "Preset",
    passed_over: Callable[[str], bool] = lambda key: False,
) -> "tuple[InspectedService, dict[str, str]]":
    """Set fields of a spec from text, and return the preset's options separately.

    ``passed_over``: whether a name that is neither belongs to another service, and is not a mistake. Raises UsageError
    for a name that is neither, SpecError for a value that the field's type refuses; both name the setting's place.
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
            raise UsageError(f"{_who(key, setting)} identifies the service and can't be set")
        if key.split(".")[0] in type(spec).model_fields:
            fields[key] = setting
        elif option in preset.options:
            options[option] = _option(key, setting, preset)
        elif isinstance(setting, Setting) and setting.mild:
            fault = _unknown(key, setting, spec, preset)
            hint = f" ({fault.hint})" if fault.hint and fault.hint.startswith("did you") else ""
            notes.append(Note("info", f"{fault.message}; ignoring it{hint}"))
        elif not passed_over(key):
            raise _unknown(key, setting, spec, preset)
    from genfile.detect.inspection import InspectedService
    from genfile.spec.base import plain
    from genfile.spec.project import parse_spec

    values = _set_fields(type(spec), plain(spec), fields)
    if "backing_services" in fields and "connections" not in fields:
        from genfile.detect.connections import usual_connections

        new = [name for name in values["backing_services"] if name not in spec.backing_services]
        values["connections"] = [*values["connections"], *usual_connections(new)]
    pointers = {key: "/" + key.replace(".", "/") for key in fields}
    known = frozenset(pointers.values())
    facts = {pointer: fact for pointer, fact in service.facts.items() if not _is_below(pointer, known)}
    for key, setting in fields.items():
        facts[pointers[key]] = Fact(_value_at(values, key), (_evidence(key, setting),))
    return InspectedService(parse_spec(values), facts, tuple(dict.fromkeys(notes)), service.risks), options


def names_for(spec: "Spec", preset: "Preset") -> frozenset[str]:
    """The fields of a service's spec and the options of its preset."""
    return frozenset((*type(spec).model_fields, *preset.options))


def fits(key: str, names: Collection[str]) -> bool:
    """Whether the name of a setting is among those of fields and options."""
    return key.split(".")[0] in names or key.removeprefix("options.") in names


def _is_below(pointer: str, others: Collection[str]) -> bool:
    """Whether a JSON pointer is one of others, or within one of them."""
    while pointer:
        if pointer in others:
            return True
        pointer = pointer.rpartition("/")[0]
    return False


def _option(key: str, setting: str | Setting, preset: "Preset") -> str:
    """The text of an option. A value from a file is checked here, so that an error can name its place."""
    if isinstance(setting, Setting):
        from genfile.options import parse_value, takes

        option = preset.options[key.removeprefix("options.")]
        try:
            parse_value(option, setting.text)
        except ValueError as fault:
            shown = f"{setting.text[:60]!r} " if not option.secret else "the value "
            raise UsageError(f"{_who(key, setting)}: {shown}{fault}", hint=f"{key} takes {takes(option)}") from None
    return text_of(setting)


def _who(key: str, setting: str | Setting) -> str:
    return f"{setting.place}: {key}" if isinstance(setting, Setting) else f"--set {key}"


def _evidence(key: str, setting: str | Setting) -> Evidence:
    if isinstance(setting, Setting):
        return Evidence(setting.place.path, setting.place.line, f"{key} = {setting.text}")
    return Evidence("--set", None, f"{key}={setting}")


def _set_fields(model: "type[Spec]", values: dict[str, Any], fields: "Mapping[str, str | Setting]") -> dict[str, Any]:
    """The values with all fields set, each to the first reading of its text that validates."""
    from genfile.spec.project import faults
    from genfile.spec.wording import is_other_kind

    if not fields:
        return values
    readings = {key: _readings(model, key, setting) for key, setting in fields.items()}
    told: dict[str, str] = {}
    while True:
        changed = copy.deepcopy(values)
        for key, left in readings.items():
            _put(changed, key, left[0])
        found = faults(changed)
        if not found:
            return changed
        blamed: dict[str, str] = {}
        for place, text in found:
            for key in _blamed(readings, place):
                blamed.setdefault(key, text)
        # Of each field, what was wrong with the likeliest reading that is of the right kind.
        told |= {key: text for key, text in blamed.items() if key not in told or is_other_kind(told[key])}
        others = [key for key in blamed if len(readings[key]) > 1]
        if not others:
            key = next(iter(blamed))
            raise SpecError(f"{_who(key, fields[key])}: {told[key].removeprefix(f'{key}: ')}")
        for key in others:
            readings[key] = readings[key][1:]


def _blamed(keys: Iterable[str], place: tuple[int | str, ...]) -> list[str]:
    """The settings that can cause a fault: those of the field itself, or of the nearest enclosing one."""
    for end in range(len(place), 0, -1):
        prefix = ".".join(map(str, place[:end]))
        near = [key for key in keys if key == prefix or key.startswith(prefix + ".") or prefix.startswith(key + ".")]
        if near:
            return near
    return list(keys)


def _readings(model: "type[Spec]", key: str, setting: str | Setting) -> list[Any]:
    from genfile.spec.settings import readings

    try:
        return readings(model, key, text_of(setting))
    except ValueError as error:
        raise SpecError(f"{_who(key, setting)}: {error}") from None


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    table = values
    *parents, last = key.split(".")
    for parent in parents:
        inner = table.get(parent)
        table[parent] = inner if isinstance(inner, dict) else {}
        table = table[parent]
    table[last] = value


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
    return UsageError(f"{_who(key, setting)}: not a field of the spec or an option of the preset", hint=hint)


def rename(service: "InspectedService", name: str, place: Place) -> "InspectedService":
    """A service renamed by a file."""
    facts = {**service.facts, "/name": Fact(name, (Evidence(place.path, place.line, f"name = {name}"),))}
    return replace(service, spec=service.spec.model_copy(update={"name": name}), facts=facts)
