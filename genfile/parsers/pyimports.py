"""The modules that a Python module can't do without: not those imported in a `try`, or for type checkers only."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from genfile.parsers.python import PyModule

_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


class Imported(Struct, frozen=True):
    """An imported module, dotted; ``level``: the dots of a relative import; ``lazy``: inside a function, or under a
    condition; ``module``: false for what a `from` import names, which may be a value of the module."""

    name: str
    line: int
    level: int = 0
    lazy: bool = False
    module: bool = True


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
            found += [Imported(base, node.lineno, node.level, lazy)] if base else []
            names = [f"{base}.{alias.name}".lstrip(".") for alias in node.names]
            found += [Imported(name, node.lineno, node.level, lazy, module=False) for name in names if name]
        elif isinstance(node, ast.stmt | ast.Module | ast.ExceptHandler | ast.match_case):
            inner = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _is_condition(node)
            queue.extend((child, inner) for child in _inside(node))
    return found


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The statements below a node that run whenever it does: nothing guarded against a missing package."""
    if isinstance(node, ast.Try) and any(_catches_missing(handler.type) for handler in node.handlers):
        yield from (*node.finalbody,)
    elif isinstance(node, ast.With) and any(_suppresses_missing(item.context_expr) for item in node.items):
        return
    elif isinstance(node, ast.If) and _is_type_checking(node.test):
        yield from node.orelse
    else:
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from getattr(node, name, ())


def _catches_missing(caught: ast.expr | None) -> bool:
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _MISSING) for kind in kinds)


def _suppresses_missing(manager: ast.expr) -> bool:
    """`contextlib.suppress(ImportError)`."""
    return (
        isinstance(manager, ast.Call) and _name(manager.func) == "suppress" and any(map(_catches_missing, manager.args))
    )


def _is_condition(node: ast.AST) -> bool:
    """An `if` that may not hold where the module runs, unlike the guard of a program."""
    if isinstance(node, ast.Match):
        return True
    return isinstance(node, ast.If) and not any(
        _name(part) in ("__name__", "TYPE_CHECKING") for part in ast.walk(node.test)
    )


def _is_type_checking(test: ast.expr) -> bool:
    return _name(test) == "TYPE_CHECKING"


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
