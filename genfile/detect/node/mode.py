"""NODE_ENV of a program that listens outside production alone: the code of a host's function, which a developer starts
as a server."""

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.evidence import Draft


def put_mode(project: NodeProject, draft: Draft) -> None:
    """Put NODE_ENV into /environment where every call that listens is left out in production."""
    start = tuple(draft.values.get("start") or ())
    if not start or "static" in draft.values:
        return
    found = [
        (path, call, call.line in module.left_out)
        for path, module in source_files(project, start)
        for call in module.calls
        if call.callee.endswith(".listen")
    ]
    if not found or not all(out for _, _, out in found):
        return
    path, call, _ = found[0]
    says = project.folder.says(path, call.line, f"{call.callee}(…)")
    draft.values.setdefault("environment", []).append({"name": "NODE_ENV", "phase": "run", "value": "development"})
    text = f"{says}: the program listens only if NODE_ENV is not production, so the image sets it to development"
    draft.note("warning", f"{text}; let it listen in production too", says.path, says.line)
