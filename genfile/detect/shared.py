"""Small facts that every language shares."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from genfile.data import started_programs
from genfile.parsers.values import Beginning, EnvDefault

_SECRET_WORDS = (
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PRIVATE",
    "APIKEY",
    "API_KEY",
    "CREDENTIAL",
    "DATABASE_URL",
    "DSN",
)
# What says something about a secret, and is none: its size, how long it is good for, whether it is asked for.
_NO_SECRET = re.compile(
    r"(?:^|_)(?:SIZE|LENGTH|LEN|COUNT|LIMIT|ROUNDS|TTL|AGE|EXPIR\w*|LIFETIME|SECONDS?|MINUTES?|HOURS?|DAYS?|MS|ALGORITHM"
    r"|ENABLED|NAME|HEADER)$|^(?:MAX|MIN)_|_REQUIRED?_"
)
MAX_DEPTH = 4
MAX_KEYS = 500


def started(arguments: Iterable[Any]) -> str | None:
    """The package of the program that a call starts: its first argument is a name, a list of words, or a command, or a
    variable with one of these in its place."""
    first = next(iter(arguments), None)
    first = first[0] if isinstance(first, list) and first else first
    while isinstance(first, EnvDefault):
        first = first.default
    first = f"{first.text}…" if isinstance(first, Beginning) else first
    words = first.split() if isinstance(first, str) else []
    return started_programs().get(words[0]) if words else None


def is_secret(name: str) -> bool:
    """Whether a variable's name says that its value is a secret."""
    upper = name.upper()
    return any(word in upper for word in _SECRET_WORDS) and _NO_SECRET.search(upper) is None


def is_readable(default: Any) -> bool:
    """Whether a key's default is a literal, which everyone who has the code knows."""
    return isinstance(default, str) and bool(default.strip())


def leaves(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a document that are not tables, each with its path of keys; bounded."""
    queue: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for path, inner in queue:
        if isinstance(inner, dict) and len(path) < MAX_DEPTH:
            queue += [((*path, str(key)), item) for key, item in inner.items() if len(queue) < MAX_KEYS]
        elif path and not isinstance(inner, dict | list):
            yield path, inner
