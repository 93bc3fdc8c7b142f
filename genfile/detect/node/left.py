"""Files that a compiled module reads beside itself and the compiler leaves in the sources: the build copies them
over."""

import posixpath
import shlex
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.node.compiled import Compiled, compiled
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, resolve
from genfile.detect.node.sources import source_files
from genfile.detect.paths import inside, relative
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.jspaths import Standing

# Programs with which projects copy such files themselves.
_COPIERS = frozenset("cp copy copyfiles cpx cpx2 cpy cpy-cli ncp shx rsync copy-files-from-to gulp grunt".split())
_TYPES = (".ts", ".tsx", ".mts", ".cts", ".map")
MAX_FILES = 12
MAX_IN_FOLDER = 200


class Left(Struct, frozen=True):
    """A source file or folder, where the program looks for it, and the line that does."""

    source: str
    target: str
    says: Evidence


def put_left(project: NodeProject, draft: Draft) -> None:
    """Add to /build the copies of files that the compiler leaves behind."""
    made, start = compiled(project), tuple(draft.values.get("start") or ())
    if made is None or made.by is None or "static" in draft.values or not draft.values.get("build"):
        return
    if started_file(project, start) not in made.outputs.values() or _copies(project):
        return
    found = {item.target: item for item in _left(project, made, start)}
    if not found or len(found) > MAX_FILES:
        return
    base = project.root.path if project.workspace is not None else project.folder.path
    commands = [_copy(project.folder, item, base) for item in found.values()]
    says = next(iter(found.values())).says
    evidence = draft.evidence["/build"].evidence if "/build" in draft.evidence else ()
    draft.put("build", Fact([*draft.values["build"], *commands], (*evidence, says)))
    text = f"{says}: {made.by.program} does not copy it to where the program looks for it, so the image does"
    draft.note("info", text, says.path, says.line)


def _copies(project: NodeProject) -> bool:
    """Whether the project's own build copies files: with a step, or by nest-cli.json."""
    nest = project.folder.json("nest-cli.json") if project.folder.has("nest-cli.json") else None
    if nest is not None and nest.items("compilerOptions", "assets"):
        return True
    names = (f"{way}{name}" for name in (*BUILD_SCRIPTS, *BUILD_PARTS) for way in ("", "pre", "post"))
    texts = (project.package.scripts.get(name, "") for name in names)
    steps = (step for name in BUILD_SCRIPTS for step in resolve(project.package, name) or ())
    return any(step.program in _COPIERS for step in steps) or any(
        word in _COPIERS for text in texts for word in text.split()
    )


def _left(project: NodeProject, made: Compiled, start: tuple[str, ...]) -> Iterator[Left]:
    folder, outputs = project.folder, set(made.outputs.values())
    for name, module in source_files(project, start):
        output = made.outputs.get(name)
        if output is None or posixpath.dirname(output) == posixpath.dirname(name):
            continue
        before, after = (module.beside(_standing(path)) for path in (name, output))
        for (source, line), (target, _) in zip(before, after, strict=True):
            if source is None or target is None or source.absolute or target.path == source.path:
                continue
            if target.path in outputs or inside(name, source.path):
                continue
            says = folder.says(name, line, f"it looks for {posixpath.basename(source.path)} beside itself")
            yield from _of_path(folder, made, source.path, target.path, says)


def _standing(path: str) -> Standing:
    return Standing(path, "", lambda module, names: None, lambda key: None)


def _of_path(folder: Project, made: Compiled, source: str, target: str, says: Evidence) -> Iterator[Left]:
    """What to copy for a path: the file; the whole folder if it has no sources; else the folder's other files."""
    if folder.has(source):
        if source not in made.outputs and not folder.has(target) and not source.endswith(_TYPES):
            yield Left(source, target, says)
        return
    if source in ("", ".") or not folder.has_folder(source) or folder.has_folder(target):
        return
    files = [name for name, _ in zip(folder.files(below=source, depth=8), range(MAX_IN_FOLDER), strict=False)]
    others = [name for name in files if name not in made.outputs and not name.endswith(_TYPES)]
    if others == files and files:
        yield Left(source, target, says)
        return
    yield from (Left(name, posixpath.join(target, posixpath.relpath(name, source)), says) for name in others)


def _copy(folder: Project, item: Left, base: str) -> str:
    source, target = (shlex.quote(relative(folder.full(path), base)) for path in (item.source, item.target))
    if folder.has(item.source):
        return f"install -D -m 644 {source} {target}"
    return f"mkdir -p {target} && cp -R {source}/. {target}"


__all__ = ["put_left"]
