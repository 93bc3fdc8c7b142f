"""`python -m tools.checks`: write docs/checks.md from the checks over the image on paper."""

import sys
from pathlib import Path

from genfile.image import CHECKS
from genfile.practice import PRACTICES

PATH = Path(__file__).parent.parent / "docs" / "checks.md"
HEAD = """\
# Checks over an image on paper

`genfile inspect` and `genfile init` carry out the resulting Dockerfile without building it: on a symbolic file system
in which a path exists, does not exist, or is unknown. `genfile lint` does the same with any Dockerfile. A finding first
improves the decision that caused it; what remains is listed in `risks`, with the id of the check. What is unknown (a
base image without data, a command with unknown effects) is never a finding.

This list is generated from the code by `python -m tools.checks`.

| id | why |
|---|---|
"""


PRACTICE = """
## Good practice

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
