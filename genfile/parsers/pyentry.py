"""Python modules that run an application from another module, and what else they do for it."""

import ast
from collections.abc import Iterator

from genfile.parsers.pysyntax import is_main_guard
from genfile.parsers.python import PyModule

# Setup calls that another way to start can do without.
_BESIDE = ("load_dotenv", "basicConfig", "print", "filterwarnings", "append", "insert", "freeze_support")


def run_as(module: PyModule, reference: str) -> str | None:
    """The local name of the imported application that a module's `if __name__ == "__main__":` runs; None if it runs
    none. ``reference``: the application, dotted: `shop.app`."""
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
    """The line where importing the module does something for the application (a call, a block, a route), or None."""
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


def calls_on_import(module: PyModule, name: str) -> bool:
    """Whether importing a module calls a method by its name: `db.create_all()` outside of functions and guards."""
    return any(_method(call) == name for call in _calls_on_import(module))


def parses_on_import(module: PyModule) -> int | None:
    """The line where importing a module makes argparse read the process's own command line, directly or in one of the
    module's functions; None if it doesn't. `parse_known_args()` and a given list can be imported."""
    if "argparse" not in {name.partition(".")[0] for name in module.imports}:
        return None
    parsing = {item.name for item in module.of(ast.FunctionDef) if any(map(_parses, ast.walk(item)))}
    lines = (
        call.lineno
        for call in _calls_on_import(module)
        if _parses(call) or (isinstance(call.func, ast.Name) and call.func.id in parsing)
    )
    return min(lines, default=None)


def _calls_on_import(module: PyModule) -> Iterator[ast.Call]:
    """The calls outside of functions and guards, in no order."""
    stack: list[ast.AST] = [item for item in module.of(ast.Module)[0].body if not is_main_guard(item)]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


def _parses(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _method(node) == "parse_args" and not (node.args or node.keywords)


def required_argument(module: PyModule) -> tuple[int, str] | None:
    """The line and name of a command-line argument that a program can't do without: `sys.argv[1]`, read
    unconditionally and outside any `try`, or an argument that argparse requires; in its main guard, its function
    `main` or at its top level."""
    body = module.of(ast.Module)[0].body
    guarded = [inner for item in body if is_main_guard(item) for inner in item.body]
    own = [inner for item in body if isinstance(item, ast.FunctionDef) and item.name == "main" for inner in item.body]
    parsed = False
    required: tuple[int, str] | None = None
    for item in (*body, *guarded, *own):
        if not isinstance(item, ast.Assign | ast.AnnAssign | ast.Expr | ast.With):
            continue
        line = _argument(module, item)
        if line is not None:
            return line, "sys.argv"
        for call in (node for node in ast.walk(item) if isinstance(node, ast.Call)):
            parsed = parsed or _method(call) == "parse_args"
            if _method(call) == "add_argument" and required is None:
                required = _required(call)
    return required if parsed and "argparse" in module.imports else None


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _required(call: ast.Call) -> tuple[int, str] | None:
    """The line and name of an argument that argparse requires: `required=True`, or a positional one that has no
    `nargs` to make it optional. What a sub-command takes is known only with its name."""
    given = {item.arg: item.value for item in call.keywords}
    name = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    if not isinstance(name, str) or None in given:
        return None
    if name.startswith("-"):
        value = given.get("required")
        return (call.lineno, name) if isinstance(value, ast.Constant) and value.value is True else None
    number = given.get("nargs")
    optional = number is not None and not (isinstance(number, ast.Constant) and number.value not in ("?", "*"))
    return (call.lineno, name) if not optional and "default" not in given else None


def _argument(module: PyModule, statement: ast.stmt) -> int | None:
    """The line of `sys.argv[1]` in a statement, outside of conditional parts."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Subscript) and module.dotted(node.value) == "sys.argv":
            index = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if isinstance(index, int) and index > 0:
                return node.lineno
        if not isinstance(node, ast.IfExp | ast.BoolOp | ast.If | ast.Try | ast.For | ast.While | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return None


__all__ = ["adds_to", "calls_on_import", "parses_on_import", "required_argument", "run_as"]
