"""The packages that the program imports are installed."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.loaded import reached
from genfile.image.needs import Needs

ID = "imports-installed"
REASON = "The program fails if it imports a package that the image does not install."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    seen: set[str] = set()
    for item in reached(built).absent:
        if item.name in seen:
            continue
        seen.add(item.name)
        text = f"{item.source} imports {item.name}, which {item.origin} does not install"
        yield Finding(ID, text, item.source, item.line, "add it to the project's dependencies")
