"""From a path in the image to the path of the build context that it was copied from, and back."""

import posixpath
from collections.abc import Iterator

from genfile.container.model import Copied, FinishedStage
from genfile.container.stages import lineage

MAX_DEPTH = 50
MAX_STEPS = 20_000


def context_paths(stages: tuple[FinishedStage, ...], stage: FinishedStage, path: str) -> Iterator[str]:
    """The paths of the build context that a path of a stage's image may have come from, the surest first.

    What a stage makes by itself below a folder that was copied has the place that it would have in the context.
    """
    return _Walk(stages).back(stage, posixpath.normpath(posixpath.join(stage.folder, path)))


def image_paths(stages: tuple[FinishedStage, ...], stage: FinishedStage, path: str) -> Iterator[str]:
    """Where a stage's image has a path of the build context."""
    return _Walk(stages).forth(stage, path)


class _Walk:
    """One question: each place of each stage is asked once, however many ways lead there."""

    def __init__(self, stages: tuple[FinishedStage, ...]) -> None:
        self.stages = stages
        self.seen: set[tuple[int, str]] = set()
        self.known: dict[tuple[int, str], list[str]] = {}
        self.left = MAX_STEPS

    def back(self, stage: FinishedStage, place: str, depth: int = 0) -> Iterator[str]:
        for copied, other in self._copies(stage, place, depth):
            for source in _sources(copied, place):
                if copied.stage is None:
                    yield source
                elif other is not None:
                    yield from self.back(other, "/" + source.lstrip("/"), depth + 1)

    def forth(self, stage: FinishedStage, path: str, depth: int = 0) -> Iterator[str]:
        # Unlike the way back, each way to a stage leads to other places: what it has is kept, not passed over.
        key = (stage.index, path)
        if key not in self.known:
            self.known[key] = list(dict.fromkeys(self._found_forth(stage, path, depth)))
        return iter(self.known[key])

    def _found_forth(self, stage: FinishedStage, path: str, depth: int) -> Iterator[str]:
        for copied, other in self._copies(stage, path, depth):
            if copied.stage is None:
                yield from _targets(copied, path)
            elif other is not None:
                for inner in self.forth(other, path, depth + 1):
                    yield from _targets(copied, inner.lstrip("/"))

    def _copies(self, stage: FinishedStage, path: str, depth: int) -> Iterator[tuple[Copied, FinishedStage | None]]:
        if depth > MAX_DEPTH or (stage.index, path) in self.seen:
            return
        self.seen.add((stage.index, path))
        for base in lineage(self.stages, stage):
            for said in reversed(base.copies):
                self.left -= 1
                if self.left < 0:
                    return
                yield said.value, source_stage(self.stages, base, said.value)


def source_stage(stages: tuple[FinishedStage, ...], stage: FinishedStage, copied: Copied) -> FinishedStage | None:
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
