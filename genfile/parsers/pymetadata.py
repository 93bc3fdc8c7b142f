"""What Python files say of a project beside code: the keywords of setup.py, the inline metadata of a script."""

import re
from typing import Any

from genfile.parsers.python import PyModule
from genfile.parsers.values import is_known

# The expression that PEP 723 gives.
_SCRIPT_BLOCK = re.compile(r"(?m)^# /// script$\s(^(?:#(?:| .*)$\s)+)^# ///$")


def setup_keywords(module: PyModule) -> dict[str, Any]:
    """The literal keywords of a setup.py's `setup(…)` call."""
    for call in module.calls:
        if call.callee in ("setup", "setuptools.setup", "distutils.core.setup"):
            return {name: value for name, value in call.keywords.items() if is_known(value)}
    return {}


def script_metadata(text: str) -> dict[str, Any] | None:
    """The inline metadata of a script by PEP 723; None where there is none, or it is malformed."""
    import tomli

    match = _SCRIPT_BLOCK.search(text)
    if match is None:
        return None
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in match[1].splitlines()]
    try:
        return tomli.loads("\n".join(lines))
    except tomli.TOMLDecodeError:
        return None
