"""What Python files declare about a project beside code: the keywords of setup.py, a script's inline metadata."""

from typing import Any

from genfile.parsers.python import PyModule
from genfile.parsers.values import is_known

MAX_LINES = 100_000


def setup_keywords(module: PyModule) -> dict[str, Any]:
    """The literal keyword arguments of `setup(…)` in a setup.py."""
    for call in module.calls:
        if call.callee in ("setup", "setuptools.setup", "distutils.core.setup"):
            return {name: value for name, value in call.keywords.items() if is_known(value)}
    return {}


def script_metadata(text: str) -> dict[str, Any] | None:
    """A script's inline metadata (PEP 723); None if it is missing or malformed."""
    import tomli

    block = _script_block(text)
    if block is None:
        return None
    try:
        return tomli.loads("\n".join(line[2:] if line.startswith("# ") else line[1:] for line in block))
    except (ValueError, RecursionError):
        return None


def _script_block(text: str) -> list[str] | None:
    """The lines of the first block, as the regular expression of PEP 723 matches it: up to the comment's last `#
    ///`."""
    lines = text.split("\n")
    at = 0
    while at < len(lines) and len(lines) <= MAX_LINES:
        if lines[at] != "# /// script":
            at += 1
            continue
        stop = at + 1
        while stop < len(lines) and (lines[stop] == "#" or lines[stop].startswith("# ")):
            stop += 1
        ends = [number for number in range(at + 2, stop) if lines[number] == "# ///"]
        if ends:
            return lines[at + 1 : ends[-1]]
        # A block that starts later in the same comment is not closed either.
        at = stop
    return None
