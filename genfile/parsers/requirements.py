"""requirements.txt in the format that pip documents."""

import re

from msgspec import Struct, field

from genfile.parsers.bounds import check

# The maximum length of a requirement, without its hashes.
MAX_LENGTH = 2_000
_PYTHON_COMMENT = re.compile(r"with python (3\.\d+)", re.IGNORECASE)


class RequirementLine(Struct, frozen=True):
    """One requirement: name normalised by PEP 503, the rest as written."""

    name: str
    specifier: str
    extras: tuple[str, ...]
    line: int
    marker: str | None = None
    url: str | None = None
    hashes: bool = False
    editable: bool = False

    @property
    def pinned(self) -> str | None:
        """The version of a single `==`, or None."""
        text = self.specifier.replace(" ", "")
        return text[2:] if text.startswith("==") and "," not in text and "*" not in text else None

    @property
    def place(self) -> str | None:
        """A local folder or archive, as a path from where pip runs; None if the requirement comes from elsewhere."""
        path = (self.url or "").removeprefix("file:").split("#")[0].split(";")[0].strip()
        own = path and not path.startswith(("/", "~", "git@")) and "://" not in path and "$" not in path
        return path if own and "\\" not in path and path.isprintable() else None


class RequirementsFile(Struct):
    """A requirements file: its requirements, includes, constraints and indexes, and what its comments say."""

    entries: list[RequirementLine] = field(default_factory=list)
    includes: list[tuple[str, int]] = field(default_factory=list)
    constraints: list[tuple[str, int]] = field(default_factory=list)
    index_urls: list[tuple[str, int]] = field(default_factory=list)
    unreadable: list[tuple[str, int]] = field(default_factory=list)
    generator: str | None = None
    python_comment: str | None = None


def normalise(name: str) -> str:
    """A distribution's name by PEP 503: lower case, runs of `-_.` as one hyphen."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirements(text: str) -> RequirementsFile:
    """Read a requirements file; a line that is not a requirement goes to ``unreadable``.

    Raises ParseError for a file with more lines than any project has.
    """
    check(text, "requirements")
    result = RequirementsFile()
    for number, line in _logical_lines(text, result):
        _read_line(result, number, line)
    return result


def _logical_lines(text: str, result: RequirementsFile) -> list[tuple[int, str]]:
    """Lines with continuations joined and comments removed, each with the number of its first line."""
    lines: list[tuple[int, str]] = []
    pending: list[str] = []
    start = 0
    for number, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if stripped.startswith("#") and not pending:
            _read_header(result, stripped, number)
            continue
        if not pending:
            start = number
        line = re.sub(r"(^|\s)#.*$", "", raw).rstrip()
        if line.endswith("\\"):
            pending.append(line[:-1])
            continue
        lines.append((start, " ".join((*pending, line)).strip()))
        pending = []
    lines.append((start, " ".join(pending).strip()))
    return [item for item in lines if item[1]]


def _read_header(result: RequirementsFile, comment: str, number: int) -> None:
    lowered = comment.lower()
    if number <= 12:
        for generator in (
            "pip-compile",
            "uv pip compile",
            "uv export",
            "poetry export",
            "pipenv",
            "pdm export",
            "pip freeze",
        ):
            if generator in lowered and result.generator is None:
                result.generator = generator
        match = _PYTHON_COMMENT.search(comment)
        if match:
            result.python_comment = match.group(1)


def _read_line(result: RequirementsFile, number: int, line: str) -> None:
    option, _, value = line.partition(" ")
    if option.startswith("--") and "=" in option:
        option, _, value = line.partition("=")
    elif option[:2] in ("-r", "-c", "-e", "-i", "-f") and len(option) > 2 and option[2] != "-":
        option, value = line[:2], line[2:]
    value = value.strip()
    if option in ("-r", "--requirement"):
        result.includes.append((value, number))
    elif option in ("-c", "--constraint"):
        result.constraints.append((value, number))
    elif option in ("-i", "--index-url", "--extra-index-url", "-f", "--find-links"):
        result.index_urls.append((value, number))
    elif option in ("-e", "--editable"):
        result.entries.append(_from_url(value, number, editable=True))
    elif not line.startswith("-"):
        _read_requirement(result, number, line)


def _read_requirement(result: RequirementsFile, number: int, line: str) -> None:
    from packaging.requirements import InvalidRequirement, Requirement

    hashes = "--hash" in line
    text = re.split(r"\s--[a-z]", line)[0].strip()
    try:
        requirement = Requirement(text if len(text) <= MAX_LENGTH else "")
    except (InvalidRequirement, RecursionError):
        if text.startswith((".", "/", "git+", "hg+", "http://", "https://", "file:")) or _is_path(text):
            result.entries.append(_from_url(text, number, editable=False))
        else:
            result.unreadable.append((text, number))
        return
    result.entries.append(
        RequirementLine(
            normalise(requirement.name),
            str(requirement.specifier),
            tuple(sorted(requirement.extras)),
            number,
            str(requirement.marker) if requirement.marker else None,
            requirement.url,
            hashes,
        )
    )


def _is_path(text: str) -> bool:
    """Whether pip takes a text for the folder or archive of a distribution: `libs/common`, `vendor/x-1.0.tar.gz`."""
    path = text.split(";")[0].strip()
    return " " not in path and ("/" in path or path.endswith((".whl", ".tar.gz", ".zip")))


def _from_url(text: str, number: int, *, editable: bool) -> RequirementLine:
    name = text.partition("#egg=")[2].split("&")[0].split("[")[0]
    path, bracket, extras = text.partition("[")
    if bracket and "://" not in text:
        names = tuple(sorted(extra.strip() for extra in extras.rstrip("]").split(",")))
        return RequirementLine("", "", names, number, url=path, editable=editable)
    return RequirementLine(normalise(name) if name else "", "", (), number, url=text, editable=editable)


# The suffix of an upper bound: sorts after all releases below the version, and before the version itself.
BELOW = ".dev0"


def cap(specifier: str) -> str | None:
    """The newest version that a specifier allows: 3.9.dev0 for `~=3.8.5`, 2 for `<=2`; None if it is unbounded."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    ends: list[Version] = []
    try:
        for item in SpecifierSet(specifier):
            parts = item.version.removesuffix(".*").split(".")
            if item.operator in ("<=", "===") or (item.operator == "==" and not item.version.endswith(".*")):
                ends.append(Version(item.version))
            elif item.operator == "<":
                ends.append(Version(f"{item.version}{BELOW}"))
            elif item.operator == "~=" or (item.operator == "==" and item.version.endswith(".*")):
                kept = parts[:-1] if item.operator == "~=" else parts
                ends.append(Version(".".join([*kept[:-1], str(int(kept[-1]) + 1)]) + BELOW))
    except (InvalidSpecifier, InvalidVersion, ValueError, IndexError):
        return None
    return str(min(ends)) if ends else None
