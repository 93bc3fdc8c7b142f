"""Whether a program is in an image."""

import posixpath
from fnmatch import fnmatchcase

from msgspec import Struct

from genfile.image.bases import known_programs, packages_with
from genfile.image.files import Answer, FoundPath
from genfile.image.packages import Environment, Modules
from genfile.image.stage import StageState


class ProgramLookup(Struct, frozen=True):
    """The answer for a name: where the program is, or what is known of the places searched."""

    answer: Answer
    path: str | None = None
    found: FoundPath | None = None
    installed: tuple[Modules | Environment, ...] = ()


def find_program(stage: StageState, name: str, folder: str | None = None) -> ProgramLookup:
    """Look for a command's program. ``folder``: where the command runs, for names with a slash."""
    if "/" in name:
        path = posixpath.normpath(posixpath.join(folder or stage.folder, name))
        found = stage.files.find(path)
        if found.base and stage.base is not None:
            return ProgramLookup(Answer.YES if _in_base(stage, path) else Answer.UNKNOWN, path, found)
        return ProgramLookup(found.answer, path, found)
    installed: list[Modules | Environment] = []
    unknown = stage.loose is not None
    for place in stage.path:
        path = posixpath.join(place, name)
        found = stage.files.find(path)
        if found.answer is Answer.YES:
            return ProgramLookup(Answer.YES, path, found)
        if found.answer is Answer.UNKNOWN and not found.base:
            unknown = True
        above = stage.files.find(posixpath.dirname(place)).content
        if isinstance(above, Modules | Environment):
            installed.append(above)
    if _in_base(stage, name) or _by_package(stage, name):
        return ProgramLookup(Answer.YES)
    if unknown or stage.base is None or (not stage.base.only and not _can_be_told(stage, name, installed)):
        return ProgramLookup(Answer.UNKNOWN, installed=tuple(installed))
    return ProgramLookup(Answer.NO, installed=tuple(installed))


def environments(stage: StageState) -> list[Environment]:
    """The Python environments on PATH; none if packages may be there unseen."""
    if stage.loose is not None:
        return []
    found: list[Environment] = []
    for place in stage.path:
        item = stage.files.find(posixpath.dirname(place))
        if isinstance(item.content, Environment):
            found.append(item.content)
        elif item.answer is Answer.UNKNOWN and not item.base:
            return []
    return found if all(item.complete for item in found) else []


def _in_base(stage: StageState, name: str) -> bool:
    return stage.base is not None and (name in stage.base.programs or posixpath.basename(name) in stage.base.programs)


def _by_package(stage: StageState, name: str) -> bool:
    patterns = (name, *packages_with(name))
    return any(fnmatchcase(package, pattern) for package in stage.packages for pattern in patterns)


def _can_be_told(stage: StageState, name: str, installed: list[Modules | Environment]) -> bool:
    """Whether a program's absence is certain: known images and packages have it, and nothing else was installed that
    may; or it is a language's package, and an environment is on PATH."""
    if name in known_programs():
        others = [package for package in stage.packages if package not in _HARMLESS]
        return not others or bool(packages_with(name))
    return bool(installed)


_HARMLESS = frozenset("ca-certificates tini dumb-init tzdata openssl locales gnupg apt-transport-https".split())
