"""The result of following imports."""

from msgspec import Struct, field

# How many of the project's modules are followed.
MAX_MODULES = 120


class Load(Struct, frozen=True):
    """An import: its file in the build context, its line, and what it asks for.

    ``origin``: the lockfile or manifest whose installation lacks it; ``file``: the file in the build context that it
    refers to; ``ignored``: such a file that only the ignore file excludes; ``alike``: a file there whose path differs
    from it in case alone.
    """

    source: str
    line: int
    name: str
    origin: str = ""
    file: str | None = None
    ignored: str | None = None
    alike: str | None = None


class Reached(Struct):
    """``missing``: own files that are not in the image; ``absent``: packages that are not installed; ``modules``: the
    followed ones, each by its path in the image and in the build context."""

    missing: list[Load] = field(default_factory=list)
    absent: list[Load] = field(default_factory=list)
    modules: list[tuple[str, str]] = field(default_factory=list)
