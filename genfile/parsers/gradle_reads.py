"""What a Gradle script reads while it configures a build: files, environment variables, properties."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.gradle import GradleScript

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_NODES = 60_000
# Nodes per expression, and how many expressions and blocks are searched.
MAX_INNER = 1_000
MAX_LOOKED_INTO = 100
_STRINGS = frozenset({"string_literal", "character_literal", "multiline_string_literal", "line_string_literal"})
_CALLS = frozenset({"call_expression", "method_invocation", "juxt_function_call"})
# Members and types that read a file's content.
_READERS = frozenset(
    """
    readText readLines readBytes forEachLine eachLine inputStream bufferedReader reader withInputStream newInputStream
    withReader newReader getText text useLines FileInputStream FileReader fileContents asText parse parseText
    """.split()
)
_OF_ENVIRONMENT = frozenset({"getenv", "environmentVariable"})
_OF_PROPERTIES = frozenset({"findProperty", "gradleProperty", "property", "getProperty", "hasProperty"})


class OutsideValue(Struct, frozen=True):
    """A value from outside the script: an environment variable, or a Gradle property."""

    name: str
    property: bool
    line: int


def texts(script: GradleScript) -> list[tuple[str, int]]:
    """Every string of a script, with its line."""
    return [(_unquoted(script, node), _line(node)) for node in _nodes(script.root) if node.type in _STRINGS]


def computed_read(script: GradleScript) -> int | None:
    """The line of the first expression that reads a file with a computed name: neither the expression nor a value it
    mentions has a string with the path."""
    named, count = _declared(script), 0
    for node in _nodes(script.root):
        if node.type not in ("identifier", "type_identifier") or script.text(node) not in _READERS:
            continue
        if not _is_member(node):
            continue
        if count >= MAX_LOOKED_INTO:
            return _line(node)
        count += 1
        inner = list(_nodes(_statement(node), MAX_INNER))
        literal = any(item.type in _STRINGS and _tells(script, item) for item in inner)
        if not literal and not any(item.type == "identifier" and script.text(item) in named for item in inner):
            return _line(node)
    return None


def credentials(script: GradleScript) -> list[OutsideValue]:
    """The outside values in a script's `credentials` blocks, except those for publishing; a value of the script that a
    block mentions counts with what it reads."""
    found: dict[OutsideValue, None] = {}
    values = _values(script)
    for block in itertools.islice(_blocks(script), MAX_LOOKED_INTO):
        for node in _nodes(block, MAX_INNER):
            found.update(dict.fromkeys(_lookups(script, node)))
            if node.type == "identifier" and (value := values.get(script.text(node))) is not None:
                for inner in _nodes(value, MAX_INNER):
                    found.update(dict.fromkeys(_lookups(script, inner)))
    return list(found)


def _blocks(script: GradleScript) -> Iterator["Node"]:
    for node in _nodes(script.root):
        if node.type == "identifier" and script.text(node) == "credentials" and not _publishes(script, node):
            above = node.parent
            while above is not None and above.type in ("navigation_expression", "field_access"):
                above = above.parent
            # In Kotlin, a block after a call with arguments is a call of its own.
            if above is not None and above.parent is not None and above.parent.type == "call_expression":
                above = above.parent
            if above is not None:
                yield above
                after = (
                    above.parent if above.parent is not None and above.parent.type == "expression_statement" else above
                )
                if after.next_named_sibling is not None and after.next_named_sibling.type == "ERROR":
                    yield after


def _publishes(script: GradleScript, node: "Node") -> bool:
    above, count = node.parent, 0
    while above is not None and count < 200:
        called = script.text(above.named_children[0]) if above.type in _CALLS and above.named_children else ""
        if called.split("{")[0].strip() in ("publishing", "uploadArchives"):
            return True
        above, count = above.parent, count + 1
    return False


def _lookups(script: GradleScript, node: "Node") -> Iterator[OutsideValue]:
    """`System.getenv("X")`, `providers.environmentVariable("X")`, `findProperty("x")`."""
    if node.type != "identifier" or (name := script.text(node)) not in _OF_ENVIRONMENT | _OF_PROPERTIES:
        return
    call = node.parent
    while call is not None and call.type in ("navigation_expression", "field_access"):
        call = call.parent
    first = (
        next((item for item in _nodes(call, MAX_INNER) if item.type in _STRINGS), None) if call is not None else None
    )
    if first is not None:
        yield OutsideValue(_unquoted(script, first), name in _OF_PROPERTIES, _line(node))


def _declared(script: GradleScript) -> frozenset[str]:
    """Names of values that contain a literal path."""
    return frozenset(
        name
        for name, value in _values(script).items()
        if any(item.type in _STRINGS and _tells(script, item) for item in _nodes(value, MAX_INNER))
    )


def _values(script: GradleScript) -> dict[str, "Node"]:
    found: dict[str, Node] = {}
    for node in _nodes(script.root):
        if node.type in ("property_declaration", "variable_declarator", "local_variable_declaration"):
            name = next((item for item in _nodes(node, MAX_INNER) if item.type == "identifier"), None)
            if name is not None and len(node.named_children) >= 2:
                found.setdefault(script.text(name), node.named_children[-1])
    return found


def _tells(script: GradleScript, node: "Node") -> bool:
    """Whether a string is a literal path; only the folder at its start may be computed."""
    text = _unquoted(script, node)
    for base in ("$rootDir/", "${rootDir}/", "$projectDir/", "${projectDir}/", "${rootProject.projectDir}/"):
        text = text.removeprefix(base)
    return bool(text) and "$" not in text


def _is_member(node: "Node") -> bool:
    """Whether a name is that of a member or of a class that is instantiated, not of a value."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type in ("navigation_expression", "field_access", "method_invocation"):
        return parent.named_children[0].id != node.id or parent.type == "method_invocation"
    return parent.type in ("call_expression", "object_creation_expression")


def _statement(node: "Node") -> "Node":
    """The whole expression that a node belongs to, up to the enclosing block."""
    stops = ("source_file", "program", "statements", "lambda_literal", "closure", "block", "annotated_lambda")
    while node.parent is not None and node.parent.type not in stops:
        node = node.parent
    return node


def _nodes(root: "Node", limit: int = MAX_NODES) -> Iterator["Node"]:
    """The named nodes of a tree in source order, up to a limit."""
    stack, count = [root], 0
    while stack and count < limit:
        node = stack.pop()
        count += 1
        yield node
        stack.extend(reversed(node.named_children))


def _unquoted(script: GradleScript, node: "Node") -> str:
    text = script.text(node)
    quotes = text[:3] if text[:3] in ('"""', "'''") else text[:1]
    return text[len(quotes) : -len(quotes)]


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1


def declared_names(script: GradleScript) -> frozenset[str]:
    """The names that a script declares itself: its variables, and what stands in `configurations { … }`."""
    found = {item.name for item in script.statements if item.declared}
    for item in script.statements:
        if "configurations" in item.blocks:
            found |= {item.name, *(word for word in item.arguments if isinstance(word, str))}
    for node in script.root.named_children:
        call = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
        name, body = call.child_by_field_name("name"), call.child_by_field_name("body")
        if name is not None and body is not None and script.text(name) == "configurations":
            found.update(script.text(body).strip("{}").split())
    return frozenset(found)
