"""Errors in a command line: what is missing or unknown, what was probably meant, and the usage."""

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any

from genfile.errors import UsageError


class CommandLineError(UsageError):
    """A command line that can't be parsed; ``usage``: the command's usage."""

    def __init__(self, message: str, *, hint: str | None = None, usage: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.usage = usage


def did_you_mean(name: str, known: Collection[str]) -> str | None:
    """`did you mean --json?`, if something similar exists."""
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else None


def read_fault(error: Exception) -> CommandLineError | None:
    """typer's exception for a bad command line as ours; None for any other exception.

    It is recognised by its shape, since typer has bundled click under several names.
    """
    ctx, message = getattr(error, "ctx", None), getattr(error, "message", None)
    if ctx is None or not isinstance(message, str):
        return None
    from genfile.cli.help import usage

    text, hint = _told(error, ctx, message)
    path = ctx.command_path
    return CommandLineError(text, hint=hint or f"`{path} --help` shows how to use it", usage=usage(ctx.command, ctx))


def _told(error: Exception, ctx: Any, message: str) -> tuple[str, str | None]:
    """What is wrong, and how to fix it if known."""
    from genfile.cli.help import choices_of, placeholder

    param = getattr(error, "param", None)
    if param is not None:
        name = param.opts[-1] if str(param.param_type_name) == "option" else placeholder(param)
        if not message:
            return f"{name} is missing" + (f": {_lower(param.help)}" if param.help else ""), None
        value = re.search(r"'(.*?)'", message)
        choices = choices_of(param)
        if choices and value is not None:
            return f"{name}: {value[1]!r} is not one of {', '.join(choices)}", did_you_mean(value[1], choices)
        return f"{name}: {_lower(message)}", None
    for pattern, tell in _MESSAGES:
        found = re.match(pattern, message, re.DOTALL)
        if found is not None:
            return tell(found, ctx)
    return _lower(message).rstrip("."), None


def _unknown_option(found: "re.Match[str]", ctx: Any) -> tuple[str, str | None]:
    from genfile.cli.help import option_names

    return f"unknown option {found[1]}", did_you_mean(found[1], option_names(ctx.command, ctx))


def _unknown_command(found: "re.Match[str]", ctx: Any) -> tuple[str, str | None]:
    return f"unknown command {found[1]}", did_you_mean(found[1], ctx.command.list_commands(ctx))


def _no_value(found: "re.Match[str]", ctx: Any) -> tuple[str, str | None]:
    from genfile.cli.help import placeholder

    param = next((item for item in ctx.command.params if found[1] in item.opts), None)
    return f"{found[1]} needs a value" + (f": {placeholder(param)}" if param is not None else ""), None


_Told = Callable[["re.Match[str]", Any], tuple[str, str | None]]
_MESSAGES: tuple[tuple[str, _Told], ...] = (
    (r"No such option: (.*)", _unknown_option),
    (r"No such command '(.*?)'\.?", _unknown_command),
    (r"Option '(.*?)' requires an argument", _no_value),
    (r"Option '(.*?)' does not take a value", lambda found, ctx: (f"{found[1]} takes no value", None)),
    (r"Got unexpected extra argument[^ ]* \((.*)\)", lambda found, ctx: (f"unexpected argument {found[1]}", None)),
)


def _lower(text: str) -> str:
    """The text with a lower-case first letter, as inside a sentence, and no full stop."""
    text = text.strip().rstrip(".")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
