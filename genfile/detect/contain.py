"""Contain failures: a failure in one folder does not affect the rest of the tree."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from genfile.detect.tree import Tree
from genfile.errors import GenfileError


@contextmanager
def contained(tree: Tree, path: str, doing: str = "could not be read") -> Iterator[None]:
    """Work on one folder: whatever it raises becomes a note that names the folder, and the others are still looked at.

    A tree can exhaust the stack or the memory: that is a limit, and a warning. Any other exception is a fault of
    genfile's own that a tree has brought to light: an error, which names the place in genfile, so that the command
    ends with exit code 1 although the other services are there.
    """
    place = path or "."
    try:
        yield
    except GenfileError:
        raise
    except RecursionError:
        tree.note("warning", f"{place} {doing}: nested too deeply", place)
    except MemoryError:
        tree.forget()
        tree.note("warning", f"{place} {doing}: not enough memory", place)
    except Exception as error:
        tree.note("error", f"{place} {doing}: {fault(error)}", place)


def fault(error: BaseException) -> str:
    """An exception that nobody expected, in one clause: `KeyError in genfile at service.py:12`. Its text stays out,
    for it may hold anything of the tree."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} in genfile{where}"
