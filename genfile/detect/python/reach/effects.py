"""What a program does under its main guard that a server which imports the module would skip."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.roles import is_effect
from genfile.detect.python.reach.values import BuiltObject, ClassRef, External, Frame, FunctionRef
from genfile.parsers.values import UNKNOWN

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator

# These are the program's purpose, not side effects.
_SERVES = frozenset(
    {"run", "serve", "launch", "listen", "run_server", "run_app", "run_simple", "main", "serve_forever"}
)


def effects(evaluator: "Evaluator", frame: Frame, node: ast.stmt) -> Iterator[tuple[str, int]]:
    """What one statement leaves behind, as text with its line: a call whose value is unused, or a global."""
    if isinstance(node, ast.Expr):
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        name = _called(evaluator, frame, call) if isinstance(call, ast.Call) else None
        if name is not None and name.rsplit(".", 1)[-1] not in _SERVES and is_effect(name):
            yield f"{_short(call)}()", node.lineno
    elif isinstance(node, ast.Global):
        yield f"setting {node.names[0]}", node.lineno
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and frame.function is None and _is_read(frame, target.id):
                yield f"setting {target.id}", node.lineno
            elif isinstance(target, ast.Attribute | ast.Subscript) and _is_outside(evaluator, frame, target, node):
                yield f"setting {ast.unparse(target)[:60]}", node.lineno


def _called(evaluator: "Evaluator", frame: Frame, call: ast.Call) -> str | None:
    """The callee's name if it is another package's or unknown; None for the project's own and for plain values."""
    callee = evaluator.value(frame, call.func)
    if isinstance(callee, FunctionRef | ClassRef):
        return None
    if isinstance(call.func, ast.Attribute) and not isinstance(callee, External):
        base = evaluator.value(frame, call.func.value)
        return called_by(call, callee) if base is UNKNOWN or isinstance(base, BuiltObject) else None
    return called_by(call, callee) or None


def called_by(call: ast.Call, callee: Any) -> str:
    """A callee's dotted name: `builtins.x` for an unbound name, `?.x` for a method of something unknown; empty if it is
    not a name."""
    if isinstance(callee, External):
        return callee.name
    if isinstance(call.func, ast.Attribute):
        return f"?.{call.func.attr}"
    return f"builtins.{call.func.id}" if isinstance(call.func, ast.Name) and callee is UNKNOWN else ""


def _short(node: ast.AST) -> str:
    func = node.func if isinstance(node, ast.Call) else node
    return ast.unparse(func)[:60]


def _is_read(frame: Frame, name: str) -> bool:
    """Whether a function in the module reads one of the module's names."""
    functions = frame.module.parsed.of(ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        isinstance(item, ast.Name) and item.id == name and isinstance(item.ctx, ast.Load)
        for function in functions
        if name not in {argument.arg for argument in function.args.args}
        for item in ast.walk(function)
    )


def _is_outside(evaluator: "Evaluator", frame: Frame, target: ast.Attribute | ast.Subscript, node: ast.Assign) -> bool:
    """Whether an assignment changes an object that is not local to a function, by more than a boolean."""
    owner: ast.expr = target
    while isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
    switch = isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool)
    local = frame.function is not None and (
        not isinstance(owner, ast.Name) or owner.id in evaluator.locals_of(frame) or owner.id in frame.bound
    )
    return not switch and not local
