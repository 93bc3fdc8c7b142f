"""The files of a stage on paper: paths that exist, that do not exist, and that are unknown.

A stage's files are a list of layers, the newest last, each the trace of one step. A path is looked up from the newest
layer down, and the first layer that is sure of it answers. A layer that may have touched it turns a *no* further down
into *unknown*, and leaves a *yes* as it is.
"""

import posixpath
from collections.abc import Iterator
from enum import Enum
from fnmatch import fnmatchcase
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from genfile.image.context import Context

# The owner of a folder that everybody may write to.
ANYONE = "*"


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class InstalledContent(Protocol):
    """What a known command installed into a folder: node_modules, a virtual environment."""

    def look(self, inner: str) -> Answer:
        """Whether a path relative to the folder exists."""


class FoundPath(Struct, frozen=True):
    """What is known of one path.

    ``source``: the path in the build context that it is a copy of; ``base``: it is in one of the base image's own
    folders; ``owner``: its user, as a number or a name.
    """

    answer: Answer
    why: str = ""
    source: str | None = None
    owner: str = "0"
    folder: bool = False
    base: bool = False
    content: InstalledContent | None = None
    # All that is known is that something is below it: an older layer may know its owner.
    implied: bool = False


_NO = FoundPath(Answer.NO)


class MadePath(Struct, frozen=True):
    """A file or folder that a step created.

    ``open``: the folder may contain more than the step is known to make; ``either``: it may also be a file.
    """

    path: str
    why: str
    folder: bool = False
    open: bool = False
    owner: str = "0"
    content: InstalledContent | None = None
    source: str | None = None
    either: bool = False

    def look(self, path: str) -> FoundPath | None:
        if path == self.path:
            folder = self.folder and not self.either
            return FoundPath(Answer.YES, self.why, self.source, self.owner, folder, content=self.content)
        if below(self.path, path) is not None:
            return FoundPath(Answer.YES, self.why, None, "0", folder=True, implied=True)
        inner = below(path, self.path)
        if inner is None or not self.folder:
            return None
        if self.content is not None:
            answer = self.content.look(inner)
            return FoundPath(answer, self.why, owner=self.owner) if answer is not Answer.NO else None
        return FoundPath(Answer.UNKNOWN, self.why, owner=self.owner) if self.open else None

    def paths(self, start: str) -> Iterator[str]:
        if below(self.path, start) is not None:
            yield self.path


class FromContext(Struct, frozen=True):
    """A copy of a file or folder from the build context."""

    context: Context
    source: str
    target: str
    owner: str = "0"
    left_out: tuple[str, ...] = ()

    def look(self, path: str) -> FoundPath | None:
        inner = below(path, self.target)
        if inner and _is_left_out(inner, self.left_out):
            return None
        if inner is None:
            return FoundPath(Answer.YES, folder=True, implied=True) if below(self.target, path) is not None else None
        source = posixpath.normpath(posixpath.join(self.source, inner)) if inner else self.source
        found = self.context.find(source)
        if found is None and self.context.whole and inner:
            # Parts of a copied folder that no clean checkout has: installed packages, build output.
            return None
        if found is None:
            return FoundPath(Answer.UNKNOWN, f"{source} of the build context is unknown")
        if not found and inner:
            return None
        folder = self.context.is_folder(source)
        return FoundPath(Answer.YES, "", source, self.owner, folder)

    def paths(self, start: str) -> Iterator[str]:
        inner = below(start, self.target)
        base = posixpath.join(self.source, inner) if inner else self.source
        top = start if inner is not None else self.target
        if inner is None and below(self.target, start) is None:
            return
        for path in self.context.below(posixpath.normpath(base)):
            yield posixpath.join(top, path) if path else top


class FromStage(Struct, frozen=True):
    """A copy of a file or folder from another stage, as it was at the end of that stage."""

    files: "Files"
    source: str
    target: str
    owner: str = "0"
    left_out: tuple[str, ...] = ()

    def look(self, path: str) -> FoundPath | None:
        inner = below(path, self.target)
        if inner and _is_left_out(inner, self.left_out):
            return None
        if inner is None:
            return FoundPath(Answer.YES, folder=True, implied=True) if below(self.target, path) is not None else None
        found = self.files.find(posixpath.join(self.source, inner) if inner else self.source)
        if found.answer is Answer.NO:
            return None
        return replace(found, owner=self.owner, base=False)

    def paths(self, start: str) -> Iterator[str]:
        inner = below(start, self.target)
        if inner is None:
            if below(self.target, start) is not None:
                yield from (join(self.target, path, self.source) for path in self.files.listed(self.source))
            return
        base = posixpath.join(self.source, inner) if inner else self.source
        yield from (join(start, path, base) for path in self.files.listed(base))


class _Unlisted:
    """A layer that does not know paths by name."""

    __slots__ = ()

    def paths(self, start: str) -> Iterator[str]:
        return iter(())


class Unknown(_Unlisted, Struct, frozen=True):
    """A folder that may hold anything after a step. ``base``: the base image filled it."""

    path: str
    why: str
    base: bool = False

    def look(self, path: str) -> FoundPath | None:
        if below(path, self.path) is None and below(self.path, path) is None:
            return None
        return FoundPath(Answer.UNKNOWN, self.why, base=self.base)


class Gone(_Unlisted, Struct, frozen=True):
    """A file or folder that a step removed."""

    path: str
    why: str

    def look(self, path: str) -> FoundPath | None:
        return FoundPath(Answer.NO, self.why) if below(path, self.path) is not None else None


class Owned(_Unlisted, Struct, frozen=True):
    """A change of owner, for one path or everything below it."""

    path: str
    owner: str
    recursive: bool = False

    def covers(self, path: str) -> bool:
        return path == self.path or (self.recursive and below(path, self.path) is not None)

    def look(self, path: str) -> FoundPath | None:
        return None


class Loose(_Unlisted, Struct, frozen=True):
    """Folders with one name, anywhere below a folder, that a step may have created and filled."""

    path: str
    name: str
    why: str

    def look(self, path: str) -> FoundPath | None:
        inner = below(path, self.path)
        if inner is None or self.name not in inner.split("/"):
            return None
        return FoundPath(Answer.UNKNOWN, self.why)


Layer = Loose | MadePath | FromContext | FromStage | Unknown | Gone | Owned
# How many paths one listing returns.
MAX_LISTED = 20_000


class Files:
    """The layers of one stage. ``put`` adds one; a stage that starts from another starts with a copy of its layers."""

    def __init__(self, layers: tuple[Layer, ...] = ()) -> None:
        self._layers = list(layers)
        # Answers since the last layer, since stages that copy each other repeat their questions.
        self._found: dict[str, FoundPath] = {}
        self._listed: dict[str, list[str]] = {}
        self._whole: dict[str, bool] = {}

    def copy(self) -> "Files":
        return Files(tuple(self._layers))

    def put(self, layer: Layer) -> None:
        self._layers.append(layer)
        self._found.clear()
        self._listed.clear()
        self._whole.clear()

    def __len__(self) -> int:
        return len(self._layers)

    def since(self, count: int) -> tuple[Layer, ...]:
        """The layers after the first ``count``."""
        return tuple(self._layers[count:])

    def find(self, path: str) -> FoundPath:
        """What is known of an absolute path."""
        path = posixpath.normpath(path)
        if path not in self._found:
            self._found[path] = self._find(path)
        return self._found[path]

    def _find(self, path: str) -> FoundPath:
        unknown: FoundPath | None = None
        implied: FoundPath | None = None
        owner: str | None = None
        for layer in reversed(self._layers):
            if isinstance(layer, Owned):
                owner = layer.owner if owner is None and layer.covers(path) else owner
                continue
            found = layer.look(path)
            if found is None:
                continue
            if found.answer is Answer.UNKNOWN:
                unknown = unknown or found
                continue
            if found.implied:
                implied = implied or found
                continue
            if found.answer is Answer.YES:
                return replace(found, owner=owner) if owner is not None else found
            return self._there(implied, owner) or unknown or found
        if path == "/":
            return FoundPath(Answer.YES, folder=True)
        return self._there(implied, owner) or unknown or _NO

    @staticmethod
    def _there(implied: FoundPath | None, owner: str | None) -> FoundPath | None:
        """A folder known from what is below it, with its latest owner."""
        return replace(implied, owner=owner) if implied is not None and owner is not None else implied

    def listed(self, start: str) -> list[str]:
        """The known files at and below a path, without those removed since."""
        if start not in self._listed:
            self._listed[start] = self._list(start)
        return self._listed[start]

    def _list(self, start: str) -> list[str]:
        seen: dict[str, None] = {}
        for layer in self._layers:
            for path in layer.paths(start):
                seen[path] = None
                if len(seen) >= MAX_LISTED:
                    break
        return [path for path in seen if self.find(path).answer is not Answer.NO]

    def matching(self, pattern: str) -> tuple[list[str], bool]:
        """The known files that match a COPY pattern, and whether those are all."""
        fixed = pattern.partition("*")[0].partition("?")[0].rpartition("/")[0] or "/"
        found = [
            path for path in self.listed(fixed) if fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
        ]
        if fixed not in self._whole:
            self._whole[fixed] = not any(_opens(layer, fixed) for layer in self._layers)
        return sorted(found), self._whole[fixed]


def _opens(layer: Layer, folder: str) -> bool:
    """Whether a folder may contain more than the layers show."""
    if isinstance(layer, Unknown):
        return below(folder, layer.path) is not None or below(layer.path, folder) is not None
    if isinstance(layer, MadePath):
        return (layer.open or layer.content is not None) and below(folder, layer.path) is not None
    if isinstance(layer, FromStage):
        inner = below(folder, layer.target)
        return inner is not None and not layer.files.matching(posixpath.join(layer.source, inner, "*"))[1]
    return False


def either(path: str, why: str, owner: str = "0") -> MadePath:
    """A file, or a folder that may hold anything."""
    return MadePath(path, why, folder=True, open=True, owner=owner, either=True)


def _is_left_out(inner: str, paths: tuple[str, ...]) -> bool:
    """Whether --exclude names a path in a folder."""
    return any(below(inner, path) is not None for path in paths)


def below(path: str, folder: str) -> str | None:
    """A path relative to a folder that contains it ("" for the folder itself); None for any other."""
    if not path.startswith(folder):
        return None
    inner = path[len(folder) :]
    if not inner or folder.endswith("/"):
        return inner
    return inner[1:] if inner[0] == "/" else None


def join(target: str, path: str, source: str) -> str:
    """A path below one folder, moved below another."""
    inner = below(path, source)
    return posixpath.join(target, inner) if inner else target
