"""Files in an image that nobody needs at run time, by the kinds in junk.toml."""

import re
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from genfile.data.entries import read_list
from genfile.verify.layers import LayerFile

# Folders of installed packages: a package's own README belongs to the package.
_PACKED = re.compile(r"(^|/)(node_modules|site-packages|dist-packages)/")


class Junk(Struct, frozen=True):
    """A kind of junk in an image: the number of files and bytes, an example path, and why it is junk.

    ``packed``: it came inside packages, so the author of the Dockerfile would have to cut it out.
    """

    kind: str
    packed: bool
    files: int
    size: int
    example: str
    why: str


class _Kind(Struct, frozen=True):
    """An entry of junk.toml."""

    name: str
    pattern: str
    why: str


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    kinds = read_list(_Kind, "junk", "kind", key="name")
    return tuple((kind.name, re.compile(kind.pattern), kind.why) for kind in kinds)


def kind_of(path: str) -> str | None:
    """The kind of junk at a path, if any."""
    return next((name for name, pattern, _ in _kinds() if pattern.search(path)), None)


def find_junk(files: Mapping[str, LayerFile]) -> list[Junk]:
    """The junk among an image's files, by kind, with that from packages separate."""
    found: dict[tuple[bool, str], list[str]] = {}
    for path in sorted(files):
        kind = kind_of(path)
        if kind is not None:
            found.setdefault((_is_packed(path, kind), kind), []).append(path)
    why = {name: reason for name, _, reason in _kinds()}
    return [
        Junk(kind, packed, len(paths), sum(files[path].size for path in paths), paths[0], why[kind])
        for (packed, kind), paths in sorted(found.items())
    ]


def _is_packed(path: str, kind: str) -> bool:
    """Whether a path is inside an installed package that is itself wanted."""
    return kind not in ("package manager", "compilers", "caches") and _PACKED.search(path) is not None
