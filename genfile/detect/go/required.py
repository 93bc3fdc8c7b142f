"""The variables that a Go program ends without."""

from genfile.detect.go.address import Sources
from genfile.detect.go.module import GoModule
from genfile.detect.required import put_required
from genfile.evidence import Draft
from genfile.parsers.gorequired import required_names


def put_needed(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Mark what the packages behind the command end without."""
    put_required(
        draft,
        (
            (item.name, module.folder.says(path, item.line, f"{item.name} must be set"))
            for path, file in sources
            for item in required_names(file)
        ),
    )
