"""Filters for text, bounded, and the cases that names are written in."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import pass_environment
from jinja2.environment import Environment

from genfile.sandbox.budget import LimitError, check_text, joined
from genfile.sandbox.weigh import weigh


def as_text(value: Any) -> str:
    """A value as text, within bounds; undefined ones raise their own error."""
    return str(weigh(value))


def replace(text: str, old: str, new: str, count: int = -1) -> str:
    """Text with one part replaced by another."""
    return as_text(text).replace(as_text(old), as_text(new), count)


@pass_environment
def join(environment: Environment, values: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    """Values as one text."""
    items = list(values)
    if attribute is not None:
        items = [environment.getitem(item, attribute) for item in items]
    check_text(len(separator) * len(items))
    return joined(as_text(item) + separator for item in items[:-1]) + as_text(items[-1]) if items else ""


def indent(text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
    """Lines moved to the right."""
    if not 0 <= width <= 100:
        raise LimitError("indent works with widths up to 100")
    margin = " " * width
    lines = as_text(text).split("\n")
    moved = [margin + line if line or blank else line for line in lines]
    return "\n".join(moved if first else [lines[0], *moved[1:]])


def escape(text: str) -> str:
    """Text for HTML and XML."""
    from markupsafe import escape as escaped

    return str(escaped(as_text(text)))


def rounded(number: float, digits: int = 0) -> float:
    """A number with so many digits after the point; without any, a whole one."""
    if not 0 <= digits <= 15:
        raise LimitError("round works with up to 15 digits")
    return round(number, digits) if digits else round(number)


def _parts(text: str) -> list[str]:
    """The words of a name in any case: `HTTPServer v2` gives http, server, v2."""
    plain = unicodedata.normalize("NFKD", as_text(text)).encode("ascii", "ignore").decode("ascii")
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+", plain)]


def slug(text: str) -> str:
    """`My Shop` as my-shop: lower case, letters and digits, one hyphen between."""
    plain = unicodedata.normalize("NFKD", as_text(text)).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def snake(text: str) -> str:
    """`My Shop` as my_shop."""
    return "_".join(_parts(text))


def kebab(text: str) -> str:
    """`MyShop` as my-shop."""
    return "-".join(_parts(text))


def pascal(text: str) -> str:
    """`my-shop` as MyShop."""
    return "".join(part.capitalize() for part in _parts(text))


def camel(text: str) -> str:
    """`my-shop` as myShop."""
    name = pascal(text)
    return name[:1].lower() + name[1:]


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON."""
    if indent is not None and not 0 <= indent <= 8:
        raise LimitError("json works with an indent up to 8")
    return json.dumps(value, ensure_ascii=False, indent=indent)


def toml_text(value: Any) -> str:
    """A value as TOML: a quoted string, a number, a boolean, or a list of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_text(item) for item in value) + "]"
    if not isinstance(value, str):
        raise LimitError("toml works with text, numbers, booleans and lists of them")
    # JSON's escapes are TOML's, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


TEXT_FILTERS: dict[str, Callable[..., Any]] = {
    "replace": replace,
    "join": join,
    "indent": indent,
    "slug": slug,
    "snake": snake,
    "kebab": kebab,
    "pascal": pascal,
    "camel": camel,
    "json": json_text,
    "tojson": json_text,
    "escape": escape,
    "e": escape,
    "round": rounded,
    "toml": toml_text,
}
# Of Jinja's own: what is fast, and makes nothing larger than what it gets.
STOCK_FILTERS = tuple(
    """
    abs capitalize default dictsort first float int items last length list lower map max min reject
    rejectattr reverse select selectattr sort string title trim truncate unique upper urlencode wordcount count d
    """.split()
)
STOCK_TESTS = tuple(
    """
    defined undefined none true false in eq equalto ne gt ge lt le string mapping boolean integer float number
    sequence iterable even odd divisibleby lower upper == != > >= < <=
    """.split()
)
