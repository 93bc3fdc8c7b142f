"""Whether Django's settings give it a database that its migrations can prepare."""

import ast
import sys
from collections.abc import Iterator
from typing import Any

from genfile.detect.python.application import modules
from genfile.detect.python.django import Django, settings_modules
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence
from genfile.parsers.python import PyModule

_NAME = "DATABASES"
# Functions that reach the settings other than by their names.
_REACHING = frozenset({"globals", "locals", "vars", "exec", "eval", "setattr", "compile", "__import__"})
# The names of packages' functions that settings call, and that leave the settings alone.
_HARMLESS = frozenset({"load_dotenv", "read_env", "init", "install_as_MySQLdb", "monkeypatch", "patch_all"})


def leave_out_migrations(project: PythonProject, draft: Draft, django: Django) -> None:
    """Take back a release command that runs `migrate` if no database is there for it; a note says so."""
    words = draft.values.get("release") or []
    found = _undone(project, django) if "migrate" in words else None
    if found is None:
        return
    text, says = found
    stated = draft.evidence["/release"].evidence[0].path != project.folder.full(django.place)
    draft.values["release"] = None
    draft.evidence.pop("/release", None)
    draft.note("warning" if stated else "info", text, says.path, says.line)


def _undone(project: PythonProject, django: Django) -> tuple[str, Evidence] | None:
    """Why `migrate` can't prepare a database, and the place that says so; None if it can, or nobody knows."""
    named = dict(settings_modules(project, django))
    paths = list(dict.fromkeys(path for name in named for path in loaded_by(project, name)))
    known = dict(modules(project))
    if not paths or any(_is_open(project, django, known[path], paths) for path in paths):
        return None
    mentions = [(path, module, node) for path, module in modules(project) for node in _mentions(module)]
    values = [_value(module, node) for _, module, node in mentions]
    where = next(iter(named))
    says = project.folder.says(where, None, f"no {_NAME}")
    if mentions:
        path, _, node = mentions[-1]
        says = project.folder.says(path, node.lineno, _NAME)
    if all(value is not None and not _engines(value) for value in values):
        return f"{says}: `migrate` would fail, so there is no release command", says
    if values and all(value is not None and _is_in_memory(value) for value in values):
        text = "the database is in the memory of one process, which no release command can prepare"
        return f"{says}: {text}, so there is none", says
    return None


def _mentions(module: PyModule) -> Iterator[Any]:
    """Where a module has the setting's name, in whatever form."""
    yield from (node for node in module.of(ast.Name) if node.id == _NAME)
    yield from (node for node in module.of(ast.Attribute) if node.attr == _NAME)
    yield from (node for node in module.of(ast.Constant) if node.value == _NAME)
    yield from (node for node in module.of(ast.ImportFrom) if any(alias.name == _NAME for alias in node.names))
    yield from (node for node in module.of(ast.Call) if any(item.arg == _NAME for item in node.keywords))


def _value(module: PyModule, node: Any) -> dict[str, ast.expr] | None:
    """The databases that an assignment of the setting spells out, by name; None for another use of it."""
    for item in module.of(ast.Assign, ast.AnnAssign):
        targets = item.targets if isinstance(item, ast.Assign) else [item.target]
        if node in targets and isinstance(item.value, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in item.value.keys]
            if all(isinstance(key, str) for key in keys):
                return dict(zip(map(str, keys), item.value.values, strict=True))
    return None


def _engines(databases: dict[str, ast.expr]) -> bool:
    """Whether the database that `migrate` prepares has, or may have, an engine."""
    default = databases.get("default")
    if not isinstance(default, ast.Dict):
        return default is not None
    return bool(default.keys) and _plain(default).get("ENGINE") not in ("", "django.db.backends.dummy")


def _is_in_memory(databases: dict[str, ast.expr]) -> bool:
    """Whether each database is SQLite's of one process."""
    return bool(databases) and all(
        isinstance(value, ast.Dict) and _plain(value).get("NAME") == ":memory:" for value in databases.values()
    )


def _plain(value: ast.Dict) -> dict[str, object]:
    return {
        str(key.value): item.value
        for key, item in zip(value.keys, value.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(item, ast.Constant)
    }


def _is_open(project: PythonProject, django: Django, module: PyModule, paths: list[str]) -> bool:
    """Whether a module of the settings may get names that it does not spell out: from a package, from a module that the
    tree lacks, or from a call that reaches its names."""
    for call in module.of(ast.Call):
        callee = module.dotted(call.func)
        given = [*call.args, *(item.value for item in call.keywords)]
        own = any(isinstance(item, ast.Name) and item.id == "__name__" for item in given)
        if callee in _REACHING or (own and not callee.endswith("getLogger")):
            return True
    for node in module.of(ast.ImportFrom):
        if any(alias.name == "*" for alias in node.names) and not _is_followed(node, django, paths):
            return True
    if "sys.modules" in {module.dotted(node) for node in module.of(ast.Attribute)}:
        return True
    # Classes of settings, whose bases may have some.
    if "configurations" in module.imports and any(
        _is_of_package(project, django, module, base) for node in module.of(ast.ClassDef) for base in node.bases
    ):
        return True
    return any(
        isinstance(node.value, ast.Call)
        and _is_of_package(project, django, module, node.value.func)
        and module.dotted(node.value.func).rpartition(".")[2] not in _HARMLESS
        for node in module.of(ast.Expr)
    )


def _is_followed(node: ast.ImportFrom, django: Django, paths: list[str]) -> bool:
    """Whether `from x import *` names one of the modules that are looked at, or Django's own default settings."""
    name = f"/{(node.module or '').replace('.', '/')}"
    ends = (f"{name}.py", f"{name}/__init__.py")
    return any(f"/{path}".endswith(ends) for path in paths) or node.module == "django.conf.global_settings"


def _is_of_package(project: PythonProject, django: Django, module: PyModule, node: ast.expr) -> bool:
    """Whether an expression names something of an installed package, other than a class for settings."""
    dotted = module.dotted(node)
    top = dotted.partition(".")[0]
    if top not in module.imports or top in sys.stdlib_module_names or dotted == "configurations.Configuration":
        return False
    inside = django.inside(top)
    return not (project.folder.has_folder(inside) or project.folder.has(f"{inside}.py"))
