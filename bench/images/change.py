"""Add a line to a source file that a compiler can't drop; a comment would change nothing that is built."""

import secrets
from pathlib import Path

_SCRIPT = 'console.debug("{mark}");'
_LINES = {
    **dict.fromkeys((".js", ".mjs", ".jsx", ".ts", ".tsx"), _SCRIPT),
    ".py": 'CHANGED = "{mark}"',
    ".go": 'func init() {{ println("{mark}") }}',
    ".java": "class Changed{mark} {{}}",
}


def change_code(file: Path) -> None:
    """Add a line that no build has seen. Raises KeyError for a language without one here."""
    line = _LINES[file.suffix].format(mark=secrets.token_hex(8))
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")


def change_lock(file: Path) -> None:
    """Add whitespace: the same dependencies, in a file that no build has seen."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write("".join(secrets.choice(" \n") for _ in range(64)) + "\n")
