"""A check's finding."""

from typing import Any, Literal

from msgspec import Struct

from genfile.dockerfile.edit import Edit
from genfile.evidence import Comparable

Level = Literal["error", "warning"]


class Mend(Struct, frozen=True):
    """A change of the spec that fixes it: the field, its new value, and the reason, for the evidence."""

    field: str
    value: Any
    says: str


class Finding(Comparable, frozen=True, eq=False):
    """A fault.

    ``check``: the id of the check; ``text``: what is wrong, as a sentence without a full stop; ``hint``: how to fix it;
    ``path`` and ``line``: where; ``level``: `error` if the build or the start certainly fails; ``edits``: safe edits of
    the Dockerfile that fix it.
    """

    check: str
    text: str
    path: str | None = None
    line: int | None = None
    hint: str | None = None
    level: Level = "error"
    mend: Mend | None = None
    edits: tuple[Edit, ...] = ()

    def _compared(self) -> tuple[object, ...]:
        """The fields that make two equal: all but ``mend`` and ``edits``."""
        return self.check, self.text, self.path, self.line, self.hint, self.level
