"""What packages of PyPI bring along: the closure of what they require, as far as the data knows."""

from collections.abc import Iterable
from functools import cache

from genfile.data.entries import load_table


def brought(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The packages that some packages bring, themselves included, and those of them whose requirements are unknown.

    ``names``: normalised; an extra is asked for as `uvicorn[standard]`, besides the package itself.
    """
    known = _required()
    queue = list(dict.fromkeys(names))
    seen = set(queue)
    for name in queue:
        new = [other for other in known.get(name, "").split() if other not in seen]
        seen.update(new)
        queue += new
    return frozenset(name for name in seen if "[" not in name), frozenset(seen - known.keys())


def parse_requires(text: str) -> dict[str, str]:
    """The lines `NAME: REQUIRED REQUIRED` of the data as names with what they require, separated by spaces."""
    return {name: needs for name, _, needs in (line.partition(":") for line in text.splitlines())}


@cache
def _required() -> dict[str, str]:
    return parse_requires(load_table("requires")["pypi"])
