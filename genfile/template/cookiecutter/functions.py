"""The two filters and two functions that cookiecutter adds to Jinja."""

import json
import re
import secrets
import string
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from jinja2.exceptions import SecurityError

# A repeated group can take for ever to match; one class of characters can not.
_PLAIN_PATTERN = re.compile(r"(\[[^\[\]]*\]|[^\[\](){}*+?|])[+*?]?(\|?(\[[^\[\]]*\]|[^\[\](){}*+?|]))*[+*?]?")
_MAX_SLUG = 10_000
_MAX_RANDOM = 10_000


def jsonify(value: Any, indent: int = 4) -> str:
    """JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, indent=indent)


def slugify(
    value: str,
    entities: bool = True,
    decimal: bool = True,
    hexadecimal: bool = True,
    max_length: int = 0,
    word_boundary: bool = False,
    separator: str = "-",
    save_order: bool = False,
    stopwords: Iterable[str] = (),
    regex_pattern: str | None = None,
    lowercase: bool = True,
    replacements: Iterable[Iterable[str]] = (),
    allow_unicode: bool = False,
) -> str:
    """python-slugify's function, by the same parameters."""
    from slugify import slugify as slug

    pairs = [tuple(pair) for pair in replacements]
    growth = max((len(str(pair[1])) for pair in pairs if len(pair) > 1), default=1)
    if len(str(value)) * max(growth, len(separator), 1) > _MAX_SLUG:
        raise SecurityError("the text of a slug is too long")
    if regex_pattern is not None and (len(str(value)) > 500 or not _PLAIN_PATTERN.fullmatch(str(regex_pattern)[:200])):
        raise SecurityError("regex_pattern of slugify can only be a character class")
    return slug(
        value,
        entities=entities,
        decimal=decimal,
        hexadecimal=hexadecimal,
        max_length=max_length,
        word_boundary=word_boundary,
        separator=separator,
        save_order=save_order,
        stopwords=stopwords,
        regex_pattern=regex_pattern,
        lowercase=lowercase,
        replacements=pairs,
        allow_unicode=allow_unicode,
    )


def random_ascii_string(length: int, punctuation: bool = False) -> str:
    """Random letters, with punctuation on request."""
    if length > _MAX_RANDOM:
        raise SecurityError(f"a random text of {length} characters is too long")
    letters = string.ascii_letters + (string.punctuation if punctuation else "")
    return "".join(secrets.choice(letters) for _ in range(length))


def uuid4() -> str:
    return str(uuid.uuid4())


FILTERS: dict[str, Callable[..., str]] = {"jsonify": jsonify, "slugify": slugify}
FUNCTIONS: dict[str, Callable[..., str]] = {"random_ascii_string": random_ascii_string, "uuid4": uuid4}
