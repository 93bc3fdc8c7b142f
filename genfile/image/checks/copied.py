"""The sources of COPY, ADD and bind mounts exist."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs

ID = "copied-files-exist"
REASON = "The build fails if COPY names a path that the build context or the other stage does not have."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    for stage in built.needed:
        for lack in stage.lacks:
            if lack.kind != "copy":
                continue
            if lack.ignored is not None:
                text = f"{lack.path} is excluded from the build context by the pattern {lack.ignored}"
                hint = f"add !{lack.path} to .dockerignore"
            else:
                text, hint = f"{lack.what}: {lack.path} does not exist", None
            yield Finding(ID, text, built.path, lack.line, hint)
