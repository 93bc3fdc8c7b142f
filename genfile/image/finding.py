"""A check's finding."""

from dataclasses import dataclass, field
from typing import Any, Literal

from genfile.dockerfile.edit import Edit

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Mend:
    """A change of the spec that fixes it: the field, its new value, and the reason, for the evidence."""

    field: str
    value: Any
    says: str


@dataclass(frozen=True, slots=True)
class Finding:
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
    mend: Mend | None = field(default=None, compare=False)
    edits: tuple[Edit, ...] = field(default=(), compare=False)
