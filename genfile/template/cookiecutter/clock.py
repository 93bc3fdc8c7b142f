"""The tag `{% now 'utc', '%Y' %}`, with offsets: `{% now 'utc' + 'days=1,hours=2' %}`."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

_ISO_OFFSET = re.compile(r"(?:\(UTC([+-]\d{2}):(\d{2})\))?([+-])?(\d{2})(?::?(\d{2}))?")
_TIMES = ("weeks", "days", "hours", "minutes", "seconds", "microseconds")
DEFAULT_FORMAT = "%Y-%m-%d"


class NowExtension(Extension):
    """cookiecutter's own time tag, which is jinja2_time's too."""

    tags = {"now"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        expression: nodes.Expr = parser.parse_expression()
        pattern: nodes.Expr = nodes.Const(None)
        if parser.stream.skip_if("comma"):
            pattern = parser.parse_expression()
        arguments: list[nodes.Expr] = [expression, nodes.Const(""), nodes.Const("")]
        if isinstance(expression, nodes.BinExpr) and expression.operator in ("+", "-"):
            arguments = [expression.left, nodes.Const(expression.operator), expression.right]
        call = self.call_method("_now", [*arguments, pattern], lineno=line)
        return nodes.Output([call], lineno=line)

    def _now(self, zone: str, sign: str, offset: str, pattern: str | None) -> str:
        moment = present(time_zone(zone))
        if sign:
            moment = shifted(moment, sign, offset)
        chosen = self.environment.datetime_format if pattern is None else pattern  # type: ignore[attr-defined]
        return moment.strftime(chosen)


def present(zone: tzinfo | None) -> datetime:
    """Now; in one place, so that a test can stop the clock."""
    return datetime.now(zone)


def time_zone(name: str) -> tzinfo | None:
    """`utc`, `local`, `+02:00` or a name of the zone database."""
    if name == "local":
        return datetime.now().astimezone().tzinfo
    if name in ("utc", "UTC"):
        return UTC
    iso = _ISO_OFFSET.fullmatch(name)
    if iso:
        sign, hours, minutes = iso.groups()[2:]
        seconds = int(hours) * 3600 + int(minutes or 0) * 60
        return timezone(timedelta(seconds=-seconds if sign == "-" else seconds))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(f"{name!r} is not a time zone") from None


def shifted(moment: datetime, sign: str, offset: str) -> datetime:
    """The moment some `days=1, hours=2` later or earlier."""
    amounts: dict[str, float] = {}
    for part in offset.split(","):
        unit, value = part.split("=")
        amounts[unit.strip()] = float(sign + value.strip())
    months = amounts.pop("years", 0) * 12 + amounts.pop("quarters", 0) * 3 + amounts.pop("months", 0)
    unknown = set(amounts) - set(_TIMES)
    if unknown or months != int(months):
        raise ValueError(f"{offset!r} is not a time offset")
    month = moment.month - 1 + int(months)
    year, month = moment.year + month // 12, month % 12 + 1
    moment = moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
    return moment + timedelta(**amounts)
