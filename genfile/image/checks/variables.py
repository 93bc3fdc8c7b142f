"""Variables that the program can't start without are named."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "required-variables"
REASON = "A program that exits without a variable works only if whoever runs the image knows its name."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    there = built.image.environment
    for need in needs.variables:
        if need.value not in there:
            text = f"{need.value} must be set when the container starts"
            yield Finding(ID, text, need.path, need.line, f"--env {need.value}=…", "warning")
