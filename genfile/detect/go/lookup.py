"""An index of the names that a program's files declare, call or fill."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from genfile.parsers.go import GoFile
from genfile.parsers.goindex import MAX_CALLS, MAX_VALUES, GoFunction, GoIndex

if TYPE_CHECKING:
    from tree_sitter import Node

T = TypeVar("T")


class NameLookup:
    """The names in a program's files, each with its file's path, in the order of the files."""

    def __init__(self, sources: Iterable[tuple[str, GoFile]]) -> None:
        self.files = dict(sources)

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """The files of each package, by its folder (`` for the root)."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            found.setdefault(posixpath.dirname(path), []).append(path)
        return found

    @cached_property
    def functions(self) -> dict[str, list[tuple[str, GoFunction]]]:
        """The functions and methods that are declared, by name."""
        return self._all(lambda index: index.functions, MAX_VALUES)

    @cached_property
    def calls(self) -> "dict[str, list[tuple[str, Node]]]":
        """The calls, by the last name of what is called."""
        return self._all(lambda index: index.calls_by_name, MAX_CALLS)

    @cached_property
    def fields(self) -> "dict[str, list[tuple[str, tuple[str, Node]]]]":
        """The values that literals and assignments give to fields, by field name."""
        return self._all(lambda index: index.fields, MAX_VALUES)

    def _all(self, of: Callable[[GoIndex], Mapping[str, list[T]]], limit: int) -> dict[str, list[tuple[str, T]]]:
        found: dict[str, list[tuple[str, T]]] = {}
        for path, file in self.files.items():
            for name, items in of(file.index).items():
                found.setdefault(name, []).extend((path, item) for item in items[:limit])
        return found
