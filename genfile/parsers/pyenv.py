"""The environment variables that Python code reads, and whether it can do without them."""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.parsers.pysyntax import GETTERS, words
from genfile.parsers.values import EnvDefault, EnvName

if TYPE_CHECKING:
    from genfile.parsers.python import PyModule


def env_names(module: "PyModule") -> tuple[EnvName, ...]:
    """Each variable once, by line; one that the code tests before it reads it counts as optional."""
    found: dict[str, EnvName] = {}
    reads = list(_reads(module))
    tested = _tested(module) if reads else frozenset()
    for item in reads:
        found.setdefault(item.name, replace(item, has_default=item.has_default or item.name in tested))
    return tuple(sorted(found.values(), key=lambda item: (item.line, item.name)))


# What a function of the project does with the variable that it is given the name of, other than to read it.
_NO_READ = re.compile(r"(?i)set|put|load|del|write|dump|clear")


class _Helper(Struct, frozen=True):
    """A function of the module that reads the variable whose name it is given: the parameter's name and place, and
    whether it fails without the variable."""

    parameter: str
    place: int
    fails: bool


def _helpers(module: "PyModule") -> dict[str, _Helper]:
    """`def need(key): return os.environ[key]`: such functions, by name."""
    found: dict[str, _Helper] = {}
    for function in module.of(ast.FunctionDef):
        parameters = [item.arg for item in (*function.args.posonlyargs, *function.args.args)]
        nodes = list(ast.walk(function)) if parameters else []
        names = [node.args[0] for node in nodes if isinstance(node, ast.Call) and _gets(module, node)]
        keys = [node.slice for node in nodes if isinstance(node, ast.Subscript) and _is_environ(module, node)]
        given = (item.id for item in (*names, *keys) if isinstance(item, ast.Name) and item.id in parameters)
        name = next(given, None)
        if name is not None:
            fails = bool(keys) or any(isinstance(node, ast.Raise) for node in nodes)
            found[function.name] = _Helper(name, parameters.index(name), fails)
    return found


def _gets(module: "PyModule", node: ast.Call) -> bool:
    return bool(node.args) and module.dotted(node.func) in GETTERS


def _is_environ(module: "PyModule", node: ast.Subscript) -> bool:
    return module.dotted(node.value) == "os.environ" and isinstance(node.ctx, ast.Load)


def _asked(node: ast.Call, helper: _Helper) -> ast.expr | None:
    """What a call of a helper names."""
    if len(node.args) > helper.place:
        return node.args[helper.place]
    return next((item.value for item in node.keywords if item.arg == helper.parameter), None)


def _by_helpers(module: "PyModule") -> Iterator[EnvName]:
    """The variables that functions of the project's own read: of this module, or of another one by their name."""
    helpers = _helpers(module)
    for node in module.of(ast.Call):
        callee = module.dotted(node.func)
        helper, last = helpers.get(callee), callee.rpartition(".")[2]
        if callee in GETTERS:
            continue
        if helper is not None:
            name = module.value(asked) if (asked := _asked(node, helper)) is not None else None
            default = not helper.fails or len(node.args) + len(node.keywords) > 1
        else:
            known = "env" in last.lower() and node.args and _NO_READ.search(last) is None
            name, default = module.value(node.args[0]) if known else None, True
            name = name if isinstance(name, str) and name.isupper() else None
        if isinstance(name, str) and name.isidentifier():
            yield EnvName(name, node.lineno, default)


def _reads(module: "PyModule") -> Iterator[EnvName]:
    """Every place that reads a variable, and whether it has a default."""
    yield from _by_helpers(module)
    for node in module.of(ast.Subscript, ast.Call):
        name = default = None
        if isinstance(node, ast.Subscript):
            name = module.value(node.slice) if _is_environ(module, node) else None
        elif _gets(module, node):
            name = module.value(node.args[0])
            default = len(node.args) > 1 or any(keyword.arg == "default" for keyword in node.keywords)
            default = default or module.dotted(node.func).endswith(("get", "getenv"))
        elif isinstance(node, ast.Call) and module.dotted(node.func).endswith("config.from_envvar") and node.args:
            # Flask's: the path of a file with the configuration, required unless `silent`.
            name = module.value(node.args[0])
            default = len(node.args) > 1 or any(keyword.arg == "silent" for keyword in node.keywords)
        if isinstance(name, str) and name.isidentifier():
            yield EnvName(name, getattr(node, "lineno", 1), bool(default))


def _tested(module: "PyModule") -> frozenset[Any]:
    """The variables that the code tests before it reads them: `"X" in os.environ`, `except KeyError`."""
    found: set[Any] = set()
    # A nested body has been searched along with the outer one.
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


def _asks(module: "PyModule", test: ast.expr) -> bool:
    """Whether a condition reads a variable that selects a feature, not one for debugging or the environment."""
    names = [
        node.args[0].value
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and module.dotted(node.func) in GETTERS and node.args
        if isinstance(node.args[0], ast.Constant)
    ]
    return bool(names) and not any("DEBUG" in str(name) or "ENV" in str(name) for name in names)


def _read_in(module: "PyModule", body: list[ast.stmt], done: set[ast.AST]) -> set[Any]:
    """The keys and arguments in some statements that may name variables."""
    found: set[Any] = set()
    for node in (child for item in body if item not in done for child in ast.walk(item)):
        if isinstance(node, ast.stmt):
            done.add(node)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(node.slice.value)
        elif isinstance(node, ast.Call) and module.dotted(node.func) in GETTERS and node.args:
            found.add(node.args[0].value if isinstance(node.args[0], ast.Constant) else None)
    return found


def required_names(module: "PyModule") -> tuple[EnvName, ...]:
    """The variables that a module can't be loaded without, each once, by line.

    While it loads, the module reads them without a default, declares them in a settings class, raises if they are
    empty, or uses them in a way that fails for None: `os.getenv("HOSTS").split(",")`.
    """
    found: dict[str, EnvName] = {}
    later = _run_later(module)
    read = [item for item in _reads(module) if not item.has_default and item.line not in later]
    fields = [EnvName(item.name, item.line, has_default=False) for item in module.settings if item.required]
    needed = (*fields, *read, *_raised_for(module, later), *_used_at_once(module, later))
    tested = _tested(module) if needed else frozenset()
    for item in needed:
        if item.name not in tested:
            found.setdefault(item.name, item)
    return tuple(sorted(found.values(), key=lambda item: (item.line, item.name)))


def _run_later(module: "PyModule") -> frozenset[int]:
    """The lines that only run when a function is called."""
    return frozenset(
        line
        for node in module.of(ast.FunctionDef, ast.AsyncFunctionDef)
        for line in range(node.body[0].lineno, node.end_lineno + 1)
    )


def _raised_for(module: "PyModule", later: frozenset[int]) -> Iterator[EnvName]:
    """`if not TOKEN: raise …`, `if TOKEN is None: sys.exit(…)`."""
    for node in module.of(ast.If):
        if node.lineno in later or not any(_ends(module, statement) for statement in node.body):
            continue
        for test in node.test.values if _is_or(node.test) else [node.test]:
            value = module.value(asked) if (asked := _missing(test)) is not None else None
            if isinstance(value, EnvDefault) and value.default is None:
                yield EnvName(value.name, node.lineno, has_default=False)


# Calls that raise if they get None.
_TAKERS = ("int", "float", "len", "Path", "pathlib.Path", "json.loads", "os.path.join")
_GUARDS = (ast.IfExp, ast.BoolOp, ast.If, ast.Try, ast.While)


def _used_at_once(module: "PyModule", later: frozenset[int]) -> Iterator[EnvName]:
    """Reads without a default whose value is used right there, outside any condition."""
    calls = [node for node in module.of(ast.Call) if node.lineno not in later]
    used = [node.func.value for node in calls if isinstance(node.func, ast.Attribute)]
    used += [node.args[0] for node in calls if node.args and module.dotted(node.func) in _TAKERS]
    found = [node for node in used if isinstance(node, ast.Call) and module.dotted(node.func) in GETTERS]
    found = [node for node in found if not _is_given(node)]
    guarded = {part for item in module.of(*_GUARDS) for part in ast.walk(item)} if found else set()
    for node in found:
        value = module.value(node)
        if isinstance(value, EnvDefault) and value.default is None and node not in guarded:
            yield EnvName(value.name, node.lineno, has_default=False)


def _is_given(node: ast.Call) -> bool:
    """Whether a getter has a default other than None, of a known value or not: `os.getenv("AGE", 60 * 90)`."""
    given = [*node.args[1:2], *(item.value for item in node.keywords if item.arg == "default")]
    return any(not (isinstance(item, ast.Constant) and item.value is None) for item in given)


def _is_or(test: ast.expr) -> bool:
    return isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or)


def _ends(module: "PyModule", statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and module.dotted(call.func) in ("sys.exit", "exit", "quit", "os._exit")


def _missing(test: ast.expr) -> ast.expr | None:
    """What a condition asks to be missing: `not x`, `x is None`, `x == ""`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.Eq):
        other = test.comparators[0]
        return test.left if isinstance(other, ast.Constant) and other.value in (None, "") else None
    return None
