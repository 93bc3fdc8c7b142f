"""The cost of a filter, a test, an operator or a method of a plain value, before it is called.

A table says for each that makes more than it gets how much that is; all else is linear in what it gets, and what it
gets and gives is weighed. `tests/sandbox/known.toml` holds a word on every one that Jinja has.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from genfile.sandbox.budget import LimitError, check_text, limits
from genfile.sandbox.weigh import size_of, weigh

# Quadratic at worst, or worse: for short texts only.
_SLOW = frozenset(["striptags", "urlize", "wordwrap", "pprint", "title"])
# Arguments that say a width, a count or a length.
_WIDE = frozenset(
    "batch center filesizeformat indent jsonify json pprint round slice tojson truncate urlize wordwrap".split()
)
# What takes a text as the list of its characters.
_LISTS = frozenset(
    "batch groupby join list map max min reject rejectattr select selectattr slice sort sum unique".split()
)
_NUMBERS = frozenset(["even", "odd", "divisibleby"])
# Each character of the one is looked for in the other.
_PRODUCTS = frozenset("trim strip lstrip rstrip rfind rindex rsplit rpartition".split())
_MAX_PRODUCT = 10_000_000
_MAX_DIGITS = 300
_DIGITS = re.compile(r"\d+")
_FIELD = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"%(?:\(([^()%]*)\))?[-+ #0]*(\*)?(\d*)(?:\.(\*)?(\d*))?")
_NUMBER = 330
_PLAIN_CODECS = frozenset(["utf-8", "utf8", "ascii", "latin-1", "latin1"])
_Arguments = tuple[Any, ...]


def check_filter(name: str, value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    """A filter, by its name. Raises LimitError."""
    weigh((value, *rest, *named.values()))
    arguments = (*rest, *named.values())
    if name in _WIDE:
        check_width(arguments, _MAX_DIGITS if name == "round" else limits().width)
    if name in _SLOW:
        _check_slow(value)
    if name in _LISTS and isinstance(value, str | bytes) and len(value) > limits().items:
        raise LimitError(f"a list has more than {limits().items:,} items")
    if name in _PRODUCTS:
        _check_product(value, arguments)
    growth = _GROWTH.get(name)
    if growth is not None:
        growth(value, rest, named)


def check_test(name: str, value: Any, arguments: _Arguments) -> None:
    """A test, by its name. Raises LimitError, TypeError for text where a number belongs: `%` would format it."""
    weigh((value, *arguments))
    if name in _NUMBERS and not all(isinstance(item, int | float) for item in (value, *arguments)):
        raise TypeError(f"{name} works only with numbers")


def check_operator(operator: str, left: Any, right: Any) -> None:
    """An operator with two sides. Raises LimitError."""
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() + right.bit_length()
        if operator == "**":
            bits = left.bit_length() * abs(right)
        if operator in ("*", "**") and bits > limits().bits:
            raise LimitError(f"a number has more than {limits().bits} bits")
    elif operator == "**":
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise LimitError("** works only with numbers")
    elif operator == "*":
        for values, count in ((left, right), (right, left)):
            if isinstance(values, str | bytes | list | tuple) and isinstance(count, int):
                _check_repeated(values, count)
    elif operator == "%" and isinstance(left, str | bytes):
        check_percent(left, (right,))
    elif operator == "+" and isinstance(left, str | bytes | list | tuple) and isinstance(right, type(left)):
        weigh((left, right))
    if operator in ("-", "/", "//", "%", "+"):
        weigh(left)
        weigh(right)


def check_method(owner: Any, name: str, arguments: _Arguments, named: Mapping[str, Any]) -> None:
    """A method of a plain value. Raises LimitError."""
    given = (*arguments, *named.values())
    weigh((owner, *given))
    check_width(given, limits().width)
    if not isinstance(owner, str | bytes):
        return
    if name in _PRODUCTS:
        _check_product(owner, given)
    if name in ("replace", "join"):
        _GROWTH[name](*((owner, arguments, named) if name == "replace" else (given[0], (owner,), {})))
    elif name == "translate":
        longest = max(
            (size_of(text) for table in given if isinstance(table, dict) for text in table.values()), default=1
        )
        check_text(len(owner) * longest)
    elif name == "expandtabs":
        tabs = owner.count("\t") if isinstance(owner, str) else owner.count(b"\t")
        check_text(len(owner) + tabs * max((item for item in given if isinstance(item, int)), default=8))
    elif name in ("format", "format_map"):
        check_braces(str(owner), given)
    elif name in ("encode", "decode") and not {str(item).lower() for item in given} <= _PLAIN_CODECS:
        _check_slow(owner)


def check_width(arguments: Iterable[Any], width: int) -> None:
    """Widths, counts and lengths are small. Raises LimitError."""
    for argument in arguments:
        if isinstance(argument, int) and abs(argument) > width:
            raise LimitError(f"a width or a count is more than {width:,}")


def check_percent(text: Any, arguments: _Arguments) -> None:
    """`%`: each place may hold all the arguments, and is as wide as its digits say. Raises LimitError."""
    plain = text if isinstance(text, str) else bytes(text).decode("latin-1")
    found = list(_PLACE.finditer(plain))
    if plain.count("%(") != sum(match[1] is not None for match in found) or any(
        match[2] or match[4] for match in found
    ):
        raise LimitError("a format placeholder has an unusual name, or takes its width from a value")
    _check_places(plain, [digits for match in found for digits in match.group(3, 5) if digits], len(found), arguments)


def check_braces(text: str, arguments: _Arguments) -> None:
    """`format`: as `check_percent`; a width that is a place itself is refused. Raises LimitError."""
    plain = text.replace("{{", "")
    inner = False
    for brace in re.findall("[{}]", plain):
        if brace == "{" and inner:
            raise LimitError("a format takes its width from a value")
        inner = brace == "{"
    fields = _FIELD.findall(plain)
    _check_places(plain, [digits for field in fields for digits in _DIGITS.findall(field)], len(fields), arguments)


def _check_places(text: str, widths: list[str], places: int, arguments: _Arguments) -> None:
    # A whole number has fewer digits than a float may have.
    each = max(size_of(arguments), _NUMBER if arguments else 0)
    check_text(len(text) + sum(int(width[:9]) for width in widths) + places * each)


def _check_slow(value: Any) -> None:
    if size_of(value if isinstance(value, str | bytes | list | tuple | dict) else str(value)) > limits().slow:
        raise LimitError(f"this works with texts of up to {limits().slow // 1024} KiB")


def _check_product(text: Any, arguments: _Arguments) -> None:
    longest = max((len(item) for item in arguments if isinstance(item, str | bytes)), default=0)
    if len(str(text)) * longest > _MAX_PRODUCT:
        raise LimitError("the text and the search term are too long together")


def _check_repeated(values: Any, count: int) -> None:
    if isinstance(values, str | bytes):
        check_text(len(values) * max(count, 0))
    elif (size_of(values) + 1) * max(count, 0) > limits().text or len(values) * count > limits().items:
        raise LimitError(f"a list has more than {limits().items:,} items")


def _replace(value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    old, new = (*rest, *(named[key] for key in ("old", "new") if key in named), "", "")[:2]
    if isinstance(value, bytes) and isinstance(old, bytes) and isinstance(new, bytes):
        check_text(len(value) + (value.count(old) if old else len(value) + 1) * len(new))
        return
    text, before, after = str(value), str(old), str(new)
    # On escaped text, what is put in is escaped.
    check_text(len(text) + (text.count(before) if before else len(text) + 1) * len(after) * 6)


def _join(values: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    separator = rest[0] if rest else named.get("d", named.get("separator", ""))
    if isinstance(values, str | bytes | list | tuple | dict | set | frozenset):
        check_text(size_of(values) + len(values) * len(str(separator)))


def _indent(value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    width = rest[0] if rest else named.get("width", 4)
    each = len(width) if isinstance(width, str) else int(width)
    check_text(len(str(value)) + (str(value).count("\n") + 1) * max(each, 0))


def _as_json(value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    indent = (*rest, named.get("indent"))[0]
    each = len(indent) if isinstance(indent, str) else indent if isinstance(indent, int) else 0
    check_text(size_of(value) + (_items(value) * _depth(value) * max(each, 0) if each else 0))


def _batch(value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    fill = (*rest[1:], named.get("fill_with"))[0]
    count = next((item for item in (*rest, *named.values()) if isinstance(item, int)), 0)
    check_text(size_of(fill) * max(count, 0))


def _escaped(value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    check_text(size_of(value))


def _format(value: Any, rest: _Arguments, named: Mapping[str, Any]) -> None:
    check_percent(str(value), (*rest, *named.values()))


def _items(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return sum(1 + _items(item) for item in value) if isinstance(value, list | tuple) else 1


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list | tuple) else 0


_GROWTH: dict[str, Callable[[Any, _Arguments, Mapping[str, Any]], None]] = {
    "batch": _batch,
    "escape": _escaped,
    "format": _format,
    "indent": _indent,
    "join": _join,
    "json": _as_json,
    "jsonify": _as_json,
    "replace": _replace,
    "slice": _batch,
    "tojson": _as_json,
}
