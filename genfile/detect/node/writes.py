"""What a program of Node writes into its own tree: there the code is root's, and the user is another."""

import posixpath
from collections.abc import Sequence

from genfile.detect.node.compiled import compiled
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.jswrites import Place

MAX_FOLDERS = 8


def put_writes(project: NodeProject, draft: Draft, start: Sequence[str]) -> None:
    """Add to /writable the folders that the started file, and what it imports of the project, make or write to."""
    folder = project.folder
    listed: list[str] = list(draft.values.get("writable", ()))
    evidence: list[Evidence] = []
    for name, module in source_files(project, tuple(start)):
        for place, line in module.writes:
            where = _where(project, name, place)
            if where is None or not _is_own(where, start):
                continue
            full = folder.full(where)
            if full not in listed and len(listed) < MAX_FOLDERS:
                listed.append(full)
                evidence.append(folder.says(name, line, f"it writes to {where}"))
    kept = [path for path in listed if not any(path.startswith(f"{other}/") for other in listed)]
    if evidence:
        draft.put("writable", Fact(kept, tuple(evidence)))


def _where(project: NodeProject, name: str, place: Place) -> str | None:
    """A place relative to the service's folder; None outside of it, or where nobody knows what the module becomes."""
    base = ""
    if place.beside:
        made = compiled(project)
        output = made.outputs.get(name) if made is not None else name
        if output is None or (made is None and not name.endswith((".js", ".mjs", ".cjs"))):
            return None
        base = posixpath.dirname(output)
    path = posixpath.normpath(posixpath.join(base, place.path))
    return None if path.startswith(("..", "/")) else path


def _is_own(where: str, start: Sequence[str]) -> bool:
    """A folder that may be in an image, and holds no code: a volume there would hide that of the next image."""
    plain = len(where) < 120 and where.isprintable() and not any(char in where for char in "\\{}*?<>|%$ :")
    code = any(posixpath.normpath(word).startswith(f"{where}/") for word in start[1:])
    return plain and where != "." and not code and not where.startswith((".git", "node_modules"))
