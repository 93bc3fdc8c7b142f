"""The form of a variable's value, in words for whoever sets it, and values that fit it."""

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Any

_WORDS = {
    "json": "JSON",
    "json-list": "a JSON list",
    "json-object": "a JSON object",
    "url": "a URL",
    "fernet": "a Fernet key: URL-safe base64 of 32 bytes",
}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,40}")
_MAX_CHOICES = 8


def words_of(form: Mapping[str, Any] | None) -> str:
    """A form in a few words, none of which means anything to compose or YAML; empty where there is nothing to say."""
    if form is None:
        return ""
    if form["kind"] == "text":
        return f"{'exactly' if form.get('exact') else 'at least'} {form['length']} characters"
    if form["kind"] == "choice":
        choices = form.get("choices", ())
        known = 0 < len(choices) <= _MAX_CHOICES and all(_PLAIN.fullmatch(item) for item in choices)
        return "" if not known else f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    return _WORDS[form["kind"]]


def random_secret(form: Mapping[str, Any] | None) -> str | None:
    """A random value of a form; None for one that can't be random, such as an address.

    64 hex digits are long enough for most keys, and are valid Base64.
    """
    kind = form["kind"] if form is not None else ""
    if form is None or kind == "text":
        length = form["length"] if form is not None else 64
        digits = secrets.token_hex(max(32, (length + 1) // 2))
        return digits[:length] if form is not None and form.get("exact") else digits
    if kind == "fernet":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"json": "{}", "json-object": "{}", "json-list": "[]"}.get(kind)
