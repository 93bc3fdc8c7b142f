"""Contain failures: a failure in one folder does not affect the rest of the tree."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from genfile.detect.tree import Tree
from genfile.errors import GenfileError


@contextmanager
def contained(tree: Tree, path: str, doing: str = "could not be read") -> Iterator[None]:
    """Work on one folder: any exception becomes a note that names the folder, and the other folders are still read.

    A tree may exhaust the stack or the memory: that is a limit, and a warning. Any other exception is a bug in genfile:
    an error that names the place in genfile, so that the command exits with code 1 although the other services are
    there.
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
    """An unexpected exception in one clause: `KeyError in genfile at service.py:12`; without its text, which may hold
    anything from the tree."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} in genfile{where}"
