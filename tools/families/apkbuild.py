"""The names that an APKBUILD of Alpine gives to packages, without running it."""

import re
from collections.abc import Iterator

# Assignments of a whole line, or behind `&&`: quoted over several lines, or one word.
_ASSIGNMENT = re.compile(
    r"""(?:^|&&|;)[ \t]*(?:local[ \t]+)?(\w+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"';#]*))""", re.MULTILINE
)
_VARIABLE = re.compile(r"\$(?:\{(\w+)([^}]*)\}|(\w+))")


def names(text: str, folder: str) -> Iterator[str]:
    """The package, its subpackages and what they provide; `*` stands for what only running it would tell."""
    values: dict[str, str] = {}
    lists = ""
    for match in _ASSIGNMENT.finditer(text):
        name, value = match[1], _filled(match[2] or match[3] or match[4] or "", values)
        if name in ("subpackages", "provides"):
            lists += " " + value
        else:
            # Of two, the first: later ones are mostly in functions.
            values.setdefault(name, value)
    yield values.get("pkgname", folder)
    for word in lists.split():
        yield re.split(r"[:=<>~]", word)[0]


def _filled(value: str, values: dict[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        name, change = match[1] or match[3], match[2] or ""
        if name in ("subpackages", "provides", "_target", "_alpine_suffix"):
            return ""
        known = values.get(name)
        return "*" if known is None or change or "$" in known else known

    return _VARIABLE.sub(one, value)
