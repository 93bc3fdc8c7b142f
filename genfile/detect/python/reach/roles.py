"""What a call or a loop means for a program's life: it keeps running, asks a person, or runs something aside."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct, field

from genfile.data import load_table
from genfile.detect.python.reach.values import Need, Way

# Names in the condition of a loop that runs until the program is told to stop.
_RUNNING = re.compile(r"running|alive|stop|shutdown|terminat|exit_event", re.IGNORECASE)
# Names of calls that may stay, whichever library they come from.
_MAY_STAY = re.compile(r"(?:^|\.)(?:start|run|serve|listen|poll|watch|consume)_\w+$|_(?:forever|loop)$")
_WAITS = ("sleep", "run_pending", "poll", "wait", "blpop", "receive")


class Role(Struct, frozen=True):
    """Something that a program does: its kind, the callee, the place, its conditions, and the way there.

    Kinds: `stays`, `loop` (waits between rounds), `terminal`, `window`, `open` (may stay, for all that is known), and
    `effect`: done before or beside the main purpose, leaving something behind.
    """

    kind: str
    callee: str
    path: str
    line: int
    need: Need = field(default_factory=Need)
    way: Way = field(default_factory=Way)


class Want(Struct, frozen=True):
    """A variable that a call of the program fails without, and the place of the call; ``guarded``: under the main
    guard."""

    variable: str
    path: str
    line: int
    guarded: bool = False


@cache
def _names(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The callees of a kind in the data: by the ends of their names, or whole libraries by their beginnings."""
    words = load_table("lives")["python"][kind].split()
    libraries = tuple(word.removesuffix("*") for word in words if word.endswith(".*"))
    return tuple(word for word in words if not word.endswith(".*")), libraries


def is_of(kind: str, name: str) -> bool:
    """Whether a callee's dotted name is of a kind: by its end after a dot, or by its library."""
    return f".{name}".endswith(_dotted(kind)) or name.startswith(_names(kind)[1])


@cache
def _dotted(kind: str) -> tuple[str, ...]:
    return tuple(f".{end}" for end in _names(kind)[0])


def kind_of(name: str) -> str | None:
    """The kind of role that a callee has; None if it simply returns."""
    for kind in ("terminal", "window"):
        if is_of(kind, name):
            return kind
    # A client may be of any class whose name ends this way: commands.AutoShardedBot().run.
    if name.endswith(_names("stays")[0]):
        return "stays"
    if is_of("hands_on", name):
        return None
    return "open" if is_of("may_stay", name) or _MAY_STAY.search(name) else None


def is_effect(name: str) -> bool:
    """Whether a call may leave something behind that a server needs later."""
    return not any(is_of(kind, name) for kind in ("harmless", "hands_on", "aside", "terminal"))


def loop_kind(node: ast.While | ast.For | ast.AsyncFor) -> str | None:
    """`loop` for an endless loop that waits between its rounds, `open` for another endless one or one over future
    events; else None."""
    if not isinstance(node, ast.While):
        return "open" if isinstance(node, ast.AsyncFor) else None
    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    names = [getattr(item, "attr", getattr(item, "id", "")) for item in ast.walk(node.test)]
    if not endless and not any(_RUNNING.search(name) for name in names):
        return None
    called = {
        getattr(item.func, "attr", getattr(item.func, "id", ""))
        for item in ast.walk(node)
        if isinstance(item, ast.Call)
    }
    if "input" in called:
        return None
    if any(name.startswith(_WAITS) for name in called):
        return "loop"
    return None if any(isinstance(item, ast.Break | ast.Return) for item in _own(node)) else "open"


def _own(loop: ast.While) -> Iterator[ast.AST]:
    """What is in a loop, without inner loops and functions."""
    stack: list[ast.AST] = list(loop.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.While | ast.For | ast.AsyncFor | ast.FunctionDef | ast.AsyncFunctionDef):
            stack.extend(ast.iter_child_nodes(node))
