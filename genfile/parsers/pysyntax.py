"""Python source to a syntax tree, where a part of it may be newer than the Python that reads it."""

import ast
import threading
import warnings

from genfile.parsers import ParseError, reason_of

# CPython 3.11 counts the depth of a tree for all threads together, and fails where two build one at once.
_ONE_AT_A_TIME = threading.Lock()

MAX_CHARACTERS = 1024 * 1024
# Statements that may be left out of a module before it counts as no Python.
MAX_REPAIRS = 12
# What a line in the first column starts with where it goes on with the statement above it.
_CONTINUATIONS = (")", "]", "}", "else", "elif", "except", "finally", '"""', "'''")


def parse_leniently(text: str) -> ast.Module:
    """The syntax tree of a module, without statements that are no Python to this Python.

    Raises ParseError for text that is no Python at all, is too deeply nested, or is over 1 MiB.
    """
    if len(text) > MAX_CHARACTERS:
        raise ParseError("is larger than 1 MiB")
    first: SyntaxError | None = None
    for _ in range(MAX_REPAIRS):
        try:
            return _parse(text)
        except SyntaxError as error:
            first = first or error
            repaired = _without_statement(text, error.lineno)
            if repaired is None:
                break
            text = repaired
        except (RecursionError, MemoryError, ValueError):
            raise ParseError("not valid Python, or too deeply nested") from None
    raise ParseError(
        f"not valid Python: {reason_of(first) if first else 'too many faults'}", first.lineno if first else None
    )


def _parse(text: str) -> ast.Module:
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # A project's own invalid escapes are no matter of the user's.
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _without_statement(text: str, line: int | None) -> str | None:
    """The text with the top-level statement around a line left empty: a project may be newer than this Python.

    None where that would leave nothing: then the text is no Python at all.
    """
    lines = text.split("\n")
    if line is None or not 0 < line <= len(lines):
        return None
    start = line - 1
    while start > 0 and not _begins_statement(lines[start]):
        start -= 1
    end = start + 1
    while end < len(lines) and not _begins_statement(lines[end]):
        end += 1
    if not any(item.strip() for item in lines[start:end]):
        return None
    lines[start:end] = [""] * (end - start)
    return "\n".join(lines) if any(item.strip() for item in lines) else None


def _begins_statement(line: str) -> bool:
    return bool(line.strip()) and not line[0].isspace() and not line.startswith(_CONTINUATIONS)
