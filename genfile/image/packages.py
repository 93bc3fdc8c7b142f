"""The results of installations: node_modules and Python environments, as manifests and lockfiles describe them."""

import posixpath
from functools import cache
from typing import Any

from msgspec import Struct, field

from genfile.image.files import Answer


class Modules(Struct, frozen=True):
    """A node_modules folder.

    ``direct``: production dependencies in the manifest; ``development``: its other dependencies; ``omits``: those were
    left out; ``locked``: every package that the lockfile puts there, if readable; ``programs``: by name, the packages
    that have them by the lockfile; ``scripts``: install scripts ran; ``scripted``: packages with such a script;
    ``rebuilt``: those whose script ran later, None for all.
    """

    direct: frozenset[str]
    development: frozenset[str] = frozenset()
    omits: bool = False
    locked: frozenset[str] | None = None
    programs: dict[str, frozenset[str]] = field(default_factory=dict)
    scripts: bool = True
    scripted: frozenset[str] = frozenset()
    rebuilt: frozenset[str] | None = frozenset()
    lock: str | None = None
    open: bool = False

    def has(self, name: str) -> Answer:
        """Whether a package is there."""
        if name in self.direct or (name in self.development and not self.omits):
            return Answer.YES
        if self.open:
            return Answer.UNKNOWN
        if self.locked is not None:
            return Answer.YES if name in self.locked else Answer.NO
        # Without a readable lockfile, a production package may bring in any other; one that the manifest lists for
        # development is not relied on.
        return Answer.NO if name in self.development else Answer.UNKNOWN

    def program(self, name: str) -> Answer:
        """Whether a program is in `.bin`."""
        owners = self.programs.get(name) or frozenset(program_packages(name))
        answers = {self.has(owner) for owner in owners}
        return next((answer for answer in (Answer.YES, Answer.UNKNOWN) if answer in answers), Answer.NO)

    def look(self, inner: str) -> Answer:
        parts = inner.split("/")
        if parts[0] == ".bin":
            return self.program(parts[1]) if len(parts) > 1 else Answer.YES
        if parts[0].startswith("."):
            return Answer.UNKNOWN
        count = 2 if parts[0].startswith("@") else 1
        if len(parts) < count:
            return Answer.UNKNOWN
        found = self.has("/".join(parts[:count]))
        return found if len(parts) == count or found is Answer.NO else Answer.UNKNOWN

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The packages whose install script never ran."""
        if self.scripts or self.rebuilt is None:
            return ()
        there = (name for name in self.scripted if self.has(name) is Answer.YES)
        return tuple(sorted(name for name in there if name not in self.rebuilt))


class Environment(Struct, frozen=True):
    """What an installation puts into a Python environment.

    ``names``: distributions, as PEP 503 writes them; ``complete``: there are no others; ``origin``: the evidence.
    """

    names: frozenset[str]
    complete: bool
    origin: str = ""
    base: frozenset[str] = frozenset({"python", "python3"})

    def has(self, *names: str) -> Answer:
        """Whether any of some distributions is there."""
        if not self.names.isdisjoint(names):
            return Answer.YES
        return Answer.NO if self.complete else Answer.UNKNOWN

    def program(self, name: str) -> Answer:
        if name in self.base:
            return Answer.YES
        return self.has(*python_distributions(name))

    def module(self, name: str) -> Answer:
        """Whether a third-party module can be imported."""
        found = self.has(*module_distributions(name))
        # A distribution of the same project under another name: xgboost-cpu, psycopg2-binary.
        top = name.split(".")[0].lower().replace("_", "-")
        varies = found is Answer.NO and any(
            top in other.split("-") or other.startswith(top + "-") for other in self.names
        )
        return Answer.UNKNOWN if varies else found

    def look(self, inner: str) -> Answer:
        parts = inner.split("/")
        if parts[0] in ("bin", "Scripts"):
            return self.program(parts[1]) if len(parts) > 1 else Answer.YES
        if "site-packages" in parts:
            after = parts[parts.index("site-packages") + 1 :]
            if not after or after[0].endswith((".dist-info", ".pth")):
                return Answer.YES if not after else Answer.UNKNOWN
            found = self.module(after[0].removesuffix(".py"))
            return found if len(after) == 1 or found is Answer.NO else Answer.UNKNOWN
        if parts[0].startswith(("lib", "pyvenv.cfg", "include")):
            return Answer.YES if len(parts) < 3 else Answer.UNKNOWN
        return Answer.NO


class Paths(Struct, frozen=True):
    """A folder whose files are all known. ``endings``: only for files with these extensions."""

    files: frozenset[str]
    endings: tuple[str, ...] = ()

    def look(self, inner: str) -> Answer:
        if inner in self.files or any(path.startswith(inner + "/") for path in self.files):
            return Answer.YES
        known = not self.endings or inner.endswith(self.endings)
        return Answer.NO if known else Answer.UNKNOWN


def program_packages(name: str) -> tuple[str, ...]:
    """The npm packages with a program: by the data, else the one with its name."""
    return tuple(_table("node_programs").get(name, (name,)))


def is_packaged(name: str) -> bool:
    """Whether a program is known to come from an npm package, and from nowhere else."""
    return name in _table("node_programs")


def brought_programs(package: str) -> tuple[str, ...]:
    """An npm package's programs: the one with its own name, and those in the data."""
    own = package.rpartition("/")[2]
    return (own, *(program for program, owners in _table("node_programs").items() if package in owners))


def python_distributions(name: str) -> tuple[str, ...]:
    """The distributions with a console script."""
    from genfile.parsers.requirements import normalise

    return tuple(_table("python_programs").get(name, (normalise(name),)))


def module_distributions(name: str) -> tuple[str, ...]:
    """The distributions that may provide a module: from the data, else those named like it or its parents."""
    from genfile.data import import_names
    from genfile.parsers.requirements import normalise

    parts = name.split(".")
    known = import_names().get(parts[0], ())
    return (*known, *(normalise("-".join(parts[:count])) for count in range(1, len(parts) + 1)))


@cache
def _table(name: str) -> dict[str, Any]:
    from genfile.data import load_table

    table: dict[str, Any] = load_table("bases")[name]
    return table


def parents(folder: str) -> tuple[str, ...]:
    """A folder and those above it, the root last."""
    found = [folder]
    while found[-1] not in ("/", ""):
        found.append(posixpath.dirname(found[-1]))
    return tuple(found)
