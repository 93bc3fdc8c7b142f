"""The files that a step reads exist when it runs."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "step-inputs-exist"
REASON = "The build fails if a RUN needs a file that is copied later, or not at all."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    for stage in built.needed:
        for lack in stage.lacks:
            if lack.kind == "run":
                hint = "copy or mount it before this step"
                yield Finding(
                    ID, f"{lack.what} needs {lack.path}, which is not copied yet", built.path, lack.line, hint
                )
