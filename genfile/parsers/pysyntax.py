"""Python source to a syntax tree, even if parts of it are newer than the Python that reads it."""

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from typing import TypeGuard

from genfile.parsers import ParseError, reason_of

# CPython 3.11 counts the tree's depth across all threads, and fails if two threads build one at the same time.
_ONE_AT_A_TIME = threading.Lock()

MAX_CHARACTERS = 1024 * 1024
# A syntax tree takes up to 900 bytes per token.
MAX_TOKENS = 250_000
# How many statements may be left out before a module no longer counts as Python.
MAX_REPAIRS = 12
# How many characters may be parsed again to find them.
MAX_REPAIRED = 2 * MAX_CHARACTERS
# Calls that read an environment variable.
GETTERS = frozenset(
    """
    os.environ.get os.getenv config env env.int env.str decouple.config env.bool env.list
    env.db env.url env.cache env.dict env.float env.json
    """.split()
)
# Classes of objects with such methods.
ENVIRONMENTS = frozenset({"environ.Env", "environ.FileAwareEnv", "environs.Env", "environs.FileAwareEnv"})
_TOKENS = re.compile(r"\w+|[^\w\s]")
# A number too large for Python to write in decimal: no container file needs its value.
_HUGE = re.compile(r"(?<!\w)(?:0[xXoObB])?[0-9a-fA-F_]{1000}")
# How an unindented line starts that continues the statement above it.
_CONTINUATIONS = (")", "]", "}", "else", "elif", "except", "finally", '"""', "'''")


def parse_leniently(text: str) -> ast.Module:
    """The syntax tree of a module, without statements that this Python can't parse.

    Raises ParseError for text that is not Python at all, is too deeply nested, or is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise ParseError("is larger than 1 MiB")
    if len(text) > MAX_TOKENS and len(_TOKENS.findall(text)) > MAX_TOKENS:
        raise ParseError(f"has more than {MAX_TOKENS} tokens")
    first: SyntaxError | None = None
    for _ in range(min(MAX_REPAIRS, 1 + MAX_REPAIRED // max(len(text), 1))):
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
        f"not valid Python: {reason_of(first) if first else 'too many syntax errors'}", first.lineno if first else None
    )


def _parse(text: str) -> ast.Module:
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # Invalid escapes in a project's code are no concern of the user's.
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    if _HUGE.search(text):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value.bit_length() > 1000:
                node.value = ...
    return tree


def _without_statement(text: str, line: int | None) -> str | None:
    """The text with the top-level statement around a line blanked out, since a project may be newer than this Python.

    None if that would leave nothing: then the text is not Python at all.
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


def is_main_guard(node: ast.stmt) -> TypeGuard[ast.If]:
    """Whether a statement is `if __name__ == ...:`, whose body runs only where the module is the program."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Name)
        and node.test.left.id == "__name__"
    )


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """A module's statements in order, including those inside `if`, `try` and `with`."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        inner: list[ast.stmt] = []
        if isinstance(node, ast.If):
            inner = [*node.body, *node.orelse]
        elif isinstance(node, ast.Try):
            inner = [*node.body, *node.orelse, *node.finalbody]
        elif isinstance(node, ast.With):
            inner = node.body
        stack.extend(reversed(inner))


def statements_of(function: ast.stmt) -> list[ast.stmt]:
    """The statements inside a function, outer ones first; expressions are not searched."""
    found: list[ast.AST] = [function]
    for node in found:
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            found.extend(getattr(node, name, ()))
    return [node for node in found[1:] if isinstance(node, ast.stmt)]


def words(node: ast.expr) -> Iterator[str]:
    """The names and literals in an expression, as text."""
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            yield item.id
        elif isinstance(item, ast.Attribute):
            yield item.attr
        elif isinstance(item, ast.Constant):
            yield str(item.value)
