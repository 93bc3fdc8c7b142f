"""Convert given values to an option's type, or say in one clause what it takes."""

import json
import re
from collections.abc import Callable
from typing import Any

from genfile.options.model import Option, Value

# distribution/reference's grammar: [host[:port]/]path[:tag][@digest], without the rare IPv6 host.
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?")
_COMPONENT = re.compile(r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_SECRET_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WORDS = {
    "true": True, "yes": True, "y": True, "on": True, "1": True,
    "false": False, "no": False, "n": False, "off": False, "0": False,
}  # fmt: skip

MAX_LENGTH = 4_000
MAX_ITEMS = 1_000
_NUMBER = 1 << 53


class ValueFault(ValueError):
    """A value that does not fit; the text goes on after the value: `is not a whole number`."""


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


def takes(option: Option) -> str:
    """What an option accepts, as the end of a sentence: `a whole number from 1 to 65535`."""
    if option.type == "choice":
        return f"one of {', '.join(option.choices)}"
    if option.type == "list":
        what = f"any of {', '.join(option.choices)}" if option.choices else "values"
        return f"{what}, with commas between{_bounds(option, ' of them')}"
    if option.type in ("int", "port"):
        low = option.min if option.min is not None else 1 if option.type == "port" else None
        high = option.max if option.max is not None else 65535 if option.type == "port" else None
        return "a whole number" + _range(low, high, "")
    kinds = {
        "text": "text",
        "bool": "yes or no",
        "image": "the name of an image",
        "path": "an absolute path",
        "env-name": "the name of an environment variable",
        "secret-name": "the name of a build secret: lower-case letters, digits and _",
    }
    matching = f" that matches {option.pattern}" if option.pattern else ""
    return kinds[option.type] + _bounds(option, " characters") + matching


def _bounds(option: Option, of: str) -> str:
    return _range(option.min, option.max, of)


def _range(low: int | None, high: int | None, of: str) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" of at least {low}{of}"
    return f" of at most {high}{of}" if low is None else f" from {low} to {high}{of}"


def empty_value(option: Option) -> Value:
    """The value of an option that does not apply."""
    if option.type == "bool":
        return False
    if option.type in ("int", "port"):
        return 0
    return [] if option.type == "list" else ""


def show_value(value: Any) -> str:
    """A value as it can be typed: `true`, `a,b`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)


def parse_value(option: Option, given: Any) -> Value:
    """A value of the option's type, from text or from a plain value. Raises ValueFault."""
    if option.type == "list":
        return _list(option, given)
    if isinstance(given, list | tuple | dict) or given is None:
        raise ValueFault("is not a single value")
    if option.type == "bool":
        result = given if isinstance(given, bool) else _WORDS.get(str(given).strip().lower())
        if result is None:
            raise ValueFault("is not yes or no")
        return result
    if option.type in ("int", "port"):
        return _number(option, given)
    text = show_value(given)
    if option.type != "text":
        text = text.strip()
    _check_text(option, text)
    _check_bounds(option, len(text), "characters")
    return text


def _number(option: Option, given: Any) -> int:
    text = str(given).strip()
    digits = text.removeprefix("-")
    if isinstance(given, bool) or not (digits.isdecimal() and digits.isascii()) or len(digits) > 16:
        raise ValueFault("is not a whole number")
    number = int(text)
    if option.type == "port" and not 1 <= number <= 65535:
        raise ValueFault("is not between 1 and 65535")
    if abs(number) > _NUMBER:
        raise ValueFault("is too large")
    _check_bounds(option, number, "")
    return number


def _list(option: Option, given: Any) -> list[str]:
    if isinstance(given, str):
        text = given.strip()
        try:
            given = json.loads(text) if text.startswith("[") else text.split(",") if text else []
        except ValueError:
            raise ValueFault("is not a list") from None
    if not isinstance(given, list | tuple) or any(isinstance(item, list | tuple | dict | None) for item in given):
        raise ValueFault("is not a list of values")
    if len(given) > MAX_ITEMS or sum(len(str(item)) for item in given) > 2 * MAX_LENGTH:
        raise ValueFault("is too long")
    items = list(dict.fromkeys(show_value(item).strip() for item in given))
    for item in items:
        if not item:
            raise ValueFault("has an empty value")
        _check_text(option, item)
    _check_bounds(option, len(items), "values")
    # The order of the choices, so that the same choice gives the same files.
    return [choice for choice in option.choices if choice in items] if option.choices else items


def _check_text(option: Option, text: str) -> None:
    if not text.isprintable():
        raise ValueFault("holds a control character")
    if len(text) > MAX_LENGTH:
        raise ValueFault("is too long")
    if option.choices and text not in option.choices:
        from difflib import get_close_matches

        close = get_close_matches(text, option.choices, 1)
        raise ValueFault(
            f"is not one of {', '.join(option.choices)}" + (f" (did you mean {close[0]}?)" if close else "")
        )
    check = _CHECKS.get(option.type)
    if check is not None and not check[0](text):
        raise ValueFault(check[1])
    if option.pattern is not None:
        from genfile.options.pattern import compile_pattern

        if not compile_pattern(option.pattern).fullmatch(text):
            raise ValueFault(f"does not match {option.pattern}")


def _check_bounds(option: Option, size: int, of: str) -> None:
    of = f" {of}" if of else ""
    if option.min is not None and size < option.min:
        raise ValueFault(f"is less than {option.min}" if not of else f"has {size}{of}, fewer than {option.min}")
    if option.max is not None and size > option.max:
        raise ValueFault(f"is more than {option.max}" if not of else f"has {size}{of}, more than {option.max}")


_CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "image": (is_image_reference, "is not an image reference"),
    "path": (lambda text: text.startswith("/") and ".." not in text.split("/"), "is not an absolute path"),
    "env-name": (
        lambda text: _ENVIRONMENT_NAME.fullmatch(text) is not None,
        "is not the name of an environment variable",
    ),
    "secret-name": (lambda text: _SECRET_NAME.fullmatch(text) is not None, "is not the name of a secret"),
}
