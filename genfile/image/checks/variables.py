"""Variables that must be set are named: the program can't start without them, or has a key that everyone knows."""

import posixpath
from collections.abc import Iterator

from genfile.container.compose import read_dotenv
from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "required-variables"
REASON = "A program that exits without a variable works only if whoever runs the image knows its name."
_SHOWN = "should be set when the container starts: everyone can read its default in the code"


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    there = {*built.image.environment, *_of_the_file(built)}
    for need in needs.variables:
        if need.value not in there:
            text = f"{need.value} {_SHOWN if need.fallback else 'must be set when the container starts'}"
            yield Finding(ID, text, need.path, need.line, f"--env {need.value}=…", "warning")


def is_of_fallback(text: str) -> bool:
    """Whether a finding is about a variable that has a default, which everyone can read."""
    return text.endswith(_SHOWN)


def _of_the_file(built: Built) -> frozenset[str]:
    """The variables of a `.env` that the image brings in the folder where the program starts."""
    source = built.final.files.find(posixpath.join(built.final.folder, ".env")).source
    text = built.context.read(source) if source is not None else None
    return frozenset(name for name, value in read_dotenv(text or "").items() if value)
