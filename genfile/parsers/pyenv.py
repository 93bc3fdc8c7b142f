"""The variables that Python code reads, and whether it does without them."""

import ast
from typing import Any

from genfile.parsers.python import GETTERS, PyModule, words
from genfile.parsers.values import EnvName


def env_names(module: PyModule) -> tuple[EnvName, ...]:
    """Each once, in order of line; one that is looked for before it is read is not needed."""
    found: dict[str, EnvName] = {}
    tested = _tested(module)
    for node in module.of(ast.Subscript, ast.Call):
        name = default = None
        if isinstance(node, ast.Subscript) and module.dotted(node.value) == "os.environ":
            name = module.value(node.slice) if isinstance(node.ctx, ast.Load) else None
        elif isinstance(node, ast.Call) and module.dotted(node.func) in GETTERS and node.args:
            name = module.value(node.args[0])
            default = len(node.args) > 1 or any(keyword.arg == "default" for keyword in node.keywords)
            default = default or module.dotted(node.func).endswith(("get", "getenv"))
        if isinstance(name, str) and name.isidentifier():
            optional = bool(default) or name in tested
            found.setdefault(name, EnvName(name, getattr(node, "lineno", 1), optional))
    return tuple(sorted(found.values(), key=lambda item: (item.line, item.name)))


def _tested(module: PyModule) -> frozenset[Any]:
    """The variables that the code looks for before it reads them: `"X" in os.environ`, `except KeyError`."""
    found: set[Any] = set()
    # What is inside of a body that was looked at has been looked at with it.
    done: set[ast.AST] = set()
    for node in module.of(ast.Compare, ast.If, ast.Try):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            if module.dotted(node.comparators[0]) == "os.environ":
                found.add(node.left.value if isinstance(node.left, ast.Constant) else None)
        elif (isinstance(node, ast.If) and _asks(module, node.test)) or (isinstance(node, ast.Try) and _catches(node)):
            found.update(_read_in(module, node.body, done))
    return frozenset(found)


def _catches(node: ast.Try) -> bool:
    return any(
        item.type is None or any("KeyError" in word or "Exception" in word for word in words(item.type))
        for item in node.handlers
    )


def _asks(module: PyModule, test: ast.expr) -> bool:
    """Whether a condition reads a variable that says what is used: not whether it is production."""
    names = [
        node.args[0].value
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and module.dotted(node.func) in GETTERS and node.args
        if isinstance(node.args[0], ast.Constant)
    ]
    return bool(names) and not any("DEBUG" in str(name) or "ENV" in str(name) for name in names)


def _read_in(module: PyModule, body: list[ast.stmt], done: set[ast.AST]) -> set[Any]:
    """The keys and the arguments by which variables may be read in some statements."""
    found: set[Any] = set()
    for node in (child for item in body if item not in done for child in ast.walk(item)):
        if isinstance(node, ast.stmt):
            done.add(node)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(node.slice.value)
        elif isinstance(node, ast.Call) and module.dotted(node.func) in GETTERS and node.args:
            found.add(node.args[0].value if isinstance(node.args[0], ast.Constant) else None)
    return found
