"""What the program loads at start: its own modules, one after the other, and packages."""

from genfile.image.build import Built
from genfile.image.loaded.model import Load, Reached
from genfile.image.target import target_of, words_of

__all__ = ["Load", "Reached", "reached"]


def reached(built: Built) -> Reached:
    """Follow the start file's imports through the image, as far as its files are copies from the build context."""
    kept = built.memory.get("reached")
    if isinstance(kept, Reached):
        return kept
    result = Reached()
    started = words_of(built)
    target = target_of(built.final, *started) if started is not None else None
    if target is not None and target.kind == "node" and target.path is not None:
        from genfile.image.loaded.node import follow

        follow(built, target.path, result)
    elif target is not None and target.kind in ("python", "module"):
        from genfile.image.loaded.python import follow_python

        follow_python(built, target, result)
    built.memory["reached"] = result
    return result
