"""The template's part of a project: what an update compares and merges, and what the lock keeps.

What a hook adds or changes is the template's if it is the same each time and no .gitignore of the project excludes it.
Everything else is written once, when the project or the file is new, and then belongs to the user.
"""

from collections.abc import Mapping

from msgspec import Struct

from genfile.project.bases import Bases
from genfile.project.merge import agree, common
from genfile.project.threeway import is_text, lines_of
from genfile.template import answers as record
from genfile.template.project import NewFile, NewProject

# Never the template's: what genfile itself writes about it.
OWN = frozenset({record.FILE})


class Content(Struct, frozen=True):
    """``files``: what is the template's. ``apart``: what was made beside it; folders end in a slash."""

    files: dict[str, NewFile]
    apart: frozenset[str] = frozenset()

    def bases(self) -> Bases:
        """The base of an update."""
        executable = frozenset(path for path, file in self.files.items() if file.executable)
        return Bases({path: file.content for path, file in self.files.items()}, executable)

    def is_apart(self, path: str) -> bool:
        """Whether a path varies or is excluded: no update touches it."""
        folders = (path[: at + 1] for at, char in enumerate(path) if char == "/")
        return path in self.apart or any(folder in self.apart for folder in folders)


def template_content(project: NewProject) -> Content:
    """The template's part of a project that was made with ``again``, of cookiecutter's; else all of it."""
    behind = project.hooked.behind if project.hooked is not None else ()
    files: dict[str, NewFile] = {}
    for path, file in project.files.items():
        content = _steady(project, path) if path not in OWN else None
        if content is not None:
            files[path] = NewFile(content, file.executable)
    return Content(files, frozenset({*behind, *(path for path in project.files if path not in files)}))


def _steady(project: NewProject, path: str) -> bytes | None:
    """What a file holds each time; None if it is not the template's."""
    made, again = project.files[path].content, project.again
    if again is None:
        return made
    rendered = project.hooked.rendered if project.hooked is not None else project.files
    as_rendered = _shared(_content(rendered, path), _content(again.rendered, path))
    if project.hooked is not None and path in project.hooked.ignored:
        return as_rendered
    twice = _content(again.files, path)
    if made == twice or as_rendered is None or twice is None:
        return made if made == twice else None
    if not all(is_text(content) for content in (as_rendered, made, twice)):
        return as_rendered
    return _joined(agree(*(lines_of(content.decode("utf-8")) for content in (as_rendered, made, twice))))


def _shared(one: bytes | None, other: bytes | None) -> bytes | None:
    """The lines that two contents share."""
    if one is None or other is None or one == other:
        return one if other is not None else None
    if not (is_text(one) and is_text(other)):
        return None
    return _joined(common(*(lines_of(content.decode("utf-8")) for content in (one, other))))


def _joined(lines: list[str]) -> bytes:
    return "".join(lines).encode("utf-8")


def _content(files: Mapping[str, NewFile], path: str) -> bytes | None:
    file = files.get(path)
    return None if file is None else file.content
