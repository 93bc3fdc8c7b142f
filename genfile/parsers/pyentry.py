"""A module of Python that runs an application of another one, and what it does for it beside that."""

import ast

from genfile.parsers.pysyntax import is_main_guard
from genfile.parsers.python import PyModule

# What a program may do before anything else, and another start does without.
_BESIDE = ("load_dotenv", "basicConfig", "print", "filterwarnings", "append", "insert", "freeze_support")


def run_as(module: PyModule, reference: str) -> str | None:
    """The name by which a module's `if __name__ == "__main__":` runs an application that it imports; None where it
    runs none. ``reference``: the application, dotted: `shop.app`."""
    runs = any(
        isinstance(node, ast.Call) and module.dotted(node.func) == f"{reference}.run"
        for item in module.of(ast.If)
        if is_main_guard(item)
        for node in ast.walk(item)
    )
    names = (
        alias.asname or alias.name
        for node in module.of(ast.ImportFrom)
        if not node.level
        for alias in node.names
        if f"{node.module}.{alias.name}" == reference
    )
    return next(names, None) if runs else None


def adds_to(module: PyModule, reference: str) -> int | None:
    """The line of what a module does for an application while it is imported: a call, a block, a route."""
    for node in module.of(ast.Module)[0].body:
        if isinstance(node, ast.With):
            return node.lineno
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if not module.dotted(node.value.func).endswith(_BESIDE):
                return node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = [item.func for item in node.decorator_list if isinstance(item, ast.Call)]
            if any(module.dotted(item).startswith(f"{reference}.") for item in calls):
                return node.lineno
    return None


__all__ = ["adds_to", "run_as"]
