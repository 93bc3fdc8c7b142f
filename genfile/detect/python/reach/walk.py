"""The walk from a program's start to the calls that listen, through functions, branches and sub-commands."""

import ast
import re
from collections import deque
from typing import Any

from msgspec.structs import replace

from genfile.detect.python.reach.calls import Listener, listener
from genfile.detect.python.reach.clients import client_of, is_sure, wanted
from genfile.detect.python.reach.commands import commands_of, framed, is_command
from genfile.detect.python.reach.conditions import condition, equals
from genfile.detect.python.reach.effects import called_by, effects
from genfile.detect.python.reach.evaluate import Evaluator
from genfile.detect.python.reach.passage import Passage
from genfile.detect.python.reach.program import Module, inner
from genfile.detect.python.reach.roles import Role, Want, is_of, kind_of, loop_kind
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
        self.wants: list[Want] = []
        self.calls = 0
        # What was found in the current body.
        self._here = Passage()
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
        self._follow(self._here)
        seen = {module.name}
        for name in self._imports:
            # Imported modules run too, but only matter if the program itself does not listen.
            found = self.evaluator.program.module(name)
            if self.listeners or len(seen) > 30:
                return
            if found is not None and found.name not in seen:
                seen.add(found.name)
                self._follow(self._passage(found.parsed.nodes[0], Frame(found)))

    def _follow(self, passage: Passage) -> None:
        """Walk what is called, the nearest to the entry first: listeners are less deep than helpers."""
        self._take(passage)
        while self._queue:
            self._take(self._passage(*self._queue.popleft()))

    def _take(self, passage: Passage) -> None:
        self.listeners += [item for item in passage.listeners if item not in self.listeners]
        self.roles += [item for item in passage.roles if item not in self.roles]
        self.wants += [item for item in passage.wants if item not in self.wants]
        self.calls += passage.calls
        self._imports += passage.imports
        for node, frame in passage.entered:
            seen = self._seen.get(node, 0)
            self._count += 1
            if seen < 3 and self._count <= MAX_FUNCTIONS:
                self._seen[node] = seen + 1
                self._queue.append((node, frame))

    def _passage(self, node: Any, frame: Frame) -> Passage:
        """What is in a body; found once for all the programs that reach it in the same way."""
        key = (node, frame.module.name == self._entry, *frame.entered_by())
        known = self.evaluator.passages
        try:
            if key in known:
                return known[key]
        except TypeError:
            # One of its arguments is a list or a table, which has no hash.
            key = ()
        self._here = Passage()
        self._block(frame, node.body)
        if key and not self.evaluator.ended:
            known[key] = self._here
        return self._here

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
        if found not in self._here.roles:
            self._here.roles.append(found)

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
        yes, no = condition(self.evaluator, frame, node.test)
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
            frame.need = before.also(equals(subject, wanted))
            self._maybe(frame, case.body, False)
        frame.need = before

    def _calls(self, frame: Frame, node: ast.stmt) -> None:
        aside: set[int] = set()
        for item in self.evaluator.program.calls_of(node):
            if id(item) not in aside:
                self._here.calls += 1
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
            if found not in self._here.listeners:
                self._here.listeners.append(found)
            return
        name = called_by(call, callee)
        if not frame.way.maybe:
            self._want(frame, call, name)
        if name == "?.start" and isinstance(call.func, ast.Attribute):
            # The project's own thread class runs its `run`.
            made = self.evaluator.value(frame, call.func.value)
            method = self.evaluator.attribute(made, "run", frame) if isinstance(made, BuiltObject) else None
            if isinstance(method, FunctionRef):
                self._enter(method, None, frame)
        # A wait with a timeout returns after that.
        kind = kind_of(name) if not (name.endswith("Event().wait") and (call.args or call.keywords)) else None
        if kind is not None:
            self._role(frame, kind, name.replace("()", "").removeprefix("?.").removeprefix("builtins."), call.lineno)

    def _want(self, frame: Frame, call: ast.Call, name: str) -> None:
        """Note the variables that a client of another service fails without."""
        client = client_of(name.replace("()", ""))
        if client is None or not is_sure(frame.module.parsed, call):
            return
        values = [self.evaluator.value(frame, item) for item in call.args]
        keywords = {item.arg: self.evaluator.value(frame, item.value) for item in call.keywords if item.arg}
        for variable in wanted(client, values, keywords):
            self._here.wants.append(Want(variable, frame.module.path, call.lineno, frame.way.guarded))

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
                given = [self.evaluator.value(frame, item) for item in call.args[:1]]
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
        self._here.entered.append((handler.node, inside))

    def _enter(self, function: Any, call: ast.Call | None, frame: Frame) -> None:
        if isinstance(function, Instance):
            self._commands(function, frame)
        elif isinstance(function, FunctionRef) and is_command(self.evaluator, function):
            self._here.entered.append((function.node, framed(self.evaluator, function, frame.need.command, frame)))
            self._commands(function, frame)
        elif isinstance(function, FunctionRef):
            inside = self.evaluator.called(function, call, frame)
            if self._taken and not frame.way.aside:
                # The caller uses what it returns, which is the same for every caller.
                inside.way = replace(inside.way, guarded=False)
            self._here.entered.append((function.node, inside))

    def _commands(self, root: Any, frame: Frame) -> None:
        if isinstance(root, Instance) and not root.callee.endswith("Typer"):
            return
        for path, function in commands_of(self.evaluator, root, frame.need.command):
            self._here.entered.append((function.node, framed(self.evaluator, function, path, frame)))

    def _import(self, module: Module, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            self._here.imports += [alias.name for alias in node.names]
            return
        source = module.absolute(node.module, node.level)
        self._here.imports += [source, *(f"{source}.{alias.name}" for alias in node.names)]


def _is_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
