"""Paths that Python code computes from its own location, constants and defaults, followed without running it."""

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.parsers.pysyntax import GETTERS
from genfile.parsers.python import PyModule
from genfile.parsers.values import EnvDefault

_SAME = frozenset(
    """
    str os.fspath os.path.abspath os.path.realpath os.path.normpath pathlib.Path Path pathlib.PurePath
    """.split()
)
_METHODS = frozenset({"resolve", "absolute", "as_posix"})
# Names that mean the project's folder, wherever they come from.
_BASES = frozenset(
    "BASE_DIR BASE_PATH BASEDIR ROOT_DIR ROOT_PATH PROJECT_ROOT PROJECT_DIR PROJECT_PATH basedir".split()
)
_MAX_DEPTH = 25
_MAX_TURNS = 16
# Where images keep the code, and what its user's home is.
_IMAGE = "/app"
_HOME = ("home", "app")


class PathPlace(Struct, frozen=True):
    """A path: below the working directory (``up`` None), ``up`` levels above the module's file, or ``absolute``."""

    up: int | None
    parts: tuple[str, ...]
    # Whether something unknown follows; if so, this is a folder, whatever it contains.
    cut: bool = False
    absolute: bool = False

    @property
    def below_home(self) -> str | None:
        """The folder of the user's home that the path is in; None for any other path."""
        if not self.absolute or self.parts[:2] != _HOME:
            return None
        return f"/{'/'.join(self.parts[:3])}"

    @property
    def parent(self) -> "PathPlace":
        if self.cut:
            return replace(self, cut=False)
        if self.parts:
            return replace(self, parts=self.parts[:-1])
        return PathPlace(None if self.up is None else self.up + 1, ())

    def inside(self, file: str) -> str | None:
        """The path relative to the project, for a module at ``file``; None if it leads out of the project."""
        if self.absolute:
            return None
        base = [] if self.up is None else file.split("/")
        if self.up is not None:
            if self.up == 0 or self.up > len(base):
                return None
            base = base[: len(base) - self.up]
        for part in self.parts:
            if part == "..":
                if not base:
                    return None
                base.pop()
            elif part not in ("", "."):
                base.append(part)
        return "/".join(base) or "."


# Resolves names from other modules and fields of settings: takes an expression and the depth of the search.
Look = Callable[[ast.expr, int], PathPlace | None]


class _Seen(Struct):
    """What is found in a module once, for all turns of its loops."""

    loops: dict[int, tuple[str, list[ast.expr]]] | None = None
    defaults: dict[int, str] | None = None


class Scope(Struct, frozen=True):
    """A module, and how to resolve names that it does not bind itself; ``turn``: values of loop variables."""

    module: PyModule
    look: Look = lambda node, depth: None
    turn: Mapping[str, ast.expr] = field(default_factory=dict)
    seen: _Seen = field(default_factory=_Seen)

    @property
    def loops(self) -> dict[int, tuple[str, list[ast.expr]]]:
        """The loop variable and its values, for each line in a loop over a literal list."""
        if self.seen.loops is None:
            self.seen.loops = _loops(self.module)
        return self.seen.loops

    @property
    def defaults(self) -> dict[int, str]:
        """The variables that have an expression as their default, by the expression's identity."""
        if self.seen.defaults is None:
            self.seen.defaults = dict(_defaults(self.module))
        return self.seen.defaults


def place(scope: Scope, node: ast.expr, depth: int = 0) -> PathPlace | None:
    """The place of a path expression; None if it is computed in an unknown way."""
    if depth > _MAX_DEPTH or scope.module.steps.spent():
        return None
    if isinstance(node, ast.Constant):
        return literal(node.value)
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return PathPlace(0, ())
        return _named(scope, node, depth)
    if isinstance(node, ast.Attribute):
        if node.attr == "parent":
            inner = place(scope, node.value, depth + 1)
            return inner.parent if inner is not None else None
        if scope.module.dotted(node) in ("os.pardir", "os.path.pardir"):
            return PathPlace(None, ("..",))
        own = {"root_path": PathPlace(1, ()), "instance_path": PathPlace(None, ("instance",))}
        return own[node.attr] if node.attr in own else _named(scope, node, depth)
    if isinstance(node, ast.BoolOp | ast.IfExp):
        # A variable, or the project's own place as the fallback.
        return place(scope, node.values[-1] if isinstance(node, ast.BoolOp) else node.body, depth + 1)
    if isinstance(node, ast.Subscript):
        return _parents(scope, node, depth) or _named(scope, node, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        return join(scope, [node.left, node.right], depth, glued=isinstance(node.op, ast.Add))
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        return join(scope, parts, depth, glued=True) if parts else None
    return _of_call(scope, node, depth) if isinstance(node, ast.Call) else None


def _named(scope: Scope, node: ast.Name | ast.Attribute | ast.Subscript, depth: int) -> PathPlace | None:
    """The place that a name, an attribute or an item stands for, bound in this module or elsewhere."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    if isinstance(node, ast.Name) and name in scope.turn:
        return place(replace(scope, turn={}), scope.turn[name], depth + 1)
    value = scope.module.constants.get(name) if isinstance(node, ast.Name) else None
    if isinstance(node, ast.Subscript):
        value = _item(scope, node)
    value = value if value is not None else _bound(scope.module, node)
    found = place(scope, value, depth + 1) if value is not None else None
    if found is None and not isinstance(node, ast.Subscript):
        found = scope.look(node, depth + 1)
    return PathPlace(None, ()) if name in _BASES and (found is None or found.absolute) else found


def _item(scope: Scope, node: ast.Subscript) -> ast.expr | None:
    """The value of `DEFAULTS["DATA_DIR"]` for a literal dict in the module."""
    table = scope.module.constants.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if not isinstance(table, ast.Dict) or not isinstance(node.slice, ast.Constant):
        return None
    pairs = zip(table.keys, table.values, strict=True)
    return next((item for key, item in pairs if isinstance(key, ast.Constant) and key.value == node.slice.value), None)


def turns(scope: Scope, node: ast.Call) -> Iterator[Scope]:
    """The scope of a call, once for each item of the literal list that the enclosing loop iterates over."""
    name, values = scope.loops.get(node.lineno, ("", []))
    if not values:
        yield scope
    for value in values:
        yield replace(scope, turn={name: value})


def _loops(module: PyModule) -> dict[int, tuple[str, list[ast.expr]]]:
    """The loop variable and its values for each line in a loop over a literal list; the innermost loop counts."""
    found: dict[int, tuple[str, list[ast.expr]]] = {}
    for loop in sorted(module.of(ast.For), key=lambda loop: loop.lineno):
        listed = loop.iter
        if isinstance(listed, ast.Name | ast.Attribute):
            own = module.constants.get(listed.id) if isinstance(listed, ast.Name) else None
            listed = own if own is not None else _bound(module, listed)
        if isinstance(loop.target, ast.Name) and isinstance(listed, ast.List | ast.Tuple | ast.Set):
            lines = range(loop.lineno, (loop.body[-1].end_lineno or loop.lineno) + 1)
            found.update(dict.fromkeys(lines, (loop.target.id, listed.elts[:_MAX_TURNS])))
    return found


def _of_call(scope: Scope, node: ast.Call, depth: int) -> PathPlace | None:
    callee = scope.module.dotted(node.func)
    if callee in ("pathlib.Path.home", "Path.home"):
        return PathPlace(None, _HOME, absolute=True)
    if callee == "os.path.expanduser" and node.args:
        return _expanded(scope, node.args[0], depth)
    if callee in _SAME and node.args:
        return join(scope, list(node.args), depth)
    if callee in ("os.getcwd", "pathlib.Path.cwd", "Path.cwd", "pathlib.Path"):
        return PathPlace(None, ())
    if callee == "os.path.dirname" and node.args:
        inner = place(scope, node.args[0], depth + 1)
        return inner.parent if inner is not None else None
    if callee == "os.path.join":
        return join(scope, list(node.args), depth)
    default = default_of(callee, node)
    if default is not None:
        return place(scope, default, depth + 1)
    if isinstance(node.func, ast.Attribute):
        if node.func.attr == "expanduser":
            base = node.func.value
            return _expanded(scope, base.args[0] if isinstance(base, ast.Call) and base.args else base, depth)
        if node.func.attr in _METHODS:
            return place(scope, node.func.value, depth + 1)
        if node.func.attr == "joinpath":
            return join(scope, [node.func.value, *node.args], depth)
    return scope.look(node, depth + 1)


def _expanded(scope: Scope, node: ast.expr, depth: int) -> PathPlace | None:
    """The place of a text that may begin with `~`, the user's home."""
    text = scope.module.value(node)
    if isinstance(text, EnvDefault):
        text = text.default
    if isinstance(text, str) and (text == "~" or text.startswith("~/")):
        return literal(f"/{'/'.join(_HOME)}{text[1:]}")
    return place(scope, node, depth + 1)


def place_returned(scope: Scope, function: ast.FunctionDef, depth: int) -> PathPlace | None:
    """The place that a function returns where its caller and the environment say nothing: the last one known."""
    returns = [item.value for item in ast.walk(function) if isinstance(item, ast.Return) and item.value is not None]
    found = (place(scope, item, depth + 1) for item in reversed(returns))
    return next((item for item in found if item is not None), None)


def default_of(callee: str, node: ast.Call) -> ast.expr | None:
    """The default of an environment variable or a settings field."""
    keywords = {item.arg: item.value for item in node.keywords if item.arg}
    if callee.rsplit(".", 1)[-1] == "Field":
        return keywords.get("default", node.args[0] if node.args else None)
    if callee in GETTERS:
        return keywords.get("default", node.args[1] if len(node.args) > 1 else None)
    return None


def literal(value: object) -> PathPlace | None:
    if isinstance(value, str) and value.startswith(f"{_IMAGE}/"):
        # An absolute path to the code's folder in the image.
        value = value.removeprefix(f"{_IMAGE}/") or "."
    if not isinstance(value, str) or value.startswith("~") or ":" in value or "\n" in value or len(value) > 200:
        return None
    parts = tuple(part for part in value.split("/") if part and part != ".")
    return PathPlace(None, parts, absolute=value.startswith("/"))


def join(scope: Scope, nodes: list[ast.expr], depth: int, *, glued: bool = False) -> PathPlace | None:
    """The place of joined parts; ``glued``: they form one text, so a part may end in the middle of a name."""
    first = place(scope, nodes[0], depth + 1)
    if first is None or first.cut:
        return first
    parts = list(first.parts)
    for before, node in itertools.pairwise(nodes):
        text = node.value.lstrip("/") if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
        inner = literal(text) if text is not None else place(scope, node, depth + 1)
        if inner is None or inner.up is not None or inner.absolute:
            # A computed part follows; only what precedes it is known.
            amid = isinstance(before, ast.Constant) and not str(before.value).endswith("/")
            if glued and amid and parts:
                return replace(first, parts=tuple(parts[:-1]), cut=True)
            return replace(first, parts=tuple(parts), cut=True) if parts else None
        parts += inner.parts
        if inner.cut:
            return replace(first, parts=tuple(parts), cut=True)
    return replace(first, parts=tuple(parts))


def _parents(scope: Scope, node: ast.Subscript, depth: int) -> PathPlace | None:
    """Path(__file__).parents[2]."""
    if not isinstance(node.value, ast.Attribute) or node.value.attr != "parents":
        return None
    found = place(scope, node.value.value, depth + 1)
    index = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if found is None or not isinstance(index, int) or not 0 <= index < 10:
        return None
    for _ in range(index + 1):
        found = found.parent
    return found


def _bound(module: PyModule, node: ast.expr) -> ast.expr | None:
    """The last value bound to a name, attribute or item on the lines before its use."""
    known: dict[str, list[tuple[int, ast.expr | None]]] | None = getattr(module, "_all_bound", None)
    if known is None:
        known = _bindings(module)
        module._all_bound = known  # type: ignore[attr-defined]
    listed = known.get(ast.unparse(node), ())
    before = [item for item in listed if item[0] < node.lineno]
    return max(before or listed, key=lambda item: item[0])[1] if listed else None


def _bindings(module: PyModule) -> dict[str, list[tuple[int, ast.expr | None]]]:
    """Every binding in a module by its source text, with the line; a parameter is bound to its default."""
    found: dict[str, list[tuple[int, ast.expr | None]]] = {}
    for node in module.of(ast.Assign, ast.AnnAssign, ast.NamedExpr):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if node.value is not None and isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
                found.setdefault(ast.unparse(target), []).append((node.lineno, node.value))
    for node in module.of(ast.arguments):
        named = [*node.posonlyargs, *node.args]
        defaults = [*[None] * (len(named) - len(node.defaults)), *node.defaults, *node.kw_defaults]
        for name, default in zip([*named, *node.kwonlyargs], defaults, strict=True):
            found.setdefault(name.arg, []).append((name.lineno, default))
    return found


def _defaults(module: PyModule) -> Iterator[tuple[int, str]]:
    """The expressions that are defaults of variables: `os.getenv("X", f"sqlite:///{HOME}/x.db")`."""
    for node in module.of(ast.Call):
        if isinstance(node, ast.Call):
            callee = module.dotted(node.func)
            keywords = {item.arg: item.value for item in node.keywords if item.arg}
            of_url = callee == "dj_database_url.config"
            default = keywords.get("default") if of_url else default_of(callee, node)
            named = module.value(node.args[0]) if node.args else "DATABASE_URL" if of_url else None
            if of_url and "env" in keywords:
                named = module.value(keywords["env"])
            if default is not None and isinstance(named, str):
                yield id(default), named
    for node in module.of(ast.BoolOp):
        value = module.value(node) if isinstance(node, ast.BoolOp) else None
        if isinstance(node, ast.BoolOp) and isinstance(value, EnvDefault):
            yield id(node.values[-1]), value.name
