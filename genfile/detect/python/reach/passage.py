"""What a walk finds in the body of a function or a module."""

from typing import Any

from msgspec import Struct, field

from genfile.detect.python.reach.calls import Listener
from genfile.detect.python.reach.roles import Role, Want
from genfile.detect.python.reach.values import Frame


class Passage(Struct):
    """A body's listeners, its other roles, its imports, the bodies that it enters, and the variables that it can't do
    without, each in order.

    ``calls``: how many calls were visited.
    """

    listeners: list[Listener] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    entered: list[tuple[Any, Frame]] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    calls: int = 0
