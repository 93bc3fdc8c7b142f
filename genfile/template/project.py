"""What rendering a template gives; nothing of it is written yet."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NewFile:
    content: bytes
    executable: bool = False


@dataclass(frozen=True)
class Project:
    """The files of a new project, the name that the template gives its folder, and the answers to keep."""

    files: dict[str, NewFile]
    folder: str
    answers: dict[str, Any]
    folders: tuple[str, ...] = ()
