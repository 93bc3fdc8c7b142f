"""The files that a step reads, and the programs that its scripts call, exist when it runs."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs
from genfile.image.packages import program_packages

ID = "step-inputs-exist"
REASON = "The build fails if a RUN needs a file that is copied later or not at all, or a program that nothing installs."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    for stage in built.needed:
        for lack in stage.lacks:
            if lack.kind == "run":
                hint = "copy or mount it before this step"
                yield Finding(
                    ID, f"{lack.what} needs {lack.path}, which is not copied yet", built.path, lack.line, hint
                )
            elif lack.kind == "program":
                text = f"{lack.what} of package.json calls {lack.path}, which no installed package brings"
                hint = f"add {program_packages(lack.path)[0]} to the dependencies that this stage installs"
                yield Finding(ID, text, built.path, lack.line, hint)
