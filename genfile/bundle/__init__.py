"""A folder of files that somebody else wrote, read into memory: a preset or a template."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Bundle:
    """A preset or a template as it was read: bounded, and nothing of it run."""

    reference: str
    kind: Literal["builtin", "folder", "archive", "git", "package"]
    name: str
    files: Mapping[str, bytes]
    executable: frozenset[str]
    commit: str | None
    folder: Path | None
