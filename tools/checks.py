"""`python -m tools.checks`: write docs/checks.md from the checks over the image on paper."""

import sys
from pathlib import Path

from genfile.image import CHECKS
from genfile.practice import PRACTICES

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


PRACTICE = """
## Good practice, by the measure of the project

`genfile lint` says these of Dockerfiles that may well build and start: what the project's own files ask for, what must
not be in a layer, how the process is started. A warning is a fault that matters in production; a hint is something that
could be better, and may be meant. Neither changes the exit code, unless `--level` or `[lint]` says so. Layout and shell
are left to hadolint. A finding that is meant is silenced by `# genfile: ignore=ID reason` above its instruction.

| id | level | why | source |
|---|---|---|---|
"""


def render() -> str:
    """The text of docs/checks.md."""
    checks = "".join(f"| `{item.id}` | {item.reason} |\n" for item in CHECKS)
    practice = "".join(f"| `{item.id}` | {item.level} | {item.reason} | {item.source} |\n" for item in PRACTICES)
    return HEAD + checks + PRACTICE + practice


def main() -> int:
    PATH.write_text(render(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
