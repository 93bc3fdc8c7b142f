"""The size of values: everything that a template creates or passes on is measured, numbers as well as texts."""

from typing import Any

from jinja2.utils import Namespace

from genfile.sandbox.budget import LimitError, check_text, limits

_VIEWS: tuple[type[Any], ...] = (type({}.keys()), type({}.values()), type({}.items()))
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, dict, set, frozenset, Namespace, *_VIEWS)
_COUNTED: tuple[type[Any], ...] = (int, *_CONTAINERS)
_TEXTS = (str, bytes)
# What a number may be as text: a float with all its digits.
_NUMBER = 330
_SMALL = 2**32


def weigh(value: Any) -> Any:
    """The value itself. Raises LimitError if it, or what writing it out would give, is too large."""
    if isinstance(value, _TEXTS):
        check_text(len(value))
    elif isinstance(value, int) and -_SMALL < value < _SMALL:
        # Within any bound: most of what templates weigh is true, false or a port.
        pass
    elif isinstance(value, _COUNTED):
        size_of(value)
    return value


def size_of(value: Any) -> int:
    """About how many characters a value has when it is written out. Raises LimitError if that is too much.

    Lists may hold one another many times, which is exponential to print or compare: what is counted is what is seen.
    """
    bounds = limits()
    items, characters = 0, 0
    waiting: list[tuple[Any, int]] = [((value,), 0)]
    while waiting:
        parts, depth = waiting.pop()
        for item in parts:
            if isinstance(item, _TEXTS):
                characters += len(item)
            elif isinstance(item, int):
                if item.bit_length() > bounds.bits:
                    raise LimitError(f"a number has more than {bounds.bits} bits")
                characters += item.bit_length() // 3 + 2
            elif isinstance(item, _CONTAINERS):
                inner = _parts(item)
                items += len(inner) + 1
                if items > bounds.items:
                    raise LimitError(f"a list has more than {bounds.items:,} items")
                if depth >= bounds.depth:
                    raise LimitError(f"lists nested more than {bounds.depth} deep")
                waiting.append((inner, depth + 1))
            else:
                characters += _NUMBER if isinstance(item, float) else 8
        check_text(characters)
    return characters + 4 * items


def _parts(value: Any) -> Any:
    if isinstance(value, Namespace):
        value = object.__getattribute__(value, "_Namespace__attrs")
    return [*value, *value.values()] if isinstance(value, dict) else value
