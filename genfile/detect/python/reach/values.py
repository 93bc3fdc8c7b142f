"""The values that an expression can have, besides plain values, UNKNOWN and environment variables."""

import ast
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.parsers.values import UNKNOWN, EnvDefault

if TYPE_CHECKING:
    from genfile.detect.python.reach.program import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Path = tuple[str, ...]


class ProgramOption(Struct, frozen=True):
    """An option of the command line: its flag, its default, and the sub-command that it belongs to.

    ``kind``: `value`, `switch` (a flag without a value), or `command` (the name of the sub-command itself).
    """

    flag: str
    default: Any = None
    path: Path = ()
    kind: str = "value"
    choices: tuple[str, ...] = ()


class Need(Struct, frozen=True):
    """A condition under which a line of the program is reached."""

    command: Path = ()
    flags: tuple[tuple[Path, str, str | None], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def also(self, other: "Need") -> "Need":
        command = other.command if other.command[: len(self.command)] == self.command else self.command
        return Need(
            command,
            tuple(dict.fromkeys(self.flags + other.flags)),
            tuple(dict.fromkeys(self.environment + other.environment)),
        )

    @property
    def size(self) -> int:
        return len(self.command) + len(self.flags) + len(self.environment)


class Way(Struct, frozen=True):
    """How the walk reached a line: in a background thread, in one of several branches, under the main guard."""

    aside: bool = False
    maybe: bool = False
    guarded: bool = False


class Frame(Struct, eq=False):
    """The scope of an expression: a module, a function in it, and the bound parameters. ``known``: its variables that
    are already evaluated."""

    module: "Module"
    function: FunctionNode | None = None
    bound: dict[str, Any] = field(default_factory=dict)
    need: Need = Need()
    outer: "Frame | None" = None
    known: dict[str, Any] = field(default_factory=dict)
    way: Way = Way()

    def entered_by(self) -> tuple[Any, ...]:
        """What the walk through a body depends on: how the walk got there, and with which arguments."""
        given = ((name, value.__class__, value) for name, value in self.bound.items())
        return (self.need, self.way, self.outer, *given)


class FunctionRef(Struct, frozen=True, eq=False):
    """A function or method of the project."""

    frame: Frame
    node: FunctionNode
    owner: "BuiltObject | None" = None


class ClassRef(Struct, frozen=True, eq=False):
    """A class of the project."""

    frame: Frame
    node: ast.ClassDef


class BuiltObject(Struct, frozen=True, eq=False):
    """An instance of a project class, with the call that created it, if there is one."""

    made_by: ClassRef
    call: ast.Call | None = None
    frame: Frame | None = None


class ModuleRef(Struct, frozen=True):
    """A module of the project."""

    name: str


class External(Struct, frozen=True):
    """A dotted name in another package."""

    name: str


class Instance(Struct, frozen=True, eq=False):
    """What a call of another package returns: the dotted callee, the call, its place."""

    callee: str
    call: ast.Call
    frame: Frame


class File(Struct, frozen=True):
    """A file that is opened, relative to the project."""

    path: str


class Namespace(Struct, eq=False):
    """The result of `parse_args()`: the options by attribute name."""

    options: dict[str, list[ProgramOption]]
    handlers: list[tuple[Path, FunctionRef]] = field(default_factory=list)
    path: Path = ()

    def option(self, name: str, path: Path) -> Any:
        """The option of that name that the sub-command takes, else the first of that name."""
        listed = self.options.get(name, [])
        wanted = self.path or path
        fitting = [item for item in listed if item.path == wanted[: len(item.path)]]
        return max(fitting, key=lambda item: len(item.path)) if fitting else listed[0] if listed else UNKNOWN


class Text(Struct, frozen=True):
    """A text that is only partly known before the program runs."""

    parts: tuple[Any, ...]


def settled(value: Any) -> Any:
    """A value if nothing is set from outside: defaults of options and variables; else UNKNOWN."""
    for _ in range(5):
        if isinstance(value, ProgramOption | EnvDefault):
            value = value.default
        elif isinstance(value, Text):
            parts = [settled(part) for part in value.parts]
            return "".join(map(str, parts)) if all(isinstance(part, str | int) for part in parts) else UNKNOWN
        else:
            return value
    return UNKNOWN


def variable(value: Any) -> str | None:
    """The environment variable that sets a value, or a part of a text; None if none does."""
    if isinstance(value, Text):
        return next((name for name in map(variable, reversed(value.parts)) if name), None)
    for _ in range(5):
        if isinstance(value, EnvDefault):
            return value.name
        if not isinstance(value, ProgramOption):
            return None
        value = value.default
    return None
