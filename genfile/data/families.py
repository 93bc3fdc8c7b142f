"""Families of base images, from families.toml."""

from collections.abc import Mapping
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

    def has(self, language: str, version: str | None) -> bool:
        """Whether there are images of this family for a language, at a version of its runtime."""
        if self.name == DEFAULT:
            return True
        known = self.versions.get(language)
        return language in self.images and (known is None or version is None or version in known)

    def images_of(self, language: str, version: str, distro: str) -> dict[str, str]:
        """The references that the family sets, by the name of the preset's option."""
        return {
            option: text.format(version=version, distro=distro, compact=version.replace(".", ""))
            for option, text in self.images.get(language, {}).items()
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

    return {name: Family(name=name, **entry) for name, entry in load_table("families").items()}
