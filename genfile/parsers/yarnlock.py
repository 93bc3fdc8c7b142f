"""yarn.lock, of Yarn 1 and later: one block per entry, its fields indented by two spaces."""

import re

from msgspec import Struct, field

from genfile.parsers import ParseError

MAX_ENTRIES = 30_000
_TABLES = ("dependencies", "optionalDependencies", "bin")


class LockEntry(Struct):
    """One package: the requested names and ranges, its version, dependencies, and programs.

    ``local``: part of the project itself, as later Yarn releases list it.
    """

    asked: tuple[tuple[str, str], ...]
    line: int
    version: str = ""
    local: bool = False
    needs: dict[str, str] = field(default_factory=dict)
    programs: list[str] = field(default_factory=list)


def parse_yarn_lock(text: str) -> tuple[LockEntry, ...]:
    """The entries of a yarn.lock, in order. Raises ParseError for any other text."""
    found: list[LockEntry] = []
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        depth = len(line) - len(line.lstrip(" "))
        if depth == 0:
            if not words.endswith(":") or len(found) >= MAX_ENTRIES:
                raise ParseError("it has no yarn.lock entry", number)
            found.append(LockEntry(tuple(_asked(item) for item in _unquoted(words[:-1])), number))
        elif found and depth == 2:
            table = words[:-1] if words.endswith(":") else ""
            key, value = _pair(words) if not table else ("", "")
            if key == "version":
                found[-1].version = value
            found[-1].local |= key == "linkType" and value == "soft"
        elif found and depth >= 4 and table in _TABLES:
            key, value = _pair(words)
            if table == "bin":
                found[-1].programs.append(key)
            else:
                found[-1].needs[key] = value
    return tuple(entry for entry in found if entry.version and entry.asked[0][0] != "__metadata")


def _unquoted(text: str) -> list[str]:
    """The items of an entry's key: `"a@^1, a@^2"`, `"a@^1", b@^2`."""
    return [part.strip().strip('"') for part in text.split(",") if part.strip()]


def _asked(text: str) -> tuple[str, str]:
    name, _, wanted = text[1:].partition("@")
    return text[:1] + name, plain_range(wanted)


def plain_range(text: str) -> str:
    """A range without the default protocol: `^1.0.0` for `npm:^1.0.0`; an alias keeps its own."""
    rest = text.removeprefix("npm:")
    return text if "@" in rest else rest


def _pair(words: str) -> tuple[str, str]:
    """A field's key and value: `version "1.0.0"`, `"@a/b" "^1"`, `version: 1.0.0`, `"@a/b": "npm:^1"`."""
    match = re.match(r'("[^"]+"|[^\s:]+):?\s+(.*)$', words)
    if match is None:
        return words.rstrip(":"), ""
    return match[1].strip('"'), plain_range(match[2].strip().strip('"'))
