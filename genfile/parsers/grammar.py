"""tree-sitter, bounded: any text ends as a syntax tree or as one ParseError, in bounded time, memory and stack.

These bounds hold it. All of them are counts, so the same text gives the same answer on every machine:

- *work*: the library reports every hundred actions and reads the text in chunks; a parse that goes over the same text
  again and again is stopped (``MAX_WORK``);
- *ambiguity*: at the end of a faulty text, the library copies its whole stack for each way to read what is still
  open, so a text that is both long and faulty, deeply nested, or full of unclosed ``<`` is rejected
  (``MAX_FAULTY_TOKENS``, …);
- *stack*: the library frees its own stack recursively, at worst one frame per token, so a long text is parsed in a
  thread with a stack frame for each byte of the text.
"""

import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from genfile.parsers import ParseError

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BYTES = 1024 * 1024
MAX_NESTING = 500
# Searches for nodes keep their depth in a few bits, and never end in a tree that is deeper, such as that of `a.b.c…`.
MAX_TREE_DEPTH = 10_000
MAX_FAULTY_TOKENS = 8_000
# `a<b` is a comparison or the start of generics; Groovy's grammar keeps both readings open until the end of the file.
MAX_OPEN_ANGLES = 1_000
# Units of work: one per hundred parser actions, three per chunk read. Real code takes up to 31 per thousand bytes.
MAX_WORK = 3_000
MAX_WORK_PER_KB = 32
CHUNK = 4096

# Shorter texts only need the bound on work: they can't be long, deep or faulty enough for the others.
_SHORT = 8_000
_STACK_FRAME = 160
_BASE_STACK = 1024 * 1024

_TOKENS = re.compile(rb"\w+|[^\w\s]")
# Comments and strings, each up to its end or the end of the text so that the search is linear; then brackets.
_BRACKETS = re.compile(
    rb"""//[^\n]*|/\*(?:.*?\*/|.*)|\"{3}(?:.*?\"{3}|.*)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?"""
    rb"""|[(\[{]|[)\]}]""",
    re.DOTALL,
)
_NAMES = {
    "go": ("tree_sitter_go", "language"),
    "groovy": ("tree_sitter_groovy", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "typescript": ("tree_sitter_typescript", "language_tsx"),
}
_STACK_SIZE = threading.Lock()


@cache
def language(name: str) -> Any:
    """A grammar by name."""
    from importlib import import_module

    import tree_sitter

    module, maker = _NAMES[name]
    return tree_sitter.Language(getattr(import_module(module), maker)())


@cache
def _query(name: str, kinds: tuple[str, ...]) -> Any:
    import tree_sitter

    return tree_sitter.Query(language(name), " ".join(f"({kind}) @{kind}" for kind in kinds))


def captures(name: str, kinds: tuple[str, ...], root: "Node") -> dict[str, list["Node"]]:
    """The nodes of some types below a node, by type, in source order; the library finds them in one pass, unordered."""
    import tree_sitter

    found = tree_sitter.QueryCursor(_query(name, kinds)).captures(root)
    return {kind: in_order(nodes) for kind, nodes in found.items()}


def in_order(nodes: Iterable["Node"]) -> list["Node"]:
    """Nodes in source order; an enclosing node before those inside it."""
    # Two sorts by one attribute are far cheaper than one sort by a tuple built for each node.
    return sorted(sorted(nodes, key=attrgetter("end_byte"), reverse=True), key=attrgetter("start_byte"))


class Places:
    """Nodes in source order, looked up by the node that contains them."""

    def __init__(self, nodes: Iterable["Node"]) -> None:
        self._found = list(nodes)
        self._starts = [node.start_byte for node in self._found]

    def within(self, node: "Node") -> list["Node"]:
        return self._found[bisect_left(self._starts, node.start_byte) : bisect_left(self._starts, node.end_byte)]

    def first_in(self, node: "Node") -> "Node | None":
        at = bisect_left(self._starts, node.start_byte)
        return self._found[at] if at < len(self._found) and self._starts[at] < node.end_byte else None

    def last_in(self, node: "Node") -> "Node | None":
        at = bisect_left(self._starts, node.end_byte) - 1
        return self._found[at] if at >= 0 and self._starts[at] >= node.start_byte else None


def parse_code(text: str, name: str, limit: int = MAX_BYTES) -> tuple[bytes, "Node"]:
    """A text as bytes, and the root of its syntax tree; syntax errors only hide what they cover.

    Raises ParseError for a text that is too long, too deeply nested, or takes too much work to parse.
    """
    source = text.encode("utf-8", "replace")
    if len(source) > limit:
        raise ParseError(f"is larger than {limit // 1024} KiB" if limit < MAX_BYTES else "is larger than 1 MiB")
    if len(source) > _SHORT:
        _check_nesting(source)
    if name == "groovy" and source.count(b"<") - source.count(b">") > MAX_OPEN_ANGLES:
        raise ParseError(f"more than {MAX_OPEN_ANGLES} `<` are not closed")
    result = _roomy(partial(_parse, source, language(name)), len(source))
    if isinstance(result, str):
        raise ParseError(result)
    if _is_deep(result):
        raise ParseError(f"nested more than {MAX_TREE_DEPTH} deep")
    return source, result


def _is_deep(root: "Node") -> bool:
    """Whether a tree is too deep; subtrees with fewer nodes than remaining levels are skipped."""
    queue = [(root, 0)]
    while queue:
        node, depth = queue.pop()
        if depth > MAX_TREE_DEPTH:
            return True
        if depth + node.descendant_count > MAX_TREE_DEPTH:
            queue += [(child, depth + 1) for child in node.children]
    return False


def _check_nesting(source: bytes) -> None:
    depth = 0
    for match in _BRACKETS.finditer(source):
        char = match[0]
        if char in b"([{":
            depth += 1
            if depth > MAX_NESTING:
                raise ParseError(f"nested more than {MAX_NESTING} deep", source.count(b"\n", 0, match.start()) + 1)
        elif char in b")]}":
            depth -= depth > 0


def _parse(source: bytes, grammar: Any) -> "Node | str":
    """The root node, or the reason why there is none."""
    import tree_sitter

    allowed = MAX_WORK + MAX_WORK_PER_KB * len(source) // 1024
    work, reason = 0, ""
    many: bool | None = None if len(source) > MAX_FAULTY_TOKENS else False
    # The library never frees what a read returns. One buffer is enough: it is done with a chunk by the next read.
    buffer = bytearray()

    def read(offset: int, _point: object) -> bytearray:
        nonlocal work
        work += 3
        buffer[:] = source[offset : offset + CHUNK]
        return buffer

    def stop(_offset: int, faulty: bool) -> bool:
        nonlocal work, reason, many
        work += 1
        if faulty and many is None:
            many = len(_TOKENS.findall(source)) > MAX_FAULTY_TOKENS
        if work > allowed:
            reason = "takes too much work to parse"
        elif faulty and many:
            reason = f"has syntax errors in more than {MAX_FAULTY_TOKENS} tokens"
        return bool(reason)

    try:
        return tree_sitter.Parser(grammar).parse(read, progress_callback=stop).root_node
    except (ValueError, MemoryError):
        return reason or "is not parsed"


def _roomy(function: Callable[[], "Node | str"], size: int) -> "Node | str":
    """Call a function with a stack frame for each byte of a text."""
    if size <= _SHORT:
        return function()
    results: list[Node | str] = []
    with _STACK_SIZE:
        before = threading.stack_size(_BASE_STACK + -(-size * _STACK_FRAME // 4096) * 4096)
        try:
            thread = threading.Thread(target=lambda: results.append(function()))
            thread.start()
        except RuntimeError:
            return "needs more memory than is available"
        finally:
            threading.stack_size(before)
    thread.join()
    return results[0] if results else "is not parsed"
