"""The variables without which a Go program exits."""

from genfile.detect.go.address import Sources
from genfile.detect.go.module import GoModule
from genfile.detect.required import put_required
from genfile.evidence import Draft
from genfile.parsers.gorequired import fatal_calls, required_names, returned_names


def put_needed(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Mark the variables without which the packages behind the command exit, also through a returned error."""
    found = [(path, item) for path, file in sources for item in required_names(file)]
    fatal = {name for _, file in sources for name in fatal_calls(file)}
    found += [(path, item) for path, file in sources for name, item in returned_names(file) if name in fatal]
    put_required(
        draft,
        ((item.name, module.folder.says(path, item.line, f"{item.name} must be set")) for path, item in found),
    )
