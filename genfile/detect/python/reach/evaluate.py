"""The value of a program's expressions, followed through functions, classes and modules without running them."""

import ast
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.files import DataFiles
from genfile.detect.python.reach.options import options_of
from genfile.detect.python.reach.program import Binding, Module, PythonProgram, statements
from genfile.detect.python.reach.settings import field_of, foreign_base
from genfile.detect.python.reach.values import (
    BuiltObject,
    ClassRef,
    External,
    File,
    Frame,
    FunctionRef,
    Instance,
    ModuleRef,
    Namespace,
    ProgramOption,
    Text,
    settled,
)
from genfile.parsers.pysyntax import GETTERS
from genfile.parsers.values import UNKNOWN, EnvDefault, is_known

if TYPE_CHECKING:
    from genfile.detect.python.reach.passage import Passage

# Limits of steps: for all programs of a project, and for one of them.
MAX_STEPS = 200_000
MAX_ENTRY_STEPS = 40_000
MAX_DEPTH = 40
_SAME = frozenset({"int", "str", "float", "bool", "str.strip", "pathlib.Path", "os.path.expanduser", "os.fspath"})


class Evaluator:
    """Values of expressions, within a bounded number of steps for each program."""

    def __init__(self, program: PythonProgram) -> None:
        self.program = program
        self.files = DataFiles(program.folder)
        self.namespaces: dict[str, Namespace] = {}
        self._all = MAX_STEPS
        self._left = 0
        self.begin()
        self._depth = 0
        self._known: dict[tuple[str, str], Any] = {}
        self._open: set[tuple[int, str]] = set()
        self._locals: dict[ast.AST, dict[str, list[Binding]]] = {}
        # What walks have passed; bounded by the functions of a walk and the programs of a project.
        self.passages: dict[tuple[Any, ...], Passage] = {}

    def begin(self) -> None:
        """Start on another program; it may also use the steps that the one before left over."""
        self._all += max(self._left, 0)
        self._left = min(MAX_ENTRY_STEPS, self._all)
        self._all -= self._left

    @property
    def ended(self) -> bool:
        """Whether a program used up its steps, so that the answers about it are incomplete."""
        return self._left <= 0

    def value(self, frame: Frame, node: ast.expr) -> Any:
        """The value of an expression; UNKNOWN if only running the program would show it."""
        self._left -= 1
        if self._depth >= MAX_DEPTH or self._left < 0:
            return UNKNOWN
        self._depth += 1
        try:
            method = getattr(self, "_" + node.__class__.__name__.lower(), None)
            return method(frame, node) if method is not None else UNKNOWN
        finally:
            self._depth -= 1

    def name(self, frame: Frame, name: str) -> Any:
        """The value of a name: a parameter, a local variable, a name in the module."""
        inside: Frame | None = frame
        while inside is not None and inside.function is not None:
            if name in inside.known:
                return inside.known[name]
            given = inside.bound.get(name, UNKNOWN)
            if given is not UNKNOWN and given is not None:
                return given
            found = self._first(inside, inside.function, self.locals_of(inside).get(name, []), name)
            if found is not UNKNOWN or name in inside.bound or name in self.locals_of(inside):
                found = given if found is UNKNOWN else found
                if self._is_settled(inside.function, name):
                    inside.known[name] = found
                return found
            inside = inside.outer
        return self.of_module(frame.module, name)

    def of_module(self, module: Module, name: str) -> Any:
        key = (module.name, name)
        if key not in self._known:
            found = self._first(Frame(module), module, module.bindings.get(name, []), name)
            if not self._is_settled(module, name):
                return found
            self._known[key] = found
        return self._known[key]

    def _is_settled(self, owner: object, name: str) -> bool:
        """Whether a name's value is final: no bound cut it short, and no name refers to itself."""
        return self._depth < MAX_DEPTH - 15 and self._left > 0 and (id(owner), name) not in self._open

    def locals_of(self, frame: Frame) -> dict[str, list[Binding]]:
        function = frame.function
        if function is None:
            return frame.module.bindings
        if function not in self._locals:
            self._locals[function] = frame.module.bound_in(function.body)
        return self._locals[function]

    def _first(self, frame: Frame, owner: object, bindings: list[Binding], name: str) -> Any:
        """The last known binding of a name; one that is computed from itself is not followed again."""
        key = (id(owner), name)
        if key in self._open or not bindings:
            return UNKNOWN
        self._open.add(key)
        try:
            first: Any = UNKNOWN
            for binding in reversed(bindings[-6:]):
                found = self._bound(frame, binding)
                if isinstance(found, ProgramOption | EnvDefault):
                    # A value that can be set from outside beats the default.
                    return found
                first = found if first is UNKNOWN and found is not None else first
            return first
        finally:
            self._open.discard(key)

    def _bound(self, frame: Frame, binding: Binding) -> Any:
        if isinstance(binding, ast.FunctionDef | ast.AsyncFunctionDef):
            return FunctionRef(frame, binding)
        if isinstance(binding, ast.ClassDef):
            return ClassRef(frame, binding)
        if isinstance(binding, tuple):
            return self.imported(*binding)
        return self.value(frame, binding)

    def imported(self, source: str, name: str | None) -> Any:
        """The value of an import: a module or name in the project, else a name in another package."""
        full = f"{source}.{name}" if source and name else source or name or ""
        if self.program.module(full) is not None or full in self.program.packages:
            return ModuleRef(full)
        module = self.program.module(source)
        if module is not None and name is not None:
            return self.of_module(module, name)
        return External(full)

    def attribute(self, base: Any, name: str, frame: Frame) -> Any:
        """The value of an attribute."""
        if isinstance(base, ModuleRef):
            return self.imported(base.name, name)
        if isinstance(base, External):
            return External(f"{base.name}.{name}")
        if isinstance(base, Instance):
            return External(f"{base.callee}().{name}")
        if isinstance(base, Namespace):
            return base.option(name, frame.need.command)
        if isinstance(base, BuiltObject | ClassRef):
            found = field_of(self, base, name)
            return found if found is not UNKNOWN or isinstance(base, ClassRef) else self.inherited(base.made_by, name)
        if isinstance(base, dict):
            return self.item(base, name)
        return UNKNOWN

    def inherited(self, owner: ClassRef, name: str) -> Any:
        """What an instance has from another package's base class: a method by its name."""
        base = foreign_base(self, owner)
        return External(f"{base}().{name}") if base is not None else UNKNOWN

    @staticmethod
    def item(base: Any, key: Any) -> Any:
        """A table's entry, ignoring the case of its name."""
        if isinstance(base, list) and isinstance(key, int) and -len(base) <= key < len(base):
            return base[key]
        if isinstance(base, dict) and isinstance(key, str):
            found = base.get(key, base.get(key.lower(), base.get(key.upper(), UNKNOWN)))
            return UNKNOWN if found is None else found
        return UNKNOWN

    def called(self, function: FunctionRef, call: ast.Call | None, frame: Frame) -> Frame:
        """The frame of a call: parameters bound to arguments, else to their defaults."""
        arguments = function.node.args
        names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
        bound: dict[str, Any] = {}
        defaults = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
        defaults |= {
            item.arg: default
            for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        }
        if function.owner is not None and names[:1] in (["self"], ["cls"]):
            bound[names.pop(0)] = function.owner
        for name in [*names, *(item.arg for item in arguments.kwonlyargs)]:
            bound[name] = self.value(function.frame, defaults[name]) if name in defaults else UNKNOWN
        if call is not None:
            given = dict(zip(names, [item for item in call.args if not isinstance(item, ast.Starred)], strict=False))
            given |= {item.arg: item.value for item in call.keywords if item.arg}
            bound |= {name: self.value(frame, node) for name, node in given.items() if name in bound}
        # A nested function sees the variables of the outer one.
        outer = function.frame if function.frame.function is not None else None
        return Frame(function.frame.module, function.node, bound, frame.need, outer, way=frame.way)

    def returned(self, function: FunctionRef, call: ast.Call | None, frame: Frame) -> Any:
        """What one of the project's functions returns."""
        key = (id(function.node), "return")
        if key in self._open:
            return UNKNOWN
        self._open.add(key)
        try:
            inside = self.called(function, call, frame)
            for node in statements(function.node.body):
                if isinstance(node, ast.Return) and node.value is not None:
                    found = self.value(inside, node.value)
                    if found is not UNKNOWN and found is not None:
                        return found
            return UNKNOWN
        finally:
            self._open.discard(key)

    def keywords(self, frame: Frame, call: ast.Call) -> dict[str, Any]:
        """A call's keyword arguments, including those of `**options`; an unknown table becomes the key `**`."""
        found: dict[str, Any] = {}
        for item in call.keywords:
            if item.arg is not None:
                found[item.arg] = self.value(frame, item.value)
                continue
            table = self.value(frame, item.value)
            found |= table if isinstance(table, dict) else {"**": UNKNOWN}
            if isinstance(item.value, ast.Name):
                mark = f"{item.value.id}["
                names = [name for name in self.locals_of(frame) if name.startswith(mark)]
                found |= {name[len(mark) : -1]: self.name(frame, name) for name in names}
        return found

    # --- one method per kind of expression ------------------------------------------------------------------------

    def _constant(self, frame: Frame, node: ast.Constant) -> Any:
        return node.value

    def _list(self, frame: Frame, node: ast.List | ast.Tuple) -> Any:
        found: list[Any] = []
        for item in node.elts[:100]:
            value = self.value(frame, item.value if isinstance(item, ast.Starred) else item)
            found += value if isinstance(item, ast.Starred) and isinstance(value, list) else [value]
        return found

    _tuple = _list

    def _dict(self, frame: Frame, node: ast.Dict) -> Any:
        return {
            key.value: self.value(frame, value)
            for key, value in zip(node.keys[:100], node.values, strict=False)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }

    def _name(self, frame: Frame, node: ast.Name) -> Any:
        return self.name(frame, node.id)

    def _attribute(self, frame: Frame, node: ast.Attribute) -> Any:
        return self.attribute(self.value(frame, node.value), node.attr, frame)

    def _await(self, frame: Frame, node: ast.Await) -> Any:
        return self.value(frame, node.value)

    def _namedexpr(self, frame: Frame, node: ast.NamedExpr) -> Any:
        return self.value(frame, node.value)

    def _ifexp(self, frame: Frame, node: ast.IfExp) -> Any:
        found = self.value(frame, node.body)
        return found if found is not UNKNOWN and found is not None else self.value(frame, node.orelse)

    def _boolop(self, frame: Frame, node: ast.BoolOp) -> Any:
        if not isinstance(node.op, ast.Or):
            return UNKNOWN
        found: Any = UNKNOWN
        for item in reversed(node.values):
            value = self.value(frame, item)
            if isinstance(value, EnvDefault) and value.default is None:
                value = EnvDefault(value.name, found if is_known(found) else None)
            if value is not UNKNOWN and settled(value) is not None:
                found = value
        return found

    def _subscript(self, frame: Frame, node: ast.Subscript) -> Any:
        base = self.value(frame, node.value)
        key = self.value(frame, node.slice)
        if base == External("os.environ"):
            return EnvDefault(key) if isinstance(key, str) else UNKNOWN
        if isinstance(base, Instance) and base.callee.endswith("ConfigParser"):
            return self.item(self.files.of_parser(self, base, node.value, frame), key)
        return self.item(base, key)

    def _binop(self, frame: Frame, node: ast.BinOp) -> Any:
        left, right = self.value(frame, node.left), self.value(frame, node.right)
        if isinstance(node.op, ast.Add):
            return _text((left, right))
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            given = iter(right if isinstance(right, list) else [right])
            pieces = left.replace("%d", "%s").split("%s")
            parts = [part for piece in pieces for part in (piece, next(given, ""))]
            return _text(tuple(parts))
        if isinstance(node.op, ast.Div) and isinstance(left, str) and isinstance(right, str):
            return f"{left}/{right}"
        return UNKNOWN

    def _joinedstr(self, frame: Frame, node: ast.JoinedStr) -> Any:
        return _text(
            tuple(
                self.value(frame, part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values
            )
        )

    def _call(self, frame: Frame, node: ast.Call) -> Any:
        callee = self.value(frame, node.func)
        if isinstance(callee, FunctionRef):
            found = self.returned(callee, node, frame)
            return found if found is not UNKNOWN else self._by_env(frame, node, callee.node.name)
        if isinstance(callee, ClassRef):
            return BuiltObject(callee, node, frame)
        if isinstance(callee, External):
            return self._external(frame, node, callee.name)
        return self._method(frame, node)

    def _external(self, frame: Frame, node: ast.Call, name: str) -> Any:
        if name in GETTERS or name.endswith((".getenv", "environ.get")):
            return self._by_env(frame, node, "env")
        if name.endswith((".parse_args", ".parse_known_args")) and isinstance(node.func, ast.Attribute):
            found = options_of(self, frame, node.func.value)
            return [found, UNKNOWN] if name.endswith("known_args") else found
        opened = self.files.opened(self, frame, node, name)
        return opened if opened is not UNKNOWN else Instance(name, node, frame)

    def _method(self, frame: Frame, node: ast.Call) -> Any:
        """A built-in function, or a method of a plain value."""
        func = node.func
        if isinstance(func, ast.Name):
            if func.id in _SAME and len(node.args) == 1:
                return self.value(frame, node.args[0])
            if func.id == "open":
                return self.files.opened(self, frame, node, "open")
            if func.id == "dict":
                return self.keywords(frame, node)
            return self._by_env(frame, node, func.id)
        if not isinstance(func, ast.Attribute):
            return UNKNOWN
        base = self.value(frame, func.value)
        if base is UNKNOWN and func.attr in ("read_text", "open", "read_bytes"):
            return self.files.at(self, frame, func.value)
        if isinstance(base, dict) and func.attr in ("get", "pop") and node.args:
            found = self.item(base, self.value(frame, node.args[0]))
            return self.value(frame, node.args[1]) if found is UNKNOWN and len(node.args) > 1 else found
        if isinstance(base, str) and func.attr == "format":
            given = iter([self.value(frame, item) for item in node.args])
            pieces = base.replace("{0}", "{}").replace("{1}", "{}").split("{}")
            return _text(tuple(part for piece in pieces for part in (piece, next(given, ""))))
        if isinstance(base, ProgramOption | EnvDefault | str) and func.attr in ("lower", "upper", "strip"):
            return base
        if isinstance(base, str | File) and func.attr in ("strip", "resolve", "read", "read_text", "absolute", "open"):
            return File(base.strip("/")) if isinstance(base, str) and func.attr in ("read_text", "open") else base
        return UNKNOWN

    def _by_env(self, frame: Frame, node: ast.Call, name: str) -> Any:
        """A variable that the code reads, through the library's function or a helper with a similar name:
        get_env_int("PORT", 80)."""
        if "env" not in name.lower() or not node.args:
            return UNKNOWN
        key = self.value(frame, node.args[0])
        given = [*node.args[1:2], *(item.value for item in node.keywords if item.arg == "default")]
        default = self.value(frame, given[0]) if given else None
        return EnvDefault(key, default if is_known(default) else None) if isinstance(key, str) else UNKNOWN


def _text(parts: tuple[Any, ...]) -> Any:
    """A concatenated text: plain if all its parts are known."""
    flat = tuple(item for part in parts for item in (part.parts if isinstance(part, Text) else (part,)) if item != "")
    if sum(len(part) for part in flat if isinstance(part, str)) > 2000 or len(flat) > 50:
        return UNKNOWN
    if all(isinstance(part, str | int) for part in flat):
        return "".join(map(str, flat))
    return Text(flat)
