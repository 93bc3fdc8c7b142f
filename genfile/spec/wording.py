"""What is wrong with a value, in the words of the person who wrote it: `99999 is not between 1 and 65535`.

Every fault of a model comes from here, whatever file or option it was in; none of pydantic's own text is shown.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from genfile.spec.base import WORD

# What a text must be, by the pattern of its type: the end of the sentence `'x' is not …`.
PATTERNS: dict[str, str] = {
    r"^[a-z][a-z0-9_]{0,62}$": "the id of a secret: lower-case letters, digits and _",
    r"^[A-Za-z_][A-Za-z0-9_]*$": "the name of an environment variable",
    r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$": "the name of a database: letters, digits, _ and -",
    WORD: "a lower-case word, such as nextjs or spring-boot",
    r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,62}$": "a version, such as 9.12.1",
    r"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$": "a name for a service: lower-case letters, digits and - between them",
    r"^/[A-Za-z0-9_~@-][A-Za-z0-9._~@/-]*$": "a URL path, such as /api",
    r"^https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?$": "an address without a path, such as https://api.example.com",
    r"^/[A-Za-z0-9._/-]+$": "an absolute path, such as /data",
    r"^/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*$": "the path of a URL, such as /health",
    r"^--[a-z-]+(=[A-Za-z0-9_./,=-]+)?$": "an option of the JVM, such as --add-opens=java.base/java.lang=ALL-UNNAMED",
    r"^/(?:[A-Za-z0-9_~@-][A-Za-z0-9._~@-]*/)*$": "a base path, such as / or /console/",
    r"^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$": "a host name",
    r"^[0-9]+(?:\.[0-9]+)*$": "a version, such as 22 or 3.13",
    r"^[a-z0-9][a-z0-9.+-]+$": "the name of a Debian package",
    r"^[a-z][a-z0-9-]{0,40}$": "a name: lower-case letters, digits and hyphens",
    r"^[a-z][a-z0-9_]{0,40}$": "a name: lower-case letters, digits and _",
    r"^[A-Za-z0-9.+!:-]{1,100}$": "a commit",
    r"^[0-9a-f]{64}$": "a SHA-256 in hexadecimal digits",
    r"^[0-9a-f]{40}$": "a full commit hash",
    r"^/[^\r\n]{1,300}$": "a JSON pointer",
}
# Both bounds of a range, by either of them: pydantic tells one. The only range of the specs is that of ports.
_RANGES = {("le", 65535): "between 1 and 65535", ("ge", 1): "between 1 and 65535"}
_MARKS = frozenset("str int bool float dict list constrained-str constrained-int nullable".split())
_LONGEST = 60


def wrong(fault: Mapping[str, Any]) -> str:
    """What is wrong in one clause, from an item of pydantic's `errors()`."""
    kind, given, context = str(fault["type"]), fault["input"], fault.get("ctx") or {}
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not known here"
    if kind in ("value_error", "assertion_error"):
        said = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
        return f"{said} (got {_shown(given)})" if not isinstance(given, dict | list) else said
    if any(_is_mark(part) for part in fault["loc"]) and kind.endswith(("_type", "_parsing")):
        return f"{_shown(given)} is not text, a whole number, true, false or a list of texts"
    tell = _KINDS.get(kind)
    return f"{_shown(given)} {tell(context)}" if tell is not None else f"{_shown(given)} does not fit"


def is_other_kind(text: str) -> bool:
    """Whether a fault says that a value is of another kind, not that a value of the right kind does not fit."""
    return text.endswith(("is not a whole number", "is not text", "is not a table", "is not a list", "true or false"))


def place_of(fault: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Where a fault is, as the writer of the document knows it: without the marks of keys and of members of unions."""
    return tuple(part for part in fault["loc"] if part != "[key]" and not _is_mark(part))


def _is_mark(part: str | int) -> bool:
    return isinstance(part, str) and (part in _MARKS or part.startswith(("list[", "tuple[", "dict[", "literal[")))


def _shown(given: Any) -> str:
    """A value as it was written, cut where it is long."""
    if isinstance(given, dict):
        return "a table"
    if isinstance(given, list | tuple):
        text = json.dumps(given, ensure_ascii=False, default=str)
    elif isinstance(given, bool):
        text = "true" if given else "false"
    elif given is None:
        text = "an empty value"
    else:
        text = repr(given) if isinstance(given, str) else str(given)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _bound(context: Mapping[str, Any]) -> str:
    for key, word in (("le", "at most"), ("lt", "less than"), ("ge", "at least"), ("gt", "more than")):
        if key in context:
            return _RANGES.get((key, context[key]), f"{word} {context[key]}")
    return "in range"


def _count(context: Mapping[str, Any], key: str) -> str:
    count = context.get(key, 0)
    return f"{count:,}" if isinstance(count, int) else str(count)


_KINDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "int_type": lambda _: "is not a whole number",
    "int_parsing": lambda _: "is not a whole number",
    "int_from_float": lambda _: "is not a whole number",
    "int_parsing_size": lambda _: "is too large",
    "bool_type": lambda _: "is not true or false",
    "bool_parsing": lambda _: "is not true or false",
    "string_type": lambda _: "is not text",
    "string_sub_type": lambda _: "is not text",
    "string_unicode": lambda _: "is not valid Unicode",
    "list_type": lambda _: "is not a list",
    "tuple_type": lambda _: "is not a list",
    "set_type": lambda _: "is not a list",
    "frozen_set_type": lambda _: "is not a list",
    "dict_type": lambda _: "is not a table",
    "model_type": lambda _: "is not a table",
    "model_attributes_type": lambda _: "is not a table",
    "none_required": lambda _: "is not empty",
    "greater_than": lambda context: f"is not {_bound(context)}",
    "greater_than_equal": lambda context: f"is not {_bound(context)}",
    "less_than": lambda context: f"is not {_bound(context)}",
    "less_than_equal": lambda context: f"is not {_bound(context)}",
    "string_too_short": lambda context: (
        "is too short" if context.get("min_length", 1) > 1 else "is empty, and it needs a value"
    ),
    "string_too_long": lambda context: f"is longer than {_count(context, 'max_length')} characters",
    "too_short": lambda context: f"has fewer than {_count(context, 'min_length')} items",
    "too_long": lambda context: f"has more than {_count(context, 'max_length')} items",
    "string_pattern_mismatch": lambda context: (
        "is not " + PATTERNS.get(str(context.get("pattern")), "in the right form")
    ),
    "literal_error": lambda context: f"is not {_either(str(context.get('expected', '')))}",
    "enum": lambda context: f"is not {_either(str(context.get('expected', '')))}",
    "union_tag_invalid": lambda context: "is of no known kind",
    "union_tag_not_found": lambda context: "is of no known kind",
}


def _either(expected: str) -> str:
    """`one of a, b, c` from pydantic's `'a', 'b' or 'c'`."""
    words = [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"
