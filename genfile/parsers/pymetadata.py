"""What Python files say of a project beside code: the keywords of setup.py, the inline metadata of a script."""

from typing import Any

from genfile.parsers.python import PyModule
from genfile.parsers.values import is_known

MAX_LINES = 100_000


def setup_keywords(module: PyModule) -> dict[str, Any]:
    """The literal keywords of a setup.py's `setup(…)` call."""
    for call in module.calls:
        if call.callee in ("setup", "setuptools.setup", "distutils.core.setup"):
            return {name: value for name, value in call.keywords.items() if is_known(value)}
    return {}


def script_metadata(text: str) -> dict[str, Any] | None:
    """The inline metadata of a script by PEP 723; None if there is none, or it is malformed."""
    import tomli

    block = _script_block(text)
    if block is None:
        return None
    try:
        return tomli.loads("\n".join(line[2:] if line.startswith("# ") else line[1:] for line in block))
    except (ValueError, RecursionError):
        return None


def _script_block(text: str) -> list[str] | None:
    """The lines of the first block, as the expression of PEP 723 finds them: up to the last `# ///` of its comment."""
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
        # What begins further down in the same comment ends no better.
        at = stop
    return None
