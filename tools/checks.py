"""`python -m tools.checks`: write docs/checks.md from the checks over the image on paper."""

import sys
from pathlib import Path

from genfile.image import CHECKS

PATH = Path(__file__).parent.parent / "docs" / "checks.md"
HEAD = """\
# Checks over an image on paper

`genfile inspect` and `genfile init` carry out the Dockerfile that they lead to, without an engine: on a symbolic file
system that knows which paths are there, which are not, and which nobody can know. `genfile lint` does the same with any
Dockerfile. What a check finds is first used to decide better; what is left stands in `risks`, with the id of the check.
What is unknown (an image that nobody knows, a command that may have done anything) is never a finding.

This list is made from the code: `python -m tools.checks`.

| id | why |
|---|---|
"""


def render() -> str:
    """The text of docs/checks.md."""
    return HEAD + "".join(f"| `{item.id}` | {item.reason} |\n" for item in CHECKS)


def main() -> int:
    PATH.write_text(render(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
