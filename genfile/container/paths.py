"""From a path in the image to the path of the build context that it was copied from, and back."""

import posixpath
from collections.abc import Iterator

from genfile.container.model import Copied, Stage
from genfile.container.stages import lineage

MAX_DEPTH = 20


def context_paths(stages: tuple[Stage, ...], stage: Stage, path: str, depth: int = 0) -> Iterator[str]:
    """The paths of the build context that a path of a stage's image may have come from, the surest first.

    What a stage makes by itself below a folder that was copied has the place that it would have in the context.
    """
    place = posixpath.normpath(posixpath.join(stage.folder, path))
    if depth > MAX_DEPTH:
        return
    for base in lineage(stages, stage):
        for said in reversed(base.copies):
            copied = said.value
            for source in _sources(copied, place):
                other = source_stage(stages, base, copied)
                if copied.stage is None:
                    yield source
                elif other is not None:
                    yield from context_paths(stages, other, "/" + source.lstrip("/"), depth + 1)


def image_paths(stages: tuple[Stage, ...], stage: Stage, path: str, depth: int = 0) -> Iterator[str]:
    """Where a stage's image has a path of the build context."""
    if depth > MAX_DEPTH:
        return
    for base in lineage(stages, stage):
        for said in reversed(base.copies):
            copied = said.value
            other = source_stage(stages, base, copied)
            if copied.stage is None:
                yield from _targets(copied, path)
            elif other is not None:
                for inner in image_paths(stages, other, path, depth + 1):
                    yield from _targets(copied, inner.lstrip("/"))


def source_stage(stages: tuple[Stage, ...], stage: Stage, copied: Copied) -> Stage | None:
    """The stage that a COPY takes files of: by its name, or by its number; None for the context and for images."""
    wanted = (copied.stage or "").lower()
    if not wanted:
        return None
    if wanted.isdecimal() and wanted.isascii() and len(wanted) < 6:
        return stages[int(wanted)] if int(wanted) < stage.index else None
    return next((item for item in reversed(stages[: stage.index]) if item.name and item.name.lower() == wanted), None)


def _sources(copied: Copied, place: str) -> Iterator[str]:
    """What a COPY had as the source of a path, where that lies at or below its target."""
    target, source = copied.target.rstrip("/") or "/", copied.source
    name = posixpath.basename(source)
    inner = _below(place, target)
    if inner is None:
        return
    if "*" in source or "?" in source:
        import fnmatch

        first = inner.split("/")[0]
        if inner and fnmatch.fnmatchcase(first, name):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(source), inner))
        return
    if source == ".":
        yield inner or "."
    elif not _is_file(source):
        yield posixpath.join(source, inner) if inner else source
    elif inner == (name if copied.into else ""):
        yield source


def _is_file(source: str) -> bool:
    """Whether a name looks like a file's: COPY puts the content of a folder into its target, and a file itself."""
    return "." in posixpath.basename(source)[1:]


def _targets(copied: Copied, path: str) -> Iterator[str]:
    """Where a COPY puts a path, where that lies at or below its source."""
    target, source = copied.target.rstrip("/") or "/", copied.source
    name = posixpath.basename(path)
    if "*" in source or "?" in source:
        import fnmatch

        if posixpath.dirname(path) == posixpath.dirname(source) and fnmatch.fnmatchcase(
            name, posixpath.basename(source)
        ):
            yield posixpath.join(target, name)
        return
    inner = path if source == "." else _below("/" + path, "/" + source)
    if inner is None:
        return
    if _is_file(source):
        if not inner:
            yield posixpath.join(target, name) if copied.into else target
    else:
        yield posixpath.join(target, inner) if inner not in ("", ".") else target


def _below(path: str, folder: str) -> str | None:
    if path == folder:
        return ""
    prefix = folder.rstrip("/") + "/"
    return path[len(prefix) :] if path.startswith(prefix) else None
