"""One line for whatever a template can raise: file, line, what is wrong."""

import traceback
from collections.abc import Iterable
from difflib import get_close_matches

from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError, UndefinedError

# What rendering can raise besides TemplateError: a template may divide by zero, compare text with numbers, nest.
TEMPLATE_FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


def describe_fault(error: BaseException, template: str, known: Iterable[str] = ()) -> str:
    """`project/main.py.j2:3: 'nmae' is undefined (did you mean name?)`."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or template}:{error.lineno}: {error.message}"
    place = template
    for frame in traceback.extract_tb(error.__traceback__):
        # Jinja rewrites tracebacks so that frames of a template bear its name and line.
        if frame.name in ("top-level template code", "template") or frame.name.startswith("block "):
            place = f"{frame.filename if frame.filename != '<template>' else template}:{frame.lineno}"
    if isinstance(error, RecursionError):
        return f"{place}: endless recursion"
    if isinstance(error, TemplateNotFound):
        return f"{place}: no template named {str(error)[:80]!r}"
    text = " ".join((str(error) or type(error).__name__).split())[:200]
    if isinstance(error, UndefinedError) and text.startswith("'"):
        close = get_close_matches(text.split("'")[1], list(known), 1)
        text += f" (did you mean {close[0]}?)" if close else ""
    return f"{place}: {text}"
