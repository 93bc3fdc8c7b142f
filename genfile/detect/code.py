"""A tree's source code, read within one budget for all of it, since a syntax tree costs far more than its text."""

import re
from collections.abc import Callable
from typing import TypeVar

from genfile.detect.tree import Project

T = TypeVar("T")

# Budgets, in tokens (words and signs) of source code, for one folder's service and for the whole tree.
MAX_FOLDER_TOKENS = 400_000
MAX_TREE_TOKENS = 800_000
# An additional budget for the files that programs start in, so that each program is found however large the others are.
MAX_FIRST_TOKENS = 100_000
# A longer Python module without imports is a table of data.
MAX_DATA = 64 * 1024

_TOKENS = re.compile(r"\w+|[^\w\s]")


def parse_code(project: Project, parser: Callable[[str], T], name: str, *, first: bool = False) -> T | None:
    """A parsed source file, like Project.parse; None, with a note, once the tree's code is over the budget.

    ``first``: a program starts in this file, so it has a budget of its own.
    """
    tree, path = project.tree, project.full(name)
    key = ("code", path)
    if key not in tree.memory:
        tree.memory[key] = _fits(project, path, first)
    return project.parse(parser, name) if tree.memory[key] else None


def is_left_out(project: Project, name: str) -> bool:
    """Whether a source file was requested but not read, since the tree has too much code."""
    return project.tree.memory.get(("code", project.full(name))) is False


def _fits(project: Project, path: str, first: bool) -> bool:
    text = project.tree.text(path)
    if text is None:
        return True
    if path.endswith(".py") and len(text) > MAX_DATA and "import" not in text:
        project.tree.note("info", f"{path} was skipped: {len(text)} characters of Python without an import", path)
        return False
    memory = project.tree.memory
    count = len(_TOKENS.findall(text))
    begun = memory.get(("code-first",), 0) + count
    if first and begun <= MAX_FIRST_TOKENS:
        memory["code-first",] = begun
        return True
    spent: dict[tuple[str, ...], int] = {}
    bounds: list[tuple[tuple[str, ...], int]] = [(("code-of", project.path), MAX_FOLDER_TOKENS)]
    for key, limit in [*bounds, (("code-of",), MAX_TREE_TOKENS)]:
        spent[key] = memory.get(key, 0) + count
        if spent[key] > limit:
            _say_left_out(project, path, key, limit)
            return False
    memory.update(spent)
    return True


def _say_left_out(project: Project, path: str, key: tuple[str, ...], limit: int) -> None:
    """Add one note for each budget, with the first file over it."""
    told = (*key, "told")
    if told not in project.tree.memory:
        project.tree.memory[told] = True
        where = "the tree" if len(key) == 1 else project.spec_path
        reason = f"more than {limit:,} tokens of source code in {where}"
        project.tree.note("warning", f"{path}, and everything after it, was skipped: {reason}", path)
