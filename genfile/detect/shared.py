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


# With what the key is for before the word, or with no more than what every program is called.
_OWN_KEY = re.compile(
    r"(?:^|_)(?:JWT|SESSION|COOKIE|AUTH|NEXTAUTH|SIGNING|SIGNATURE|ENCRYPTION|CSRF|HMAC)_(?:SECRET(?:_KEY)?|KEY)$"
    r"|^(?:(?:ACCESS|REFRESH)_)?TOKEN_(?:SECRET(?:_KEY)?|KEY)$"
    r"|^(?:(?:APP|APPLICATION|SERVER|DJANGO|FLASK)_)?SECRET(?:_KEY(?:_BASE)?)?$|^APP_KEY$"
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
    return any(word in name.upper() for word in _SECRET_WORDS)


def is_own_key(name: str) -> bool:
    """Whether a variable's name says that its value is a key that the program makes its own signatures, sessions or
    ciphers with. What another service gave is none: it refuses a wrong one."""
    return _OWN_KEY.search(name.upper()) is not None


def is_shown_key(name: str, default: Any) -> bool:
    """Whether a variable holds such a key, and everyone who has the code knows its default."""
    return isinstance(default, str) and bool(default.strip()) and is_own_key(name)


def leaves(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a document that are not tables, each with its path of keys; bounded."""
    queue: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for path, inner in queue:
        if isinstance(inner, dict) and len(path) < MAX_DEPTH:
            queue += [((*path, str(key)), item) for key, item in inner.items() if len(queue) < MAX_KEYS]
        elif path and not isinstance(inner, dict | list):
            yield path, inner
