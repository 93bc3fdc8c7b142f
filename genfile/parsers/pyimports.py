"""The modules that a Python module can't do without: not those imported in a `try`, or for type checkers only."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from genfile.parsers.python import PyModule

_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


class Imported(Struct, frozen=True):
    """An imported module, dotted; ``level``: the dots of a relative import; ``lazy``: inside a function."""

    name: str
    line: int
    level: int = 0
    lazy: bool = False


def required_imports(module: PyModule) -> list[Imported]:
    """A module's imports, in order; a `from` import gives the module and each name below it. Computed once."""
    cached: list[Imported] | None = getattr(module, "_required_imports", None)
    if cached is None:
        cached = _required(module)
        module._required_imports = cached  # type: ignore[attr-defined]
    return cached


def _required(module: PyModule) -> list[Imported]:
    found: list[Imported] = []
    queue: list[tuple[ast.AST, bool]] = [(module.nodes[0], False)]
    for node, lazy in queue:
        if isinstance(node, ast.Import):
            found += [Imported(alias.name, node.lineno, 0, lazy) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)]
            found += [Imported(name, node.lineno, node.level, lazy) for name in names if name]
        elif isinstance(node, ast.stmt | ast.Module | ast.ExceptHandler | ast.match_case):
            inner = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            queue.extend((child, inner) for child in _inside(node))
    return found


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The statements below a node that run whenever it does: nothing guarded against a missing package."""
    if isinstance(node, ast.Try) and any(_catches_missing(handler) for handler in node.handlers):
        yield from (*node.finalbody,)
    elif isinstance(node, ast.If) and _is_type_checking(node.test):
        yield from node.orelse
    else:
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from getattr(node, name, ())


def _catches_missing(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _MISSING) for kind in kinds)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return name == "TYPE_CHECKING"
