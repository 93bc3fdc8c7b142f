"""The commands and flags of a program: the part that each leads to, and its words."""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from genfile.parsers.go import GoFile
from genfile.parsers.goflow import Declaration, Part

# Words that make a program serve, best first; where both exist, `start` goes to the background.
SERVING = ("serve", "server", "web", "http", "api", "daemon", "run", "start")
MAX_DEPTH = 6
# Where a command is created: the folder, the function whose variable it is (`` for a package's), the name.
_Key = tuple[str, str, str]


class DeclarationPlace(Struct):
    """A declaration, and the file that it is in."""

    path: str
    folder: str
    file: GoFile
    declaration: Declaration


class GoCommand(Struct, frozen=True):
    """A part of the program, with the words that lead to it after the program's name."""

    words: tuple[str, ...]
    place: DeclarationPlace
    part: Part


class Commands:
    """A program's commands and how they are nested.

    ``own``: the names of the program itself; ``imported``: the folders of the module's packages that a file imports, by
    local name.
    """

    def __init__(
        self,
        places: Iterable[DeclarationPlace],
        own: Collection[str],
        imported: Callable[[DeclarationPlace], dict[str, str]],
    ) -> None:
        self._places = [place for place in places if place.declaration.parts or "AddCommand" in _last(place)]
        self._own = {name.lower() for name in own}
        self._imported = imported

    @cached_property
    def listed(self) -> tuple[GoCommand, ...]:
        """Each part that a command or a flag leads to, in file order."""
        found = []
        for place in sorted(self._places, key=lambda item: (item.path, item.declaration.start)):
            for part in place.declaration.parts:
                if part.branch.end > part.branch.start and not self.is_default(place, part):
                    words = self._path(place, part)
                    if words:
                        found.append(GoCommand(words, place, part))
        return tuple(found)

    def is_default(self, place: DeclarationPlace, part: Part) -> bool:
        """Whether a part runs without any command: the command without a parent."""
        branch = part.branch
        if branch.literal is None or branch.listed:
            return False
        if branch.program:
            return True
        keys = self._keys(place, part)
        if any(key in self._parents for key in keys):
            return False
        top = any(key in self._tops for key in keys)
        return top or branch.words[:1] == () or branch.words[0].lower() in self._own or self._count < 2

    @cached_property
    def _count(self) -> int:
        return len({(place.path, part.branch.literal) for place in self._places for part in place.declaration.parts})

    @cached_property
    def _made(self) -> dict[_Key, tuple[str, ...]]:
        """The words of each command, by where it is created."""
        return {
            key: part.branch.words
            for place in self._places
            for part in place.declaration.parts
            if part.branch.literal is not None
            for key in self._keys(place, part)
        }

    @cached_property
    def _parents(self) -> dict[_Key, _Key]:
        """The parent of each command."""
        found: dict[_Key, _Key] = {}
        for place in self._places:
            for parent, child in self._pairs(place):
                if parent != child:
                    found.setdefault(child, parent)
        return found

    @cached_property
    def _tops(self) -> frozenset[_Key]:
        return frozenset(self._parents.values())

    def _pairs(self, place: DeclarationPlace) -> Iterator[tuple[_Key, _Key]]:
        for added in place.file.flow.dispatch.added:
            if place.declaration.start <= added.start < place.declaration.end:
                parent = self._resolve(place, added.parent)
                for name in added.children:
                    yield parent, self._resolve(place, name)

    def _keys(self, place: DeclarationPlace, part: Part) -> list[_Key]:
        folder, name = posixpath.dirname(place.path), place.declaration.name
        found: list[_Key] = [(folder, "", item) for item in part.branch.names if item == name]
        found += [(folder, name, item) for item in part.branch.names if item != name]
        literals = {item.branch.literal for item in place.declaration.parts if item.branch.literal is not None}
        # What a function returns is what it creates.
        return [*found, (folder, "", name)] if len(literals) == 1 else found

    def _resolve(self, place: DeclarationPlace, chain: str) -> _Key:
        """The command behind a chain of names: `serveCmd`, `NewServeCmd`, `serve.NewCommand`, `app.root`."""
        folder = posixpath.dirname(place.path)
        first, _, rest = chain.partition(".")
        local = (folder, place.declaration.name, chain)
        if local in self._made:
            return local
        if rest:
            imported = self._imported(place)
            inside = imported.get(first)
            return ("" if inside == "." else inside, "", rest) if inside is not None else (folder, "", rest)
        return (folder, "", chain)

    @cached_property
    def _fields(self) -> dict[_Key, tuple[DeclarationPlace, Part]]:
        """The commands in struct fields, by the struct's type."""
        return {
            self._resolve(place, part.branch.kind): (place, part)
            for place in self._places
            for part in place.declaration.parts
            if part.branch.kind is not None
        }

    def _path(self, place: DeclarationPlace, part: Part) -> tuple[str, ...]:
        branch = part.branch
        if branch.kind is not None:
            words = branch.words
            for _ in range(MAX_DEPTH):
                above = self._fields.get((posixpath.dirname(place.path), "", place.declaration.name))
                if above is None:
                    break
                place, words = above[0], (*above[1].branch.words, *words)
            return words
        if branch.literal is None:
            ranked = sorted(branch.words, key=lambda word: SERVING.index(word) if word in SERVING else len(SERVING))
            return tuple(ranked[:1])
        words = branch.words[:1]
        key = next((key for key in self._keys(place, part) if key in self._parents), None)
        for _ in range(MAX_DEPTH):
            key = self._parents.get(key) if key is not None else None
            if key is None or key not in self._parents:
                break
            words = (*self._made.get(key, ()), *words)
        return words


def _last(place: DeclarationPlace) -> set[str]:
    return {word.rpartition(".")[2] for word in place.declaration.words}
