"""What a step reads is there when it runs."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "step-inputs-exist"
REASON = "A RUN that needs a file which is not copied yet, or not at all, ends the build."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    for stage in built.needed:
        for lack in stage.lacks:
            if lack.kind == "run":
                hint = "copy it, or mount it, before this step"
                yield Finding(ID, f"{lack.what} needs {lack.path}, which is not there yet", built.path, lack.line, hint)
