"""The result of rendering a template; nothing is written yet."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from genfile.errors import PresetError
from genfile.protected import is_protected

_ODD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class NewFile(Struct, frozen=True):
    content: bytes
    executable: bool = False


Files = Mapping[str, NewFile]


class Earlier(Struct, frozen=True):
    """Earlier answers; ``defaulted``: accepted defaults, which change with the answers that they depend on."""

    values: Mapping[str, Any] = field(default_factory=dict)
    defaulted: frozenset[str] = frozenset()


NONE_EARLIER = Earlier()


class Hooked(Struct, frozen=True):
    """The effects of hooks on a project, besides the files that they left.

    ``rendered``: the files as they were before any hook changed one. ``ignored``: paths that hooks added or changed and
    that the project's own .gitignore leaves out. ``behind``: folders, with a slash at the end, that the hooks made and
    that do not become part of the project. ``repositories``: folders of version control that the hooks made.
    """

    rendered: Files
    ignored: frozenset[str] = frozenset()
    behind: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


class Again(Struct, frozen=True):
    """The same answers rendered again: what differs is random, and not content of the template."""

    rendered: Files
    files: Files


class NewProject(Struct, frozen=True):
    """The files of a new project, the name that the template gives its folder, and the answers to keep.

    ``unsteady``: questions whose default is another one each time; their values are not kept. Nothing that belongs to
    version control is ever in a project. Raises PresetError for it.
    """

    files: dict[str, NewFile]
    folder: str
    answers: dict[str, Any]
    folders: tuple[str, ...] = ()
    unsteady: frozenset[str] = frozenset()
    hooked: Hooked | None = None
    again: Again | None = None

    def __post_init__(self) -> None:
        for path in (*self.files, *self.folders, self.folder):
            if _ODD.search(path):
                raise PresetError(f"{path[:80]!a} is not a file name: it contains a control character")
            if is_protected(path):
                raise PresetError(f"a template can't write {path[:80]!r}: it is in a version control folder")
