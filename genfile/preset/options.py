"""The values of a preset's options: what the user set, else the default, checked by type."""

import re
from collections.abc import Mapping
from typing import Any

from genfile.errors import PresetError, UsageError
from genfile.preset.manifest import Option

# distribution/reference's grammar: [host[:port]/]path[:tag][@digest], without the rare IPv6 host.
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?")
_COMPONENT = re.compile(r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}")


def is_image_reference(text: str) -> bool:
    """Whether text is an image reference by the grammar of distribution/reference."""
    # The components without nesting of repetitions: each is checked by itself, so that no text takes long.
    rest, _, digest = text.partition("@")
    path, tag = rest, ""
    if ":" in rest.rsplit("/", 1)[-1]:
        path, _, tag = rest.rpartition(":")
    first, *others = path.split("/")
    parts = [first, *others]
    if others and ("." in first or ":" in first or first == "localhost"):
        parts = others
        if not _HOST.fullmatch(first):
            return False
    if "@" in text and not _DIGEST.fullmatch(digest):
        return False
    if rest.endswith(":") or (tag and not _TAG.fullmatch(tag)):
        return False
    return len(text) <= 255 and all(_COMPONENT.fullmatch(part) for part in parts)


def resolve_options(
    options: Mapping[str, Option], given: Mapping[str, Any], context: Mapping[str, Any]
) -> dict[str, str | int | bool]:
    """The value of every option. Raises UsageError for a name or value that does not fit, else PresetError."""
    for name in given:
        if name not in options:
            known = ", ".join(sorted(options)) or "none"
            raise UsageError(f"option {name!r} is not one of the preset's", hint=f"its options: {known}")
    values: dict[str, str | int | bool] = {}
    for name, option in options.items():
        if name in given:
            values[name] = _checked(name, option, given[name], UsageError)
        else:
            values[name] = _checked(name, option, _default(name, option, context), PresetError)
    return values


def _default(name: str, option: Option, context: Mapping[str, Any]) -> Any:
    if not isinstance(option.default, str) or "{" not in option.default:
        return option.default
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        # Checked by its type afterwards, so it needs no quoting here.
        return ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(option.default).render(**context)
    except TemplateError as error:
        raise PresetError(f"default of option {name!r}: {error}") from None


def _checked(name: str, option: Option, value: Any, error: type[PresetError] | type[UsageError]) -> str | int | bool:
    wrong = error(f"option {name!r}: {value!r} is no {option.type}", hint=option.help)
    if option.type == "bool":
        words = {"true": True, "false": False, "yes": True, "no": False}
        result = value if isinstance(value, bool) else words.get(str(value).lower())
        if result is None:
            raise wrong
        return result
    if option.type in ("int", "port"):
        try:
            number = int(str(value))
        except ValueError:
            raise wrong from None
        if option.type == "port" and not 1 <= number <= 65535:
            raise wrong
        return number
    text = str(value)
    if not text.isprintable():
        raise wrong
    if option.type == "choice" and text not in option.choices:
        raise error(f"option {name!r}: {text!r} is no choice", hint=f"one of {', '.join(option.choices)}")
    if option.type == "image" and not is_image_reference(text):
        raise wrong
    if option.type == "path" and (not text.startswith("/") or ".." in text.split("/")):
        raise error(f"option {name!r}: {text!r} is no absolute path", hint=option.help)
    return text
