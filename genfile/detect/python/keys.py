"""The variables that hold the keys of a Python program's signatures and sessions."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from genfile.data import Client, clients
from genfile.detect.python.django import Django, setting
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import Module, evaluator_of
from genfile.detect.python.reach.values import Frame
from genfile.detect.shared import is_readable
from genfile.evidence import Evidence
from genfile.parsers.pysyntax import GETTERS
from genfile.parsers.python import PyModule
from genfile.parsers.values import EnvDefault

_Call = tuple[re.Pattern[str], Client]


def key_variables(project: PythonProject, loaded: Collection[str]) -> Iterator[tuple[str, Evidence]]:
    """The variables without a default that hold such a key; ``loaded``: the files that the program loads."""
    modules = [module for path, module in sorted(evaluator_of(project).program.by_path.items()) if path in loaded]
    fallbacks = {name for module in modules for name in with_fallback(module.parsed)}
    for path, line, value in _signing(project, loaded, lax=False):
        # An empty key is none.
        if value.last in (None, "") and value.name not in fallbacks:
            yield value.name, project.folder.says(path, line, f"{value.name} must be set")


def shown_keys(
    project: PythonProject, loaded: Collection[str], django: Django | None
) -> Iterator[tuple[str, Evidence]]:
    """The variables of keys that have a literal default: `app.secret_key = os.getenv("KEY", "development")`."""
    for path, line, value in _signing(project, loaded, lax=True):
        if is_readable(value.last):
            yield value.name, project.folder.says(path, line, f"{value.name} has a default in the code")
    if django is not None:
        value, place, at = setting(project, django, "SECRET_KEY")
        if place and isinstance(value, EnvDefault) and is_readable(value.last):
            yield value.name, project.folder.says(place, at, f"{value.name} has a default in the code")


def _signing(project: PythonProject, loaded: Collection[str], *, lax: bool) -> Iterator[tuple[str, int, EnvDefault]]:
    """The variables that hold the keys of signatures, sessions and ciphers, each with its place; ``lax``: also those
    that may be missing."""
    signing = {name: client for name, client in clients("pypi").items() if client.signs and (lax or not client.lax)}
    used = [client for name, client in signing.items() if client.settings and project.depends(name) is not None]
    settings = frozenset(name for client in used for name in client.settings)
    calls = [(_pattern(call), client) for client in signing.values() for call in client.calls]
    roots = {call.partition(".")[0] for client in signing.values() for call in client.calls}
    evaluator = evaluator_of(project)
    for path, module in sorted(evaluator.program.by_path.items()):
        if path not in loaded or (not settings and roots.isdisjoint(module.parsed.imports)):
            continue
        for node, frame in _keys(module, calls, settings):
            value = evaluator.value(frame, text_of(node))
            if isinstance(value, EnvDefault):
                yield module.path, node.lineno, value


def text_of(node: ast.expr) -> ast.expr:
    """The text whose bytes are a key: `text.encode()`."""
    called = node.func if isinstance(node, ast.Call) else None
    return called.value if isinstance(called, ast.Attribute) and called.attr == "encode" else node


def _pattern(call: str) -> re.Pattern[str]:
    return re.compile(re.escape(call).replace(r"\*", ".+"))


def _keys(module: Module, calls: Iterable[_Call], settings: frozenset[str]) -> Iterator[tuple[ast.expr, Frame]]:
    """The expressions of a module whose values are keys, each with its scope."""
    for node, frame in scoped(module):
        if isinstance(node, ast.Call):
            callee = module.parsed.dotted(node.func)
            client = next((client for pattern, client in calls if pattern.fullmatch(callee)), None)
            yield from ((item, frame) for item in _given(node, client)) if client is not None else ()
        elif isinstance(node, ast.Assign) and settings and any(_sets(item, settings) for item in node.targets):
            yield node.value, frame


def scoped(module: Module) -> Iterator[tuple[ast.AST, Frame]]:
    """The nodes of a module, each with the scope in which it is evaluated."""
    stack: list[tuple[ast.AST, Frame]] = [(node, Frame(module)) for node in reversed(module.body)]
    while stack:
        node, frame = stack.pop()
        yield node, frame
        inner = Frame(module, node, outer=frame) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else frame
        stack += [(child, inner) for child in reversed(list(ast.iter_child_nodes(node)))]


def _given(call: ast.Call, client: Client) -> Iterator[ast.expr]:
    yield from (call.args[at] for at in client.at if at < len(call.args))
    yield from (item.value for item in call.keywords if item.arg is not None and item.arg == client.key)


def _sets(target: ast.expr, settings: frozenset[str]) -> bool:
    """`SECRET_KEY = …`, `app.secret_key = …`, `app.config["SECRET_KEY"] = …`."""
    if isinstance(target, ast.Subscript):
        return isinstance(target.slice, ast.Constant) and target.slice.value in settings
    return getattr(target, "id", getattr(target, "attr", None)) in settings


def with_fallback(module: PyModule) -> Iterator[str]:
    """The variables for which the code has another value, even if only a run shows it: `getenv("X") or token_hex()`."""
    for node in module.of(ast.BoolOp, ast.IfExp):
        yield from (name for item in ast.walk(node) for name in _read(module, item))
    for node in module.of(ast.Call):
        given = [*node.args[1:2], *(item.value for item in node.keywords if item.arg == "default")]
        if any(not (isinstance(item, ast.Constant) and not item.value) for item in given):
            yield from _read(module, node)
    yield from _bound_again(module)
    yield from _returned_beside(module)


def _returned_beside(module: PyModule) -> Iterator[str]:
    """`if self.x: return self.x`, then `return …`: a field of the settings, or a variable, with another value."""
    fields = {item.field: item.name for item in module.settings}
    for function in module.of(ast.FunctionDef):
        returned = [
            item.value for item in ast.walk(function) if isinstance(item, ast.Return) and item.value is not None
        ]
        texts = {ast.unparse(item) for item in returned if not (isinstance(item, ast.Constant) and not item.value)}
        for value in returned if len(texts) > 1 else ():
            yield from _read(module, value)
            if isinstance(value, ast.Attribute) and value.attr in fields:
                yield fields[value.attr]


def _bound_again(module: PyModule) -> Iterator[str]:
    """`X = getenv("X")`, then `if not X: X = …`: another value, not one that is made of the first."""
    values: dict[str, list[ast.expr]] = {}
    for node in module.of(ast.Assign, ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]:
            if isinstance(target, ast.Name) and (value := getattr(node, "value", None)) is not None:
                values.setdefault(target.id, []).append(value)
    for name, bound in values.items():
        reads = [read for value in bound for read in _read(module, value)] if len(bound) > 1 else []
        if reads and any(_is_other(module, name, value) for value in bound):
            yield from reads


def _is_other(module: PyModule, name: str, value: ast.expr) -> bool:
    made_of = any(isinstance(item, ast.Name) and item.id == name for item in ast.walk(value))
    empty = isinstance(value, ast.Constant) and not value.value
    return not made_of and not empty and not any(_read(module, value))


def _read(module: PyModule, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and node.args and module.dotted(node.func) in GETTERS:
        name = module.value(node.args[0])
        if isinstance(name, str):
            yield name
