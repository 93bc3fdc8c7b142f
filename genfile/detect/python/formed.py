"""The forms of the variables that a Python program reads, also of those that reach a parser by way of another module or
of Django's settings."""

import ast
from collections.abc import Callable, Iterable, Iterator

from genfile.detect.python.django import Django, setting
from genfile.detect.python.keys import scoped, text_of
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import evaluator_of
from genfile.detect.python.reach.values import Frame
from genfile.parsers.forms import Form
from genfile.parsers.pyforms import PARSERS, forms_of
from genfile.parsers.python import PyModule
from genfile.parsers.values import EnvDefault

_SETTINGS = "django.conf.settings"
_MAX_STEPS = 6


def forms(
    project: PythonProject, loaded: Iterable[PyModule], running: Iterable[str], django: Django | None
) -> Iterator[tuple[str, Form]]:
    """Variables and their forms: what the ``loaded`` modules say, and what those of some paths hand to a parser."""
    for module in loaded:
        yield from forms_of(module)
    program = evaluator_of(project).program
    for path in running:
        module_of = program.by_path.get(path)
        if module_of is None or module_of.parsed.imports.isdisjoint(PARSERS):
            continue
        for node, frame in scoped(module_of):
            form = PARSERS.get(module_of.parsed.dotted(node.func)) if isinstance(node, ast.Call) and node.args else None
            name = _variable(project, frame, node.args[0], django) if form and isinstance(node, ast.Call) else None
            if form is not None and name is not None:
                yield name, form


def _variable(project: PythonProject, frame: Frame, node: ast.expr, django: Django | None) -> str | None:
    """The variable whose text an expression is: through names, `.encode()`, and Django's settings."""
    evaluator, dotted = evaluator_of(project), frame.module.parsed.dotted
    for _ in range(_MAX_STEPS):
        node = text_of(node)
        value = evaluator.value(frame, node)
        named = _setting_of(node, dotted) if django is not None else None
        if named is not None and django is not None:
            value, _, _ = setting(project, django, named)
        if isinstance(value, EnvDefault):
            return value.name
        name = node.id if isinstance(node, ast.Name) else ""
        bound = evaluator.locals_of(frame).get(name) or frame.module.bindings.get(name)
        binding = bound[-1] if bound else None
        if not isinstance(binding, ast.expr):
            return None
        node = binding
    return None


def _setting_of(node: ast.expr, dotted: Callable[[ast.expr], str]) -> str | None:
    """`settings.NAME`, `getattr(settings, "NAME")`."""
    if isinstance(node, ast.Attribute) and dotted(node.value) == _SETTINGS:
        return node.attr
    if isinstance(node, ast.Call) and dotted(node.func) == "getattr" and len(node.args) > 1:
        name = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
        return name if isinstance(name, str) and dotted(node.args[0]) == _SETTINGS else None
    return None
