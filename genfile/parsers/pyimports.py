"""What a module of Python can't do without: its imports but those that are tried, or are for a type checker alone."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from genfile.parsers.python import PyModule

_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


class Imported(Struct, frozen=True):
    """A module that is imported, dotted; ``level``: dots of a relative import; ``lazy``: inside a function."""

    name: str
    line: int
    level: int = 0
    lazy: bool = False


def required_imports(module: PyModule) -> list[Imported]:
    """The imports of a module in order; a `from` import gives the module and each name below it. Found once."""
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
    """The statements below a node that run wherever it does: not what a missing package is caught for."""
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
