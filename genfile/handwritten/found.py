"""A finding, with what puts it right."""

from typing import Any

from msgspec import Struct

from genfile.dockerfile.edit import Edit
from genfile.evidence import Evidence, Risk

_GRAVE = ("error", "warning", "hint")


class Found(Struct, frozen=True):
    """``edits``: of the file that the finding is in; none where nothing safe puts it right. ``source``: the program
    that found it, None for genfile itself. ``evidence``: the places that the text cites."""

    risk: Risk
    edits: tuple[Edit, ...] = ()
    source: str | None = None
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        edits = [{"line": item.line, "end_line": item.end, "text": item.text} for item in self.edits]
        return {**self.risk.to_json(), "edits": edits, "source": self.source or "genfile"}


def by_weight(found: Found) -> tuple[int, int, str]:
    """What orders the findings in a file: the grave ones first, those of a level by their lines."""
    return _GRAVE.index(found.risk.level), found.risk.line or 0, found.risk.id
