"""The walk from a program's start to the calls that listen, through functions, branches and sub-commands."""

import ast
import re
from collections import deque
from dataclasses import replace
from typing import Any

from genfile.detect.python.reach.calls import Listener, http_choice, listener
from genfile.detect.python.reach.commands import commands_of, framed, is_command
from genfile.detect.python.reach.effects import called_by, effects
from genfile.detect.python.reach.evaluate import Evaluator
from genfile.detect.python.reach.program import Module, inner
from genfile.detect.python.reach.roles import Role, is_of, kind_of, loop_kind
from genfile.detect.python.reach.settings import foreign_base
from genfile.detect.python.reach.values import (
    BuiltObject,
    ClassRef,
    External,
    Frame,
    FunctionRef,
    Instance,
    Namespace,
    Need,
    ProgramOption,
    settled,
    variable,
)
from genfile.parsers.values import UNKNOWN

MAX_FUNCTIONS = 500
# Iterators over messages of Kafka, Redis, RabbitMQ, MQTT and Postgres, which never end by themselves.
_CONSUMERS = re.compile(r"(?:Consumer|\.listen|pubsub\(\)|\.iterator|\.messages|\.notifies|\.subscribe)$")
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Walker:
    """One walk from one entry: its listeners, and its other roles. ``calls``: how many calls were visited."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.listeners: list[Listener] = []
        self.roles: list[Role] = []
        self.calls = 0
        self._taken = False
        self._seen: dict[ast.AST, int] = {}
        self._count = 0
        self._queue: deque[tuple[Any, Frame]] = deque()
        self._imports: list[str] = []
        self._entry = ""

    def start(self, module: Module, function: Any = None) -> None:
        """Walk a console script's function, or a module that runs as the program."""
        frame = Frame(module)
        self._entry = module.name
        if function is None:
            self._block(frame, module.body, main=True)
        else:
            self._enter(function, None, frame)
        self._drain()
        seen = {module.name}
        for name in self._imports:
            # Imported modules run too, but only matter if the program itself does not listen.
            found = self.evaluator.program.module(name)
            if self.listeners or len(seen) > 30:
                return
            if found is not None and found.name not in seen:
                seen.add(found.name)
                self._block(Frame(found), found.body)
                self._drain()

    def _block(self, frame: Frame, body: list[ast.stmt], *, main: bool = False) -> None:
        need = frame.need
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(frame.module, node)
            elif isinstance(node, ast.If):
                self._branch(frame, node, main)
            elif isinstance(node, ast.Match):
                self._match(frame, node)
            elif isinstance(node, ast.Try):
                self._block(frame, [*node.body, *node.orelse, *node.finalbody], main=main)
                for handler in node.handlers:
                    self._maybe(frame, handler.body, main)
            else:
                self._statement(frame, node)
                self._block(frame, inner(node), main=main)
        frame.need = need

    def _statement(self, frame: Frame, node: ast.stmt) -> None:
        """Visit one statement: its calls, whether it is a loop that stays, and what it leaves behind."""
        self._taken = isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.With | ast.AsyncWith)
        self._calls(frame, node)
        self._taken = False
        if isinstance(node, ast.While | ast.For | ast.AsyncFor):
            kind = loop_kind(node)
            if kind == "loop" and frame.module.name != self._entry:
                kind = "open"
            iterated = self.evaluator.value(frame, node.iter) if not isinstance(node, ast.While) else None
            if isinstance(iterated, Instance) and _CONSUMERS.search(iterated.callee):
                kind = "stays"
            if kind is not None:
                self._role(frame, kind, "a loop", node.lineno)
        if frame.way.guarded:
            for text, line in effects(self.evaluator, frame, node):
                self._role(frame, "effect", text, line)

    def _role(self, frame: Frame, kind: str, callee: str, line: int) -> None:
        found = Role(kind, callee, frame.module.path, line, frame.need, frame.way)
        if found not in self.roles:
            self.roles.append(found)

    def _maybe(self, frame: Frame, body: list[ast.stmt], main: bool) -> None:
        """Walk code that only runs in one of several cases."""
        way = frame.way
        frame.way = replace(way, maybe=True)
        self._block(frame, body, main=main)
        frame.way = way

    def _branch(self, frame: Frame, node: ast.If, main: bool) -> None:
        if _is_guard(node.test):
            if main:
                way = frame.way
                frame.way = replace(way, guarded=True)
                self._block(frame, node.body, main=True)
                frame.way = way
            return
        self._calls(frame, node)
        before = frame.need
        yes, no = self._condition(frame, node.test)
        frame.need = before.also(yes)
        self._maybe(frame, node.body, main)
        frame.need = before.also(no)
        self._maybe(frame, node.orelse, main)
        ended = bool(node.body) and isinstance(node.body[-1], _ENDS)
        # After a branch that leaves, the rest is the other branch.
        frame.need = before.also(no) if ended else before

    def _match(self, frame: Frame, node: ast.Match) -> None:
        subject = self.evaluator.value(frame, node.subject)
        before = frame.need
        for case in node.cases:
            pattern = case.pattern
            value = pattern.value if isinstance(pattern, ast.MatchValue) else None
            wanted = self.evaluator.value(frame, value) if value is not None else UNKNOWN
            frame.need = before.also(_equals(subject, wanted))
            self._maybe(frame, case.body, False)
        frame.need = before

    def _condition(self, frame: Frame, test: ast.expr) -> tuple[Need, Need]:
        """The needs under which a condition holds, and those under which it does not."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yes, no = self._condition(frame, test.operand)
            return no, yes
        if isinstance(test, ast.BoolOp):
            pairs = [self._condition(frame, item) for item in test.values]
            if isinstance(test.op, ast.And):
                need = Need()
                for yes, _ in pairs:
                    need = need.also(yes)
                return need, Need()
            return min((yes for yes, _ in pairs), key=lambda item: item.size), Need()
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            value = self.evaluator.value(frame, test.left)
            other = self.evaluator.value(frame, test.comparators[0])
            if isinstance(test.comparators[0], ast.Constant) and other is None:
                given = _truth(value)
                return (given, Need()) if isinstance(test.ops[0], ast.IsNot) else (Need(), given)
            if isinstance(test.ops[0], ast.In) and isinstance(other, list) and other:
                given = settled(value) if settled(value) in other else other[0]
                return _equals(value, given), Need()
            if isinstance(test.ops[0], ast.Eq | ast.Is):
                return _equals(value, other), _differs(value, other)
            if isinstance(test.ops[0], ast.NotEq | ast.IsNot):
                return _differs(value, other), _equals(value, other)
            return Need(), Need()
        return _truth(self.evaluator.value(frame, test)), Need()

    def _calls(self, frame: Frame, node: ast.stmt) -> None:
        aside: set[int] = set()
        for item in self.evaluator.program.calls_of(node):
            if id(item) not in aside:
                self.calls += 1
                self._call(frame, item, aside)

    def _call(self, frame: Frame, call: ast.Call, aside: set[int]) -> None:
        if self._handled(frame, call):
            return
        callee = self.evaluator.value(frame, call.func)
        if isinstance(callee, FunctionRef):
            self._enter(callee, call, frame)
        elif isinstance(callee, ClassRef):
            self._made(callee, call, frame)
        elif isinstance(callee, Instance):
            self._commands(callee, frame)
        elif isinstance(callee, External) and is_of("aside", callee.name):
            aside.update(self._aside(frame, call))
            return
        else:
            self._foreign(frame, call, callee)
            self._overridden(frame, call)
        if getattr(call.func, "attr", "") == "set_defaults":
            # The function of a chosen sub-command.
            return
        # A keyword argument such as `lifespan=` or `on_startup=` is called later.
        beside = replace(frame, way=replace(frame.way, aside=True)) if call.keywords else frame
        pairs = [(item, frame) for item in call.args] + [(keyword.value, beside) for keyword in call.keywords]
        for item, where in pairs:
            if isinstance(item, ast.Name | ast.Attribute):
                given = self.evaluator.value(frame, item)
                if isinstance(given, FunctionRef):
                    self._enter(given, None, where)

    def _made(self, callee: ClassRef, call: ast.Call, frame: Frame) -> None:
        """Walk a class's constructor: the project's own, else that of the package's base class."""
        init = self.evaluator.attribute(BuiltObject(callee, call, frame), "__init__", frame)
        if isinstance(init, FunctionRef):
            self._enter(init, call, frame)
        base = foreign_base(self.evaluator, callee)
        if base is not None:
            self._foreign(frame, call, External(base))

    def _overridden(self, frame: Frame, call: ast.Call) -> None:
        """A method inherited from another package may call anything that the project's class defines."""
        made = self.evaluator.value(frame, call.func.value) if isinstance(call.func, ast.Attribute) else None
        if not isinstance(made, BuiltObject) or foreign_base(self.evaluator, made.made_by) is None:
            return
        way = frame.way
        frame.way = replace(way, maybe=True)
        for node in made.made_by.node.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__init__":
                self._enter(FunctionRef(made.made_by.frame, node, made), None, frame)
        frame.way = way

    def _foreign(self, frame: Frame, call: ast.Call, callee: Any) -> None:
        """Visit a call of another package, or of something unknown: it may listen, stay, or ask somebody."""
        found = listener(self.evaluator, frame, call, callee)
        if found is not None:
            if found not in self.listeners:
                self.listeners.append(found)
            return
        name = called_by(call, callee)
        if name == "?.start" and isinstance(call.func, ast.Attribute):
            # The project's own thread class runs its `run`.
            made = self.evaluator.value(frame, call.func.value)
            method = self.evaluator.attribute(made, "run", frame) if isinstance(made, BuiltObject) else None
            if isinstance(method, FunctionRef):
                self._enter(method, None, frame)
        # One that is told for how long goes on after that.
        kind = kind_of(name) if not (name.endswith("Event().wait") and (call.args or call.keywords)) else None
        if kind is not None:
            self._role(frame, kind, name.replace("()", "").removeprefix("?.").removeprefix("builtins."), call.lineno)

    def _aside(self, frame: Frame, call: ast.Call) -> set[int]:
        """Walk what a thread or a process runs; its calls belong to the thread alone."""
        beside = replace(frame, way=replace(frame.way, aside=True))
        given = {item.arg: item.value for item in call.keywords if item.arg}
        targets = [given[name] for name in ("target", "function") if name in given] or list(call.args)
        held: set[int] = set()
        for target in targets:
            if isinstance(target, ast.Lambda):
                held |= {id(item) for item in ast.walk(target)}
                self._calls(beside, ast.copy_location(ast.Expr(target.body), call))
                return held
            value = self.evaluator.value(frame, target)
            if isinstance(value, FunctionRef | External):
                table = given.get("kwargs")
                pairs = zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ()
                keywords = [ast.keyword(key.value, item) for key, item in pairs if isinstance(key, ast.Constant)]  # type: ignore[arg-type]
                listed = given.get("args")
                own = list(listed.elts) if isinstance(listed, ast.Tuple | ast.List) else []
                self._call(beside, ast.copy_location(ast.Call(target, own, keywords), call), held)
                return held
        self._role(beside, "open", "a thread", call.lineno)
        return held

    def _handled(self, frame: Frame, call: ast.Call) -> bool:
        """`args.func(args)` and `HANDLERS[args.command](args)`: one call for each sub-command."""
        func = call.func
        given = [self.evaluator.value(frame, item) for item in call.args[:1]]
        if isinstance(func, ast.Attribute):
            base = self.evaluator.value(frame, func.value)
            if isinstance(base, Namespace) and base.handlers and func.attr not in base.options:
                for path, handler in base.handlers:
                    narrowed = Namespace(base.options, base.handlers, path)
                    self._run(handler, narrowed, Need(path), frame)
                return True
        if isinstance(func, ast.Subscript):
            table = self.evaluator.value(frame, func.value)
            key = self.evaluator.value(frame, func.slice)
            if isinstance(table, dict) and isinstance(key, ProgramOption) and key.kind == "command":
                for name, handler in table.items():
                    path = (*key.path, name)
                    own: Any = given[0] if given else None
                    if isinstance(own, Namespace):
                        own = Namespace(own.options, own.handlers, path)
                    if isinstance(handler, FunctionRef):
                        self._run(handler, own, Need(path), frame)
                return True
        return False

    def _run(self, handler: FunctionRef, given: Any, need: Need, frame: Frame) -> None:
        inside = self.evaluator.called(handler, None, frame)
        inside.need = frame.need.also(need)
        names = [item.arg for item in handler.node.args.args]
        if names and given is not None:
            inside.bound[names[0]] = given
        self._walk(handler.node, inside)

    def _enter(self, function: Any, call: ast.Call | None, frame: Frame) -> None:
        if isinstance(function, Instance):
            self._commands(function, frame)
        elif isinstance(function, FunctionRef) and is_command(self.evaluator, function):
            self._walk(function.node, framed(self.evaluator, function, frame.need.command, frame))
            self._commands(function, frame)
        elif isinstance(function, FunctionRef):
            inside = self.evaluator.called(function, call, frame)
            if self._taken and not frame.way.aside:
                # Whatever calls a function, it returns the same.
                inside.way = replace(inside.way, guarded=False)
            self._walk(function.node, inside)

    def _commands(self, root: Any, frame: Frame) -> None:
        if isinstance(root, Instance) and not root.callee.endswith("Typer"):
            return
        for path, function in commands_of(self.evaluator, root, frame.need.command):
            self._walk(function.node, framed(self.evaluator, function, path, frame))

    def _walk(self, node: Any, frame: Frame) -> None:
        seen = self._seen.get(node, 0)
        self._count += 1
        if seen < 3 and self._count <= MAX_FUNCTIONS:
            self._seen[node] = seen + 1
            self._queue.append((node, frame))

    def _drain(self) -> None:
        """Walk the pending calls, nearest to the entry first: listeners are less deep than helpers."""
        while self._queue:
            node, frame = self._queue.popleft()
            self._block(frame, node.body)

    def _import(self, module: Module, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            self._imports += [alias.name for alias in node.names]
            return
        source = module.absolute(node.module, node.level)
        self._imports += [source, *(f"{source}.{alias.name}" for alias in node.names)]


def _truth(value: Any) -> Need:
    """The needs under which an option is set; for an option with a value, which one is unknown."""
    if isinstance(value, ProgramOption) and value.kind != "command" and value.flag and not settled(value):
        return Need((), ((value.path, value.flag, None if value.kind == "switch" else ""),))
    return Need()


def _equals(value: Any, other: Any) -> Need:
    """The needs under which a value equals another one."""
    if not isinstance(other, str | bool):
        return Need()
    if isinstance(value, ProgramOption):
        if value.kind == "command":
            return Need((*value.path, str(other)))
        if settled(value) == other or not isinstance(other, str) or not value.flag:
            return Need()
        return Need((), ((value.path, value.flag, other),))
    name = variable(value)
    if name is not None and isinstance(other, str) and settled(value) != other:
        return Need((), (), ((name, other),))
    return Need()


def _differs(value: Any, other: Any) -> Need:
    """The needs under which a value differs from another one: among choices, HTTP first."""
    if settled(value) != other or not isinstance(other, str):
        return Need()
    if isinstance(value, ProgramOption) and value.kind == "value" and value.flag:
        left = tuple(item for item in value.choices if item != other)
        if left or other == "stdio":
            choice = http_choice(left)
            return Need((), ((value.path, value.flag, choice if not left or choice in left else left[0]),))
    name = variable(value)
    return Need((), (), ((name, "http"),)) if name is not None and other == "stdio" else Need()


def _is_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
