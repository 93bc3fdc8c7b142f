"""Families of base images, from families.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Family:
    """A family of base images; see the head of families.toml for the meaning of each field."""

    name: str
    summary: str
    packages: str
    bundle: str
    tini: str
    musl: bool = False
    root: bool = False
    images: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    setup: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def has(self, language: str, version: str | None) -> bool:
        """Whether there are images of this family for a language, at a version of its runtime."""
        if self.name == DEFAULT:
            return True
        known = self.versions.get(language)
        return language in self.images and (known is None or version is None or version in known)

    def can(self, option: str, language: str) -> bool:
        """Whether there are images for what an option asks for."""
        return language in self.extra.get(option, {})

    def images_of(self, language: str, version: str, distro: str, chosen: Iterable[str] = ()) -> dict[str, str]:
        """The references that the family sets, by the name of the preset's option; ``chosen``: options that are yes."""
        found = dict(self.images.get(language, {}))
        for option in chosen:
            found |= self.extra.get(option, {}).get(language, {})
        return {
            option: text.format(version=version, distro=distro, compact=version.replace(".", ""))
            for option, text in found.items()
        }

    def to_context(self, language: str, version: str) -> dict[str, Any]:
        """What a template sees of it, as plain values."""
        return {
            "name": self.name,
            "packages": self.packages,
            "bundle": self.bundle,
            "tini": self.tini,
            "musl": self.musl,
            "root": self.root,
            "setup": [item.format(version=version) for item in self.setup.get(language, ())],
            "names": dict(self.names),
        }


DEFAULT = "debian"


@cache
def families() -> dict[str, Family]:
    """Every family by its name."""
    from genfile.data import load_table

    return {name: _family(name, **entry) for name, entry in load_table("families").items()}


def _family(name: str, **entry: Any) -> Family:
    # `with` is a word of Python's.
    return Family(name=name, extra=entry.pop("with", {}), **entry)


@cache
def asked_of() -> frozenset[str]:
    """The options that need images of a family's own."""
    return frozenset(option for family in families().values() for option in family.extra)
