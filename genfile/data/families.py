"""Families of base images, from families.toml, and what they call system packages, from names.toml."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from msgspec import Struct, field

from genfile.data.entries import read_entry


class FamilyLine(Struct, frozen=True):
    """What the references of a family take from a runtime: its line, and the distributions of its official images."""

    version: str = ""
    distro: str = ""
    alpine: str = ""

    def fill(self, text: str) -> str:
        """A reference or a package's name with everything put in."""
        compact = self.version.replace(".", "")
        return text.format(version=self.version, distro=self.distro, alpine=self.alpine, compact=compact)


class Family(Struct, frozen=True):
    """A family of base images; see the head of families.toml for the meaning of each field."""

    name: str
    summary: str
    packages: str
    bundle: str
    tini: str
    anchors: str = "/usr/local/share/ca-certificates"
    musl: bool = False
    root: tuple[str, ...] = ()
    apart: bool = False
    yarn: bool = True
    npm: str = ""
    node_headers: str = "/usr/local"
    build: str = ""
    checked: str = ""
    images: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    setup: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    home: Mapping[str, str] = field(default_factory=dict)
    like: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def has(self, kind: str, line: FamilyLine | None = None) -> bool:
        """Whether there are images of this family for a kind of services, at a line of its runtime."""
        if self.name == DEFAULT:
            return True
        if kind not in self.images:
            return False
        known = self.versions.get(kind)
        # A runtime that is not told has no line to look for.
        if line is None or not line.version:
            return True
        if known is not None and line.version not in known:
            return False
        return bool(line.alpine) or not any("{alpine}" in text for text in self.images[kind].values())

    def can(self, option: str, kind: str) -> bool:
        """Whether there are images for what an option asks for."""
        return _JAVA.get(kind, kind) in self.extra.get(option, {})

    def images_of(self, kind: str, line: FamilyLine, chosen: Iterable[str] = ()) -> dict[str, str]:
        """The references that the family sets, by the name of the preset's option; ``chosen``: options that are yes."""
        found = dict(self.images.get(kind, {}))
        for option in chosen:
            found |= self.extra.get(option, {}).get(_JAVA.get(kind, kind), {})
        return {option: line.fill(text) for option, text in found.items()}

    def names(self, kind: str = "") -> Mapping[str, str | None]:
        """What the images call each of Debian's packages; None: they have none."""
        return package_names(self.like.get(kind, self.name))

    def to_context(self, kind: str = "", line: FamilyLine | None = None) -> dict[str, Any]:
        """What a template sees of it, as plain values; without a line, no package that belongs to a runtime."""
        return {
            "name": self.name,
            "packages": self.packages,
            "archived": False,
            "bundle": self.bundle,
            "anchors": self.anchors,
            "tini": self.tini,
            "musl": self.musl,
            "root": kind in self.root,
            "apart": self.apart,
            "yarn": self.yarn,
            "npm": self.npm,
            "node_headers": self.node_headers,
            "home": self.home.get(kind, ""),
            "setup": [line.fill(item) for item in self.setup.get(kind, ())] if line else [],
            "headers": [line.fill(item) for item in self.headers.get(kind, ())] if line else [],
            "packages_of": self.like.get(kind, self.name),
            "names": dict(self.names(kind)),
        }


DEFAULT = "debian"
# Kinds of Java services: what an option asks for is the same for all of them.
_JAVA = {"jdk": "java", "war": "java"}


@cache
def families() -> dict[str, Family]:
    """Every family by its name."""
    from genfile.data import load_table

    return {name: _family(name, entry) for name, entry in load_table("families").items()}


def families_with(packages: Iterable[str]) -> list[str]:
    """The families that can install all of some packages, given by Debian's names."""
    wanted = list(packages)
    able = [name for name, family in families().items() if not family.apart]
    return [name for name in able if all(package_names(name).get(item, item) is not None for item in wanted)]


@cache
def package_names(family: str) -> Mapping[str, str | None]:
    """The family's name of each of Debian's packages that names.toml has a line for; None: it has no such package."""
    from genfile.data import load_table

    if family not in families() or families()[family].packages == "apt":
        own = {name: row[family] for name, row in load_table("names").items() if family in row}
        return {name: text or None for name, text in own.items()}
    return {name: row.get(family) for name, row in load_table("names").items()}


def _family(name: str, entry: Mapping[str, Any]) -> Family:
    # `with` is a keyword in Python, so that no field can have that name.
    own = {key: value for key, value in entry.items() if key != "with"}
    return read_entry(Family, "families", (name,), own, name=name, extra=entry.get("with", {}))


@cache
def asked_of() -> frozenset[str]:
    """The options that need images of a family's own."""
    return frozenset(option for family in families().values() for option in family.extra)
