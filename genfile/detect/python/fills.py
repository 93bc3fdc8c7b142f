"""What calls of packages give to Django's settings: `django_heroku.settings(locals())`."""

import ast
from collections.abc import Iterator

from genfile.data import Filling, fillings
from genfile.parsers.python import PyModule
from genfile.parsers.values import Call, EnvName


def filled_setting(module: PyModule, name: str) -> tuple[ast.expr, int] | None:
    """The expression that a call of a settings module gives to a setting, and the call's line."""
    for call, filling in _filled(module):
        text = filling.settings.get(name)
        if text is not None and _is_on(call, filling, name):
            return ast.parse(text, mode="eval").body, call.line
    return None


def filled_names(module: PyModule) -> Iterator[EnvName]:
    """The environment variables that such calls read."""
    for call, filling in _filled(module):
        for name in filling.variables:
            if _is_on(call, filling, name):
                yield EnvName(name, call.line, has_default=True)


def _filled(module: PyModule) -> Iterator[tuple[Call, Filling]]:
    known = fillings()
    if module.imports.isdisjoint(name.partition(".")[0] for name in known):
        return
    for call in module.calls:
        if call.callee in known:
            yield call, known[call.callee]


def _is_on(call: Call, filling: Filling, name: str) -> bool:
    return call.keywords.get(filling.off.get(name, "")) is not False
