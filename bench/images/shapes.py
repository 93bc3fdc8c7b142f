"""The measured applications, as listed in shapes.toml."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Shape:
    """One application; shapes.toml explains the fields."""

    name: str
    about: str
    touch: str
    locks: tuple[str, ...]
    other: str | None = None
    service: str | None = None
    member: str | None = None
    stand_in: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        return BENCH / "apps" / self.name

    @property
    def by_hand(self) -> Path:
        return BENCH / "hand" / self.name


def read_shapes(names: list[str]) -> list[Shape]:
    """The shapes with these names, in file order; all of them without names. Raises KeyError for an unknown name."""
    listed = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text("utf-8"))["shape"]
    shapes = [Shape(**{**entry, "locks": tuple(entry["locks"])}) for entry in listed]
    for name in names:
        if name not in {shape.name for shape in shapes}:
            raise KeyError(name)
    return [shape for shape in shapes if not names or shape.name in names]
