"""The result of following imports."""

from dataclasses import dataclass, field

# How many modules of the project are followed.
MAX_MODULES = 120


@dataclass(frozen=True, slots=True)
class Load:
    """An import: the file of the build context that has it, its line, and what it asks for; ``origin``: the lock or
    manifest of the installation that does not have it; ``file``: the file of the build context that it
    means; ``ignored``: the one that the ignore file leaves out of it, though version control has it."""

    source: str
    line: int
    name: str
    origin: str = ""
    file: str | None = None
    ignored: str | None = None


@dataclass
class Reached:
    """``missing``: own files that are not in the image; ``absent``: packages that are not installed; ``modules``: those
    that were followed, each by its path in the image and in the build context."""

    missing: list[Load] = field(default_factory=list)
    absent: list[Load] = field(default_factory=list)
    modules: list[tuple[str, str]] = field(default_factory=list)
