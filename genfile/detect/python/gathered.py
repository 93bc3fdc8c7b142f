"""Commands of a Django project that bring what `collectstatic` then collects, as libraries for the browser."""

import ast
import posixpath
import re
import shlex
from collections.abc import Iterator

from genfile.detect.code import parse_code
from genfile.detect.python.django import Django, located, settings_modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Evidence
from genfile.parsers.pypaths import Scope, place
from genfile.parsers.python import PyModule, parse_python

_COMMANDS = re.compile(r"(?:^|/)management/commands/([A-Za-z]\w*)\.py$")
_WRITES = frozenset({"write_bytes", "write_text", "write", "urlretrieve", "copyfileobj", "extractall"})
MAX_COMMANDS = 40


def gathering(project: PythonProject, django: Django) -> Iterator[tuple[str, Evidence]]:
    """The steps to run before static files are collected: what needs no argument, and writes into a folder of
    STATICFILES_DIRS that the tree does not have."""
    missing = _missing(project, django)
    paths = (path for path in project.folder.files("*.py") if missing and _COMMANDS.search(path) is not None)
    for _, path in zip(range(MAX_COMMANDS), paths, strict=False):
        module = parse_code(project.folder, parse_python, path)
        match = _COMMANDS.search(path)
        if module is None or match is None or "Command" not in module.classes or _asks(module):
            continue
        named = next((name for name in _settings_of(module) if name in missing), None)
        if named is not None and any(call.callee.rpartition(".")[2] in _WRITES for call in module.calls):
            says = project.folder.says(path, 1, f"fills {missing[named]}, which git has not")
            yield shlex.join(django.command(match[1])), says


def _missing(project: PythonProject, django: Django) -> dict[str, str]:
    """The settings that name a folder of static files, or one inside it, which is not in the tree, each with that."""
    places: dict[str, str] = {}
    sources: list[str] = []
    for path, module in settings_modules(project, django):
        for name, node in module.constants.items():
            inside = _located(module, node, path, django) if name.isupper() else None
            if inside is not None:
                places[name] = inside
        listed = module.constants.get("STATICFILES_DIRS")
        found = (_located(module, node, path, django) for node in getattr(listed, "elts", ()))
        sources += [inside for inside in found if inside not in (None, ".")]
    return {
        name: inside
        for name, inside in places.items()
        if not project.folder.has_folder(inside) and not posixpath.splitext(inside)[1]
        if any(inside == source or inside.startswith(f"{source}/") for source in sources)
    }


def _located(module: PyModule, node: ast.expr, path: str, django: Django) -> str | None:
    where = place(Scope(module), node)
    return located(where, path, django) if where is not None and not where.cut else None


def _settings_of(module: PyModule) -> Iterator[str]:
    """The settings that a module asks for: `settings.NAME`, `getattr(settings, "NAME")`."""
    for node in module.of(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "settings":
            yield node.attr
    for call in module.calls:
        if call.callee == "getattr" and len(call.arguments) > 1 and isinstance(call.arguments[1], str):
            yield call.arguments[1]


def _asks(module: PyModule) -> bool:
    """Whether a command must be given an argument."""
    return any(
        call.callee.endswith(".add_argument")
        and call.arguments
        and (not str(call.arguments[0]).startswith("-") or call.keywords.get("required") is True)
        and call.keywords.get("nargs") not in ("?", "*")
        for call in module.calls
    )
