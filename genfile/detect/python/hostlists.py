"""The hosts that a web application answers for, where a variable lists them: any other gets a 400."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.python.application import modules
from genfile.detect.python.django import Django, settings_modules
from genfile.detect.python.imports import started
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft
from genfile.parsers.pysyntax import ENVIRONMENTS
from genfile.parsers.python import PyModule
from genfile.parsers.values import EnvDefault

# What a browser on this machine asks for, and a health check in the container.
_LOCAL = ("localhost", "127.0.0.1")
_SETTING = "ALLOWED_HOSTS"
# Starlette's, which FastAPI has under its own name, too.
_CHECKED = "TrustedHostMiddleware"
_KEYWORD = "allowed_hosts"


class _Listed(Struct, frozen=True):
    """A variable with a list of hosts, those of its default, and what stands between two; None: it has just one."""

    name: str
    hosts: tuple[str, ...]
    separator: str | None


def put_local_hosts(project: PythonProject, draft: Draft, django: Django | None) -> None:
    """Give the variable of such a list the value for this machine, unless its default has that."""
    listed = draft.values.get("environment", [])
    for node, module in _lists(project, draft, django):
        found = _listed(module, node)
        if found is None or not {"*", *_LOCAL}.isdisjoint(found.hosts):
            continue
        value = _LOCAL[0] if found.separator is None else found.separator.join(_LOCAL)
        for item in listed:
            if (item["name"], item["phase"]) == (found.name, "run") and item.get("value") is None:
                item["default"] = value


def _lists(project: PythonProject, draft: Draft, django: Django | None) -> Iterator[tuple[ast.expr, PyModule]]:
    """The expressions of such lists, each with its module."""
    if django is not None:
        found = ((module.constants.get(_SETTING), module) for _, module in settings_modules(project, django))
        yield from [(node, module) for node, module in found if node is not None][:1]
        return
    loaded = started(project, draft.values.get("start") or [])
    for path, module in modules(project):
        for node in module.of(ast.Call) if path in loaded else ():
            named = [module.dotted(item).rpartition(".")[2] for item in (node.func, *node.args[:1])]
            if _CHECKED in named:
                yield from ((item.value, module) for item in node.keywords if item.arg == _KEYWORD)


def _listed(module: PyModule, node: ast.expr) -> _Listed | None:
    """`os.environ["HOSTS"].split(",")`, as it is or in a comprehension; `env.list("HOSTS")`; `[os.environ["HOST"]]`."""
    node = module.constants.get(node.id, node) if isinstance(node, ast.Name) else node
    calls = [item for item in ast.walk(node) if isinstance(item, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "split":
            value = module.value(call.func.value)
            separator = module.value(call.args[0]) if call.args else " "
            if isinstance(value, EnvDefault) and isinstance(separator, str) and separator:
                return _Listed(value.name, _hosts(value.last, separator), separator)
    for call in calls:
        value = module.value(call)
        if isinstance(value, EnvDefault) and _makes_list(module, call):
            return _Listed(value.name, _hosts(value.last, ","), ",")
    if isinstance(node, ast.List | ast.Tuple):
        values = module.value(node)
        read = [value for value in values if isinstance(value, EnvDefault)]
        if len(read) == 1 and {"*", *_LOCAL}.isdisjoint(value for value in values if isinstance(value, str)):
            return _Listed(read[0].name, _hosts(read[0].last, ","), None)
    return None


def _makes_list(module: PyModule, call: ast.Call) -> bool:
    """Whether a call that reads a variable makes a list of what stands between its commas: `env.list("HOSTS")`,
    `config("HOSTS", cast=Csv())`, or `env("HOSTS")` where `Env(HOSTS=(list, []))` says so."""
    if module.dotted(call.func).rpartition(".")[2] == "list":
        return True
    cast = next((item.value for item in call.keywords if item.arg == "cast"), None)
    if isinstance(cast, ast.Call):
        return module.dotted(cast.func).rpartition(".")[2] == "Csv" and not cast.args and not cast.keywords
    name = module.value(call.args[0]) if call.args else None
    kinds = (
        item.value
        for made in module.of(ast.Call)
        if module.dotted(made.func) in ENVIRONMENTS
        for item in made.keywords
        if item.arg == name
    )
    kind = cast or next(kinds, None)
    kind = kind.elts[0] if isinstance(kind, ast.Tuple) and kind.elts else kind
    return isinstance(kind, ast.Name) and kind.id == "list"


def _hosts(default: object, separator: str) -> tuple[str, ...]:
    parts = default.split(separator) if isinstance(default, str) else default if isinstance(default, list) else []
    return tuple(part.strip() for part in parts if isinstance(part, str))
