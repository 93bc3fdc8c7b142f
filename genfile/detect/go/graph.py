"""The declarations in a module's packages, and those that the words of each lead to: found once for all of the module's
programs, which only follow them."""

from collections.abc import Sequence

from msgspec import Struct, field

from genfile.detect.go.dispatch import DeclarationPlace
from genfile.detect.go.module import GoModule


class _Package(Struct):
    """What a package declares, by name; methods by their receiver's type."""

    name: str
    places: dict[str, list[DeclarationPlace]] = field(default_factory=dict)


class GoGraph:
    """The declarations of a module's packages, each read when somebody asks for it."""

    def __init__(self, module: GoModule) -> None:
        self._module = module
        self._packages: dict[str, _Package | None] = {}
        self._imports: dict[str, dict[str, str]] = {}
        self._leads: dict[int, list[DeclarationPlace]] = {}

    def led(self, place: DeclarationPlace, words: frozenset[str]) -> list[DeclarationPlace]:
        """The declarations that the words of a declaration, or of a part of it, lead to."""
        if id(words) not in self._leads:
            imported, own = self.imported(place), self._package(place.folder)
            names = {tuple(word.split(".", 2)[:2]) for word in words}
            found = [led for name in {name[0] for name in names} for led in own.places.get(name, ())] if own else []
            for first, *rest in names:
                if rest and first in imported:
                    found += self.places(imported[first], rest[0])
            self._leads[id(words)] = sorted(found, key=lambda led: (led.path, led.declaration.start))
        return self._leads[id(words)]

    def places(self, folder: str, name: str) -> Sequence[DeclarationPlace]:
        """The declarations of a name in a package."""
        package = self._package(folder)
        return package.places.get(name, ()) if package is not None else ()

    def imported(self, place: DeclarationPlace) -> dict[str, str]:
        """The folders of the module's own packages that a file imports, by their local names."""
        if place.path not in self._imports:
            found: dict[str, str] = {}
            for path, alias in place.file.aliases.items():
                folder = self._module.inside(path)
                package = self._package(folder) if folder is not None else None
                if folder is not None and package is not None:
                    found[alias or package.name] = folder
            self._imports[place.path] = found
        return self._imports[place.path]

    def _package(self, folder: str) -> _Package | None:
        if folder not in self._packages:
            files = self._module.package(folder)
            package = _Package((files[0][1].package or "") if files else "") if files else None
            self._packages[folder] = package
            for path, file in files if package is not None else ():
                for item in file.flow.declarations:
                    place = DeclarationPlace(path, folder, file, item)
                    package.places.setdefault(item.owner or item.name, []).append(place)  # type: ignore[union-attr]
        return self._packages[folder]


def graph_of(module: GoModule) -> GoGraph:
    """The graph of a module, kept with it."""
    found: GoGraph = module.reaches.setdefault(("graph",), GoGraph(module))
    return found
