"""The finding of a check."""

from dataclasses import dataclass, field
from typing import Any, Literal

from genfile.dockerfile.edit import Edit

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Mend:
    """A change of the spec that would put it right: the field, its new value, and why, for the evidence."""

    field: str
    value: Any
    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``check``: the id of the check; ``text``: what is wrong, as a sentence without a full stop; ``hint``:
    what puts it right; ``path`` and ``line``: where; ``level``: `error` where the build or the start fails for
    certain; ``edits``: of the Dockerfile, where they put it right and can't break what works."""

    check: str
    text: str
    path: str | None = None
    line: int | None = None
    hint: str | None = None
    level: Level = "error"
    mend: Mend | None = field(default=None, compare=False)
    edits: tuple[Edit, ...] = field(default=(), compare=False)
