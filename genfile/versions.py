"""From what a project asks for (`^20.10`, `>=3.9,<4`, `lts/*`, `1.8`) to a line of a runtime that exists.

Lines are what image tags name: a major for Node and Java, a minor for Python and Go.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from genfile.data import ReleaseLine, runtime

Scheme = Literal["npm", "pep440", "poetry", "floor"]

# Node's names for its lines (nodejs.org/en/about/previous-releases).
CODENAMES = {
    "argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14",
    "gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
}  # fmt: skip
_ALIASES = frozenset({"lts", "lts/*", "lts/latest", "node", "stable", "latest", "current", "lts-latest", "lts/-1"})
_PARTS = {"node": 1, "java": 1, "python": 2, "go": 2, "bun": 2}
_NUMBER = re.compile(r"(\d{1,4})(?:\.(\d{1,4}|[xX*]))?(?:\.(\d{1,5}|[xX*]))?")
# What version managers write in front of a number: python-3.11.4, temurin-21.0.2, go1.22, v20.
_PREFIX = re.compile(r"(?:[A-Za-z]+[A-Za-z0-9_]*[-@])*(?:v|go|python|jdk|java|openjdk)?", re.IGNORECASE)

# Stand-ins for "the newest release of a line": higher than any that exists, so that `<3.13` still excludes 3.13.
_NEWEST = "99"


class Pin(Struct, frozen=True):
    """One version that a project names: its line, and the exact version where it is exact."""

    line: str
    exact: str | None = None


class VersionChoice(Struct, frozen=True):
    """What was chosen: a line, or None if none fits; ``over``: it is past its end of life."""

    line: str | None
    over: bool = False


# A constraint that is longer is read as one that can't be read: real ones have a tenth of it.
MAX_CONSTRAINT = 500


def parse_pin(text: str, language: str) -> Pin | None:
    """The line that a version file names; None for what is not a version (a virtual environment's name, a range)."""
    if len(text) > MAX_CONSTRAINT:
        return None
    word = text.strip().strip("\"'").lower()
    if language == "node" and word in _ALIASES:
        return Pin(runtime("node").default)
    if language == "node" and word.startswith(("lts/", "lts-")):
        line = CODENAMES.get(word[4:])
        return Pin(line) if line else None
    if word.startswith(("pypy", "graalpy", "jython", "system", "miniconda", "anaconda")):
        return None
    prefix = _PREFIX.match(word)
    rest = word[prefix.end() :] if prefix else word
    match = _NUMBER.match(rest)
    if match is None or rest[match.end() : match.end() + 1] not in (
        "",
        "-",
        "+",
        ".",
        "t",
        "_",
        "u",
        "b",
        "r",
    ):
        return None
    parts = [part for part in match.groups() if part and part.isdigit()]
    if language == "java" and parts[0] == "1" and len(parts) > 1:
        parts = parts[1:]
    if language == "gradle":
        # A tool without release lines of its own.
        return Pin(".".join(parts))
    count = _PARTS[language]
    if len(parts) < count:
        default = runtime(language).default
        return Pin(default) if default.split(".")[0] == parts[0] else None
    return Pin(".".join(parts[:count]), ".".join(parts) if len(parts) == 3 and language != "java" else None)


def known_line(language: str, line: str) -> str:
    """A line that images are known for: for one that is older than all of them the oldest with support."""
    lines = runtime(language).lines
    if not lines or _key(line) >= _key(lines[-1].version):
        return line
    return next(item.version for item in reversed(lines) if item.lts and not item.over)


@lru_cache(maxsize=10_000)
def satisfies(line: str, constraint: str, scheme: Scheme) -> bool:
    """Whether releases of a line fit a constraint; a constraint that can't be read fits nothing.

    A line fits when its newest release would, so that `<=3.11`, which is 3.11.0 alone in PEP 440, leaves 3.10;
    a constraint that names one release (`==3.11.4`) is met by its line.
    """
    if len(constraint) > MAX_CONSTRAINT:
        return False
    if scheme == "floor":
        return _key(line) >= _key(constraint)
    if scheme == "pep440":
        return _satisfies_pep440(line, constraint)
    return _satisfies_npm(line, constraint, poetry=scheme == "poetry")


def choose(language: str, constraints: Iterable[tuple[str, Scheme]], newest: str | None = None) -> VersionChoice:
    """The line for a project: the default where it fits, else the newest supported one, else the newest at all.

    ``newest`` is an upper bound of its own, a line (what the pinned dependencies work with).
    """
    data = runtime(language)
    asked = list(constraints)

    def fits(line: ReleaseLine) -> bool:
        if newest is not None and _key(line.version) > _key(newest):
            return False
        return all(satisfies(line.version, text, scheme) for text, scheme in asked)

    usual = data.line(data.default)
    if usual is not None and fits(usual):
        return VersionChoice(usual.version)
    candidates = [line for line in data.lines if fits(line)]
    # max() keeps the first of equals, and the lines stand newest first.
    best = max(candidates, key=lambda line: (not line.over, line.lts), default=None)
    return VersionChoice(best.version, best.over) if best is not None else VersionChoice(None)


def java_line(release: str) -> VersionChoice:
    """The Java for a release value: that line, or the next one with long support where its own is past."""
    data = runtime("java")
    exact = data.line(release)
    later = [line for line in data.lines if line.lts and _key(line.version) > _key(release)]
    if exact is not None and not (later and exact.over and not exact.lts):
        return VersionChoice(exact.version, exact.over)
    return VersionChoice(later[-1].version, later[-1].over) if later else VersionChoice(None)


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,6}", version)[:2])


def _satisfies_pep440(line: str, constraint: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    text = "" if constraint.strip() == "*" else constraint.strip()
    if text and text[0].isdigit():
        text = f"=={text}.*" if text.count(".") < 2 and "*" not in text else f"=={text}"
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return False
    # An exact release stands for its line: the image of the line is at that release or a later patch.
    exact = [item for item in specifiers if item.operator in ("==", "===") and not item.version.endswith(".*")]
    if exact:
        return all(_key(item.version) == _key(line) for item in exact)
    return specifiers.contains(f"{line}.{_NEWEST}", prereleases=True)


def _satisfies_npm(line: str, constraint: str, *, poetry: bool) -> bool:
    import nodesemver

    text = constraint.strip().strip("\"'")
    if poetry and "~=" in text:
        return _satisfies_pep440(line, text)
    if poetry:
        # Poetry joins with commas and takes a bare number as exact; npm joins with blanks.
        text = text.replace("!= ", "!=").replace("||", "|").replace("|", " || ")
        text = " ".join(part.strip() for part in text.split(","))
    if text in ("", "*", "x", "latest", "lts/*", "node", "stable"):
        return True
    if "!=" in text:
        text = " ".join(part for part in text.split() if not part.startswith("!="))
    parts = line.split(".")
    newest = ".".join([*parts, _NEWEST, _NEWEST][:3])
    oldest = ".".join([*parts, "0", "0"][:3])
    try:
        if nodesemver.satisfies(newest, text, True):
            return True
        # `20.11.1` or `~20.11`: the line's newest release is beyond, yet the project means this line.
        return not nodesemver.satisfies(oldest, text, True) and _names_line(line, text)
    except Exception:  # the library raises bare ValueErrors and worse for odd text
        return False


def _names_line(line: str, text: str) -> bool:
    """Whether a range is about releases within one line: `20.11.1`, `~20.11`, `3.11.4`."""
    return all(
        (pin := re.fullmatch(r"(?:[~^=v]|==)?\s*v?(\d+(?:\.\d+)*)(?:\.[xX*])?", part.strip())) is not None
        and ".".join(pin[1].split(".")[: len(line.split("."))]) == line
        for part in text.split("||")
    )
