"""The applications that are measured, as shapes.toml lists them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Shape:
    """One application; shapes.toml says what each field means."""

    name: str
    about: str
    touch: str
    locks: tuple[str, ...]
    other: str | None = None
    service: str | None = None
    member: str | None = None

    @property
    def source(self) -> Path:
        return BENCH / "apps" / self.name

    @property
    def by_hand(self) -> Path:
        return BENCH / "hand" / self.name


def read_shapes(names: list[str]) -> list[Shape]:
    """Those with these names, in the order of the file; all without any. Raises KeyError for a name nobody has."""
    listed = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text("utf-8"))["shape"]
    shapes = [Shape(**{**entry, "locks": tuple(entry["locks"])}) for entry in listed]
    for name in names:
        if name not in {shape.name for shape in shapes}:
            raise KeyError(name)
    return [shape for shape in shapes if not names or shape.name in names]
