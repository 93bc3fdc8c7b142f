"""Which groups of dependencies are for production."""

from typing import Any

_GROUPS = frozenset({"prod", "production", "deploy", "deployment", "server", "webserver", "web-server"})
_SERVERS = ("gunicorn", "uvicorn", "granian", "hypercorn", "uwsgi", "waitress", "daphne")


def is_production(name: str, listed: Any) -> bool:
    """A group by one of the usual names, or of no other purpose than a server."""
    words = [str(item) for item in listed] if isinstance(listed, list) else []
    if name.lower() in _GROUPS:
        return bool(words)
    return bool(words) and all(word.lower().startswith(_SERVERS) for word in words)
