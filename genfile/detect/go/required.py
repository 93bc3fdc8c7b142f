"""The variables without which a Go program exits."""

from genfile.detect.go.address import Sources
from genfile.detect.go.module import GoModule
from genfile.detect.required import put_required
from genfile.evidence import Draft
from genfile.parsers.values import EnvName


def put_needed(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Mark the variables without which the command's packages exit, even if by an error that a function returns."""
    found = [(path, item) for path, file in sources for item in file.required_names]
    fatal = {name for _, file in sources for name in file.fatal_calls}
    found += [(path, item) for path, file in sources for name, item in file.returned_names if name in fatal]
    needing = {name: at for _, file in sources for name, at in file.needing.items()}
    for path, file in sources if needing else ():
        for call in file.calls:
            at = needing.get(call.callee.rpartition(".")[2], len(call.arguments))
            name = call.arguments[at] if at < len(call.arguments) else None
            if isinstance(name, str) and name.isidentifier():
                found.append((path, EnvName(name, call.line, has_default=False)))
    put_required(
        draft,
        ((item.name, module.folder.says(path, item.line, f"{item.name} must be set")) for path, item in found),
    )
