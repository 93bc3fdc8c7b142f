"""Other programs of the same image that the project's files run in production: a worker, a bot, a scheduler."""

import re

from genfile.detect.hosting.facts import Hosting
from genfile.evidence import Fact

# Words in the names of what runs once, or not in production.
_ONCE = frozenset(
    """
    migrate migration migrations test tests e2e seed seeder init setup release install build dev debug shell console
    docs lint backup web app
    """.split()
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
MAX_BESIDE = 8


def add_beside(found: Hosting, name: str, command: Fact[str]) -> None:
    """Add a program by the name that a file gives it, unless its name says that it runs once or not in production."""
    usable = _NAME.fullmatch(name) is not None and _ONCE.isdisjoint(re.split(r"[^a-z0-9]+", name))
    if usable and len(found.beside) < MAX_BESIDE and command.value.strip():
        found.beside.setdefault(name, command)
