"""Which strings of JavaScript and TypeScript name no file: URLs, routes, patterns, and imports from elsewhere."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from genfile.parsers.grammar import captures
from genfile.parsers.jsvalues import WRAPPERS
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

# How many strings and remarks with a name are looked at, and how many expressions around each.
MAX_NODES = 5_000
MAX_DEPTH = 8
_KINDS = ("comment", "regex", "string", "template_string")
_URL = re.compile(r"(?!file:)(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
# An absolute path, also as the pattern of one: its first folder is not one of the project.
_ROOTED = re.compile(r"\^?/[^/\"'`]*")
# What gives a module its own place on the disk: what it joins to that may be relative, although it begins with `/`.
_ANCHORS = (b"__dirname", b"__filename", b"process.cwd", b"import.meta.dir", b"import.meta.filename",
            b"import.meta.path", b"import.meta.url")  # fmt: skip
# Calls whose arguments are joined to others, or in which `/` is the project's own folder.
_JOINS = frozenset("join resolve normalize concat glob globEager context URL".split())
_IMPORTS = frozenset({"require", "import"})
# A variable that the build writes into the page, and the page's own address.
_OF_PAGE = ("import.meta.env.", "location.", "window.location.")
_LONGEST = max(map(len, _OF_PAGE))
_PASSING = WRAPPERS | {"ternary_expression", "jsx_expression"}
_CHOICES = frozenset({"||", "??", "&&"})


def without_urls(module: "JsModule", names: Sequence[str], is_elsewhere: Callable[[str], bool]) -> str:
    """The text of a module, with blanks for what has one of some names but is no file of the project: comments, URLs,
    absolute paths such as those of routes, regular expressions, and relative imports that ``is_elsewhere`` holds for.

    What is joined to a value that is not known stays.
    """
    text = bytearray(module._source)
    anchored = any(word in module._source for word in _ANCHORS)
    for node in itertools.islice(_with_names(module, names), MAX_NODES):
        for start, end in _blanks(module, node, anchored, is_elsewhere):
            text[start:end] = b" " * (end - start)
    return text.decode("utf-8", "replace")


def _with_names(module: "JsModule", names: Sequence[str]) -> "Iterator[Node]":
    """The comments, patterns and strings of a module whose text has one of some names."""
    found = captures(module._language, _KINDS, module._root)
    words = [name.encode() for name in names]
    for kind in _KINDS:
        for node in found.get(kind, ()):
            if any(module._source.find(word, node.start_byte, node.end_byte) >= 0 for word in words):
                yield node


def _blanks(
    module: "JsModule", node: "Node", anchored: bool, is_elsewhere: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """The places in one node's text that name no file."""
    if node.type in ("comment", "regex"):
        # `/// <reference path="…" />` names a file; `require.context` takes a pattern of files.
        names_none = not module._text(node).startswith("///") and not _is_joined(module, node)
    elif _is_specifier(module, node):
        name = module._string(node)
        names_none = name.startswith(".") and is_elsewhere(name)
    else:
        yield from _of_string(module, node, anchored)
        return
    if names_none:
        yield node.start_byte, node.end_byte


def _of_string(module: "JsModule", node: "Node", anchored: bool) -> Iterator[tuple[int, int]]:
    """What to blank of a string that is not an import: all of a URL, the first folder of an absolute path."""
    first = node.named_children[0] if node.named_children else node
    text = module._text(first) if first.type == "string_fragment" else ""
    if _URL.match(text) or _follows_url(module, node):
        for part in node.named_children:
            if part.type != "template_substitution":
                yield part.start_byte, part.end_byte
        return
    rooted = _ROOTED.match(text)
    if rooted is not None and _stands_alone(module, node, anchored):
        yield first.start_byte, first.start_byte + len(rooted.group().encode())


def _is_specifier(module: "JsModule", node: "Node") -> bool:
    """Whether a string is what `import`, `export … from` or `require` loads."""
    parent = node.parent
    if parent is None or parent.type != "arguments":
        return parent is not None and parent.child_by_field_name("source") == node
    return _callee(module, parent) in _IMPORTS


def _follows_url(module: "JsModule", node: "Node") -> bool:
    """Whether a string is joined to one that begins a URL: `${API_URL}/x`, `location.origin + "/x"`."""
    if node.type == "template_string" and node.named_children:
        first = node.named_children[0]
        if first.type == "template_substitution" and first.named_children:
            return _begins_url(module, first.named_children[0])
    parent = node.parent
    begins = parent.child_by_field_name("left") if parent is not None and parent.type == "binary_expression" else None
    for _ in range(MAX_DEPTH):
        # `a + b + c` is `(a + b) + c`: what comes before an operand lies to its left.
        if begins is None or begins.type != "binary_expression":
            break
        begins = begins.child_by_field_name("left")
    return begins is not None and begins != node and _begins_url(module, begins)


def _begins_url(module: "JsModule", node: "Node") -> bool:
    """Whether an expression is a URL: by its known value, as a variable that a build hands the browser, or as the
    page's own address."""
    if module._text(node)[:_LONGEST].startswith(_OF_PAGE):
        return True
    value = module._value(node)
    value = value.last if isinstance(value, EnvDefault) else value
    return isinstance(value, str) and _URL.match(value) is not None


def _stands_alone(module: "JsModule", node: "Node", anchored: bool) -> bool:
    """Whether nothing can come before a string's text where it is used."""
    parent = node.parent
    for _ in range(MAX_DEPTH):
        if parent is None or not (parent.type in _PASSING or _is_first(module, parent, node)):
            break
        node, parent = parent, parent.parent
    if parent is None or parent.type in ("binary_expression", "template_substitution"):
        return False
    if parent.type == "arguments":
        return not _is_joined(module, node)
    is_key = parent.type == "pair" and parent.child_by_field_name("key") == node
    return is_key or parent.type in ("jsx_attribute", "literal_type") or not anchored


def _is_first(module: "JsModule", operation: "Node", node: "Node") -> bool:
    """Whether an operation's result begins with this operand: `"/x" + y`, also `y || "/x"`."""
    if operation.type != "binary_expression":
        return False
    operator = operation.child_by_field_name("operator")
    chooses = operator is not None and module._text(operator) in _CHOICES
    return chooses or operation.child_by_field_name("left") == node


def _is_joined(module: "JsModule", node: "Node") -> bool:
    parent = node.parent
    return parent is not None and parent.type == "arguments" and _callee(module, parent) in _JOINS


def _callee(module: "JsModule", arguments: "Node") -> str:
    """The last name of what a call calls: `join` of `path.join(…)`."""
    call = arguments.parent
    callee = call and (call.child_by_field_name("function") or call.child_by_field_name("constructor"))
    return module._dotted(callee).rpartition(".")[2] if callee else ""
