"""Python source, parsed with `ast`: assignments, calls, definitions and reads. Nothing is imported or run."""

import ast
from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.parsers.pysyntax import ENVIRONMENTS, GETTERS, is_main_guard, parse_leniently, statements_of, top_level
from genfile.parsers.values import UNKNOWN, Call, EnvDefault, EnvName, Steps, is_known, joined

if TYPE_CHECKING:
    from genfile.parsers.pysettings import SettingsField

_CONVERSIONS = frozenset({"int", "str", "float", "bool"})
# The maximum length of a list that is concatenated from others.
MAX_LISTED = 2_000


class Assignment(Struct, frozen=True):
    """`name = callee(…)` or `name = literal` at module level; ``guarded``: only when the module runs as the program."""

    name: str
    callee: str | None
    value: Any
    line: int
    guarded: bool = False


class PythonFunction(Struct, frozen=True):
    """A function at module level: the callee that creates its result, and how many arguments it requires."""

    name: str
    returns: str | None
    required: int
    line: int


# Fields that hold no nodes, and list fields that mix nodes with other values.
_PLAIN = frozenset({"ctx", "id", "attr", "arg", "asname", "module", "level", "kind", "type_comment"})
_MIXED = frozenset({"keys", "kw_defaults", "names", "kwd_attrs", "type_ignores"})


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """For each node class, the fields that may hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        plain = kind._fields if kind is ast.Constant else _PLAIN
        self[kind] = tuple(name for name in kind._fields if name not in plain)
        return self[kind]


_FIELDS = _Fields()


def parse_python(text: str) -> "PyModule":
    """Read a module. Raises ParseError for text that is not Python, is too deeply nested, or is over 1 MiB."""
    return PyModule(parse_leniently(text))


class PyModule:
    """A parsed module; each property is computed once, when needed."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self.steps = Steps()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node but the contexts, walked once; parents before their children."""
        found: list[ast.AST] = [self._tree]
        for node in found:
            for name in _FIELDS[node.__class__]:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    found += value if name not in _MIXED else [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    found.append(value)
        return found

    @cached_property
    def by_kind(self) -> dict[type[ast.AST], list[Any]]:
        """Nodes by class."""
        found: dict[type[ast.AST], list[Any]] = {}
        for node in self.nodes:
            found.setdefault(node.__class__, []).append(node)
        return found

    def of(self, *kinds: type[ast.AST]) -> list[Any]:
        """The nodes of some classes."""
        return [node for kind in kinds for node in self.by_kind.get(kind, ())]

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """The dotted name that an imported name stands for: `FastAPI` is `fastapi.FastAPI`."""
        found: dict[str, str] = {}
        for node in self.of(ast.Import, ast.ImportFrom):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found

    @cached_property
    def environments(self) -> frozenset[str]:
        """The names at module level of objects that read the environment: `env = environ.Env()`."""
        return frozenset(item.name for item in self.assignments if item.callee in ENVIRONMENTS)

    def calls_env(self, names: Container[str]) -> None:
        """Let imported objects of other modules, by dotted name, be what their own module makes them: `env`."""
        self._aliases.update({alias: "env" for alias, name in self._aliases.items() if name in names})

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules imported anywhere, dotted, and the top-level package of each."""
        names: set[str] = set()
        for node in self.of(ast.Import, ast.ImportFrom):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
        return frozenset(names | {name.split(".")[0] for name in names})

    @cached_property
    def neighbours(self) -> frozenset[str]:
        """Imports from the module's own package: `from .main import x`, `from . import main`."""
        names: set[str] = set()
        for node in self.of(ast.ImportFrom):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                names.update([node.module] if node.module else (alias.name for alias in node.names))
        return frozenset(names)

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        found: list[Assignment] = []
        guards = [item for item in self._tree.body if is_main_guard(item)]
        guarded = {id(inside) for guard in guards for inside in top_level(guard.body)}
        for node in top_level(self._tree.body):
            if isinstance(node, ast.Assign):
                targets, value = node.targets, node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                targets, value = [node.target], node.value
            else:
                continue
            callee = self.dotted(value.func) if isinstance(value, ast.Call) else None
            for target in targets:
                if isinstance(target, ast.Name):
                    own = id(node) in guarded
                    found.append(Assignment(target.id, callee, self.value(value), node.lineno, own))
        return tuple(found)

    @cached_property
    def functions(self) -> tuple[PythonFunction, ...]:
        found: list[PythonFunction] = []
        for node in top_level(self._tree.body):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = node.args
                required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
                required += sum(default is None for default in arguments.kw_defaults)
                found.append(PythonFunction(node.name, self._returned(node), max(required, 0), node.lineno))
        return tuple(found)

    @cached_property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The module's classes, each with its bases."""
        return {
            node.name: tuple(self.dotted(base) for base in node.bases)
            for node in top_level(self._tree.body)
            if isinstance(node, ast.ClassDef)
        }

    @cached_property
    def settings(self) -> "tuple[SettingsField, ...]":
        """The fields of pydantic settings, with the environment variables that set them."""
        from genfile.parsers.pysettings import settings_fields

        return settings_fields(self)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        return tuple(
            Call(
                self.dotted(node.func),
                tuple(self.value(argument) for argument in node.args),
                {keyword.arg: self.value(keyword.value) for keyword in node.keywords if keyword.arg},
                node.lineno,
            )
            for node in self.of(ast.Call)
            if isinstance(node, ast.Call)
        )

    @cached_property
    def decorators(self) -> tuple[Call, ...]:
        """Calls that decorate functions: the routes of most web frameworks."""
        return tuple(
            Call(self.dotted(item.func), tuple(map(self.value, item.args)), {}, item.lineno)
            for node in self.of(ast.FunctionDef, ast.AsyncFunctionDef)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for item in node.decorator_list
            if isinstance(item, ast.Call)
        )

    @cached_property
    def has_main_guard(self) -> bool:
        return any(is_main_guard(node) for node in self._tree.body)

    @cached_property
    def env_names(self) -> tuple[EnvName, ...]:
        """Variables read through os.environ, os.getenv and the usual helpers, each once, by line."""
        from genfile.parsers.pyenv import env_names

        return env_names(self)

    @cached_property
    def paths(self) -> tuple[tuple[str, int], ...]:
        """Paths that the code spells out or joins: "a/b", os.path.join(X, "a", "b"), BASE / "a" / "b"."""
        found: list[tuple[str, int]] = []
        for node in self.of(ast.Constant, ast.Call, ast.BinOp):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "/" in node.value[1:-1]:
                if len(node.value) < 120 and "\n" not in node.value:
                    found.append((node.value, node.lineno))
            elif isinstance(node, ast.Call):
                words = [
                    item.value for item in node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)
                ]
                if len(words) > 1:
                    found.append(("/".join(words), node.lineno))
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                parts: list[str] = []
                inner: ast.expr = node
                while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div) and len(parts) < 20:
                    if isinstance(inner.right, ast.Constant) and isinstance(inner.right.value, str):
                        parts.append(inner.right.value)
                    inner = inner.left
                if len(parts) > 1:
                    found.append(("/".join(reversed(parts)), node.lineno))
        return tuple(found)

    def setting(self, name: str) -> Any:
        """The literal last assigned to a module-level name; UNKNOWN if it is computed or missing."""
        values = [item.value for item in self.assignments if item.name == name]
        return values[-1] if values else UNKNOWN

    def sets(self, name: str) -> int | None:
        """The line that assigns a name, or an attribute of it."""
        for node in self.of(ast.Assign, ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                targets = [node.target]
            for target in targets:
                own = target.id if isinstance(target, ast.Name) else getattr(target, "attr", None)
                if own == name:
                    return getattr(node, "lineno", 1)
        return None

    def line_of(self, name: str) -> int | None:
        return next((item.line for item in reversed(self.assignments) if item.name == name), None)

    def dotted(self, node: ast.expr) -> str:
        """The callee as dotted text with imports resolved, without the calls in between."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < 50:
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            parts.append(self._aliases.get(node.id, node.id))
        return ".".join(reversed(parts))

    def _returned(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        inside = statements_of(function)
        made = {
            target.id: self.dotted(node.value.func)
            for node in inside
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in inside:
            if isinstance(node, ast.Return) and node.value is not None:
                if isinstance(node.value, ast.Call):
                    return self.dotted(node.value.func)
                if isinstance(node.value, ast.Name) and node.value.id in made:
                    return made[node.value.id]
        return None

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        found: dict[str, ast.expr] = {}
        for node in top_level(self._tree.body):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = node.value
        return found

    def value(self, node: ast.expr, depth: int = 0) -> Any:
        if depth > 30 or self.steps.spent():
            return UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.List | ast.Tuple):
            return [self.value(item, depth + 1) for item in node.elts]
        if isinstance(node, ast.Dict):
            return {
                key.value: self.value(value, depth + 1)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
        if isinstance(node, ast.Name) and node.id in self.constants:
            return self.value(self.constants[node.id], depth + 10)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            value = self.value(node.values[0], depth + 1)
            if isinstance(value, EnvDefault) and value.default is None:
                default = self.value(node.values[-1], depth + 1)
                return EnvDefault(value.name, default if is_known(default) else None)
            return value
        if isinstance(node, ast.Subscript) and self.dotted(node.value) == "os.environ":
            name = self.value(node.slice, depth + 1)
            return EnvDefault(name) if isinstance(name, str) else UNKNOWN
        if isinstance(node, ast.Call):
            return self._called(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            return self._joined((node.left, node.right), depth, isinstance(node.op, ast.Mod))
        if isinstance(node, ast.JoinedStr):
            return self._formatted(node, depth)
        return UNKNOWN

    def _joined(self, nodes: tuple[ast.expr, ast.expr], depth: int, formats: bool) -> Any:
        """ "0.0.0.0:" + port, "0.0.0.0:%s" % port: the variable in it, else the text."""
        parts = [self.value(node, depth + 1) for node in nodes]
        if not formats and all(isinstance(part, list) for part in parts):
            return [*parts[0], *parts[1]] if len(parts[0]) + len(parts[1]) <= MAX_LISTED else UNKNOWN
        last = parts[-1][-1] if isinstance(parts[-1], list) and parts[-1] else parts[-1]
        if isinstance(last, EnvDefault):
            return last
        if not formats and all(isinstance(part, str) for part in parts):
            return joined(parts)
        if formats and isinstance(parts[0], str) and isinstance(last, int) and parts[0].endswith(("%s", "%d")):
            return joined((parts[0][:-2], last))
        return UNKNOWN

    def _formatted(self, node: ast.JoinedStr, depth: int) -> Any:
        """f"0.0.0.0:{port}": the variable in it, else the text."""
        parts = [
            self.value(part.value if isinstance(part, ast.FormattedValue) else part, depth + 1) for part in node.values
        ]
        variables = [part for part in parts if isinstance(part, EnvDefault)]
        if variables:
            return variables[-1]
        return joined(parts) if all(isinstance(part, str | int) for part in parts) else UNKNOWN

    def _called(self, node: ast.Call, depth: int) -> Any:
        callee = self.dotted(node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format" and len(node.args) == 1:
            value = self.value(node.args[0], depth + 1)
            return value if isinstance(value, EnvDefault) else UNKNOWN
        if callee in _CONVERSIONS and len(node.args) == 1:
            return self.value(node.args[0], depth + 1)
        if (callee in GETTERS or _is_getter(callee)) and node.args:
            name = self.value(node.args[0], depth + 1)
            given = [
                *node.args[1:2],
                *(keyword.value for keyword in node.keywords if keyword.arg == "default"),
            ]
            default = self.value(given[0], depth + 1) if given else None
            return EnvDefault(name, default if is_known(default) else None) if isinstance(name, str) else UNKNOWN
        return UNKNOWN


def _is_getter(callee: str) -> bool:
    """Whether a name is that of a project's own helper for the environment: envbool, get_env_int."""
    return "env" in callee.rsplit(".", 1)[-1].lower()
