"""Gradle scripts in Groovy and Kotlin, read by tree-sitter into one list of statements.

Different spellings (`id 'x' version 'y'`, `id("x") version "y"`) give the same result. Nothing is evaluated, so
computed values are unknown.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.parsers.gradle_parts import GradleDependency, Plugin, Statement, dependency
from genfile.parsers.grammar import parse_code
from genfile.parsers.values import Steps

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DEPTH = 40
MAX_FAT = 200

_STRINGS = frozenset({"string_literal", "character_literal", "multiline_string_literal", "line_string_literal"})
_NUMBERS = frozenset(
    {"decimal_integer_literal", "number_literal", "integer_literal", "decimal_floating_point_literal", "float_literal"}
)
_CALLS = frozenset({"method_invocation", "juxt_function_call", "call_expression"})
_DOTTED = frozenset({"field_access", "navigation_expression"})
_BLOCKS = frozenset({"closure", "annotated_lambda", "lambda_literal"})
_BARE_ARGUMENT = re.compile(
    r"(?m)^([ \t]*\w+)[ \t]+(libs(?:\.\w+)+|(?:platform|enforcedPlatform|project)\([^\n]*\))[ \t]*$"
)
_MOVED = re.compile(r"""project\(['"]([\w:.-]+)['"]\)\.projectDir$""")
# Calls that stand for their argument.
_TRANSPARENT = ("of", "toVersion", "platform", "enforcedPlatform", "set", "provider", "JavaVersion.toVersion")


def parse_gradle_groovy(text: str) -> "GradleScript":
    """A .gradle file. Raises ParseError as parse_code does; syntax errors only hide what they cover."""
    return _parse(text, kotlin=False)


def parse_gradle_kotlin(text: str) -> "GradleScript":
    """A .gradle.kts file."""
    return _parse(text, kotlin=True)


def _parse(text: str, *, kotlin: bool) -> "GradleScript":
    if not kotlin:
        # The grammar fails on `implementation libs.a.b` without brackets.
        text = _BARE_ARGUMENT.sub(r"\1(\2)", text)
    return GradleScript(*parse_code(text, "kotlin" if kotlin else "groovy"))


_Around = tuple["Node", "_Around | None"]


class GradleScript:
    """A parsed script; each property is computed once, when needed."""

    def __init__(self, source: bytes, root: "Node") -> None:
        self._source = source
        self._root = root
        self._steps = Steps()

    @cached_property
    def own(self) -> "GradleScript":
        """The script's statements about its own project, without those for sub-projects only."""
        return self._of("", "allprojects")

    def given_to(self, project: str) -> "GradleScript":
        """The root script's statements about a sub-project, by its path: `subprojects { apply plugin: 'java' }`."""
        return self._of("subprojects", "allprojects", f"project({project})")

    def _of(self, *scopes: str) -> "GradleScript":
        view = GradleScript(self._source, self._root)
        view.__dict__["statements"] = tuple(item for item in self.statements if item.scope in scopes)
        return view

    @property
    def root(self) -> "Node":
        return self._root

    def text(self, node: "Node") -> str:
        return self._text(node)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(self._walk(self._root, (), 0))

    @cached_property
    def plugins(self) -> tuple[Plugin, ...]:
        found: list[Plugin] = []
        for item in self.statements:
            first = item.arguments[0] if item.arguments else None
            if item.blocks[-1:] == ("plugins",):
                if item.name == "version" and found and isinstance(first, str):
                    found[-1] = replace(found[-1], version=first)
                elif item.name == "id" and isinstance(first, str):
                    found.append(Plugin(first, None, None, item.line))
                elif item.name == "kotlin" and isinstance(first, str):
                    found.append(Plugin(f"org.jetbrains.kotlin.{first}", None, None, item.line))
                elif item.name == "alias" and first == "ktorLibs.plugins.ktor":
                    found.append(Plugin("io.ktor.plugin", None, None, item.line))
                elif item.name == "alias" and isinstance(first, str):
                    found.append(Plugin(None, first.removeprefix("libs."), None, item.line))
                elif item.name == "apply" and found and first == "false":
                    found[-1] = replace(found[-1], applied=False)
                elif not item.arguments:
                    found.append(Plugin(item.name.strip("`"), None, None, item.line))
            elif item.name == "apply" and isinstance(first, dict) and isinstance(first.get("plugin"), str):
                found.append(Plugin(first["plugin"], None, None, item.line))
            elif item.name in ("plugins.apply", "pluginManager.apply") and isinstance(first, str):
                found.append(Plugin(first, None, None, item.line))
        return tuple(found)

    @cached_property
    def dependencies(self) -> tuple[GradleDependency, ...]:
        inside = (item for item in self.statements if item.blocks[-1:] == ("dependencies",))
        return tuple(found for item in inside if (found := dependency(item)) is not None)

    @cached_property
    def projects(self) -> dict[str, str]:
        """The projects that a settings script includes: folder by path, `apps/web` for `:apps:web` unless moved."""
        found: dict[str, str] = {}
        for item in self.statements:
            if item.name == "include" and not item.blocks:
                for word in item.arguments:
                    if isinstance(word, str) and word.strip(":") and "$" not in word:
                        found[":" + word.strip(":")] = word.strip(":").replace(":", "/")
            moved = _MOVED.match(item.name)
            if moved is not None and item.assigned and isinstance(item.arguments[0], str):
                place = item.arguments[0].removeprefix("$rootDir/").removeprefix("${rootDir}/")
                found[":" + moved[1].strip(":")] = place.strip("./")
        return found

    @property
    def includes(self) -> tuple[str, ...]:
        """The folders of the projects that a settings script includes."""
        return tuple(self.projects.values())

    @property
    def computes_includes(self) -> bool:
        """Whether a settings script includes projects in a loop, or by computed names."""
        return any(
            item.name == "include"
            and (item.blocks or any(not isinstance(word, str) or "$" in word for word in item.arguments))
            for item in self.statements
        )

    def value(self, *paths: str) -> tuple[Any, int] | None:
        """The literal of the last assignment or call whose dotted path ends with one of these; with its line."""
        for path in paths:
            for item in reversed(self.statements):
                if item.arguments and (item.path == path or item.path.endswith("." + path)):
                    return item.arguments[0], item.line
        return None

    @cached_property
    def fat_tasks(self) -> tuple[str, ...]:
        """The tasks that unpack their libraries into a jar (`zipTree`), by name; `jar` for the default one."""
        if b"zipTree" not in self._source:
            return ()
        found: dict[str, None] = {}
        count = 0
        # Each node with the calls and properties around it, nearest first, as a chain.
        stack: list[tuple[Node, _Around | None]] = [(self._root, None)]
        while stack and count < MAX_FAT:
            node, around = stack.pop()
            if node.type in _CALLS or node.type == "property_declaration":
                around = (node, around)
            stack.extend((child, around) for child in node.named_children)
            if node.type == "identifier" and self._text(node) == "zipTree":
                count += 1
                found.setdefault(self._task_around(around, _line(node)))
        return tuple(found)

    def _task_around(self, around: "_Around | None", line: int) -> str:
        """The name of the task whose block contains a node, by the calls and properties around it."""
        name, count = "", 0
        while around is not None and count < MAX_DEPTH:
            (above, around), count = around, count + 1
            if above.type in _CALLS:
                called, arguments, _ = self._split_call(above)
                label = next((item for item in arguments if isinstance(item, str) and item.isidentifier()), "")
                if called.rsplit(".", 1)[-1] in ("register", "named", "create", "getByName", "task"):
                    name = label or name
                elif called.rsplit(".", 1)[-1] in ("jar", "withType"):
                    name = name or "jar"
            else:
                declared = next((item for item in above.named_children if item.type == "variable_declaration"), None)
                name = self._text(declared) if declared is not None else name
        if name:
            return name
        # Groovy's grammar separates `task fatJar(type: Jar)` from its block.
        tasks = [item for item in self.statements if item.name == "task" and item.line <= line and item.arguments]
        return str(tasks[-1].arguments[-1]) if tasks and isinstance(tasks[-1].arguments[-1], str) else "jar"

    def attribute(self, name: str) -> tuple[str, int] | None:
        """A literal attribute in a jar's manifest: `Main-Class`; the last one."""
        for item in reversed(self.statements):
            value: Any = None
            if item.name in (f'attributes["{name}"]', f"attributes['{name}']") and item.arguments:
                value = item.arguments[0]
            elif item.name.rsplit(".", 1)[-1] == "attributes":
                value = next(
                    (pairs[name] for pairs in item.arguments if isinstance(pairs, dict) and name in pairs), None
                )
            if isinstance(value, str) and value:
                return value, item.line
        return None

    def _walk(self, node: "Node", blocks: tuple[str, ...], depth: int) -> Iterator[Statement]:
        if depth > MAX_DEPTH:
            return
        for child in node.named_children:
            kind = child.type
            if kind in _CALLS:
                yield from self._call(child, blocks, depth)
            elif kind in ("assignment_expression", "assignment") and len(child.named_children) >= 2:
                # `sourceCompatibility = targetCompatibility = '17'`: each name gets the last value.
                names, right = [child.named_children[0]], child.named_children[-1]
                while right.type == kind and len(right.named_children) >= 2 and len(names) < MAX_DEPTH:
                    names.append(right.named_children[0])
                    right = right.named_children[-1]
                for left in names:
                    yield Statement(blocks, self._name(left), (self._value(right),), _line(child), assigned=True)
            elif kind == "infix_expression" and len(child.named_children) == 3:
                left, word, right = child.named_children
                yield from self._infix(left, blocks, depth + 1)
                yield Statement(blocks, self._text(word), (self._value(right),), _line(child))
            elif kind == "binary_expression" and len(child.named_children) == 2:
                left, right = child.named_children
                yield from self._binary(left, right, blocks, depth)
            elif kind == "identifier" and blocks[-1:] == ("plugins",):
                yield Statement(blocks, self._text(child), (), _line(child))
            elif kind in ("variable_declaration", "property_declaration", "local_variable_declaration"):
                yield from self._declaration(child, blocks, depth)
            elif kind not in _STRINGS:
                yield from self._walk(child, blocks, depth + 1)

    def _infix(self, node: "Node", blocks: tuple[str, ...], depth: int) -> Iterator[Statement]:
        if depth > MAX_DEPTH:
            return
        if node.type in _CALLS:
            yield from self._call(node, blocks, depth)
        elif node.type == "infix_expression" and len(node.named_children) == 3:
            left, word, right = node.named_children
            yield from self._infix(left, blocks, depth + 1)
            yield Statement(blocks, self._text(word), (self._value(right),), _line(node))

    def _binary(self, left: "Node", right: "Node", blocks: tuple[str, ...], depth: int) -> Iterator[Statement]:
        """Groovy's `args << "-x"`; `tasks.withType<Jar> { … }`, which Kotlin's grammar parses as a comparison."""
        if right.type in _BLOCKS:
            yield from self._walk(right, (*blocks, self._name(left)), depth + 1)
        elif left.end_byte < right.start_byte and b"<<" in self._source[left.end_byte : right.start_byte]:
            yield Statement(blocks, self._name(left), (self._value(right),), _line(left), assigned=True)
        else:
            yield from self._walk(left, blocks, depth + 1)
            yield from self._walk(right, blocks, depth + 1)

    def _declaration(self, node: "Node", blocks: tuple[str, ...], depth: int) -> Iterator[Statement]:
        """`def javaVersion = 17`, `val javaVersion = 17`."""
        names = [
            item
            for item in node.named_children
            if item.type in ("identifier", "variable_declarator", "variable_declaration")
        ]
        if not names:
            return
        name = names[0].named_children[0] if names[0].named_children else names[0]
        # Groovy has the value in the declarator, Kotlin beside it.
        value = names[0].named_children[-1] if names[0].type == "variable_declarator" else node.named_children[-1]
        if value.id not in (names[0].id, name.id):
            given = (self._value(value),)
            yield Statement(blocks, self._text(name), given, _line(node), assigned=True, declared=True)
        if value.type == "call_expression" and self._split_call(value)[2] is not None:
            # `val npmBuild = tasks.register<Exec>("npmBuild") { … }`
            yield from self._call(value, blocks, depth + 1)
        elif value.type == "property_delegate" and value.named_children:
            # `val npmBuild by tasks.registering(Exec::class) { … }`
            body = self._split_call(value.named_children[-1])[2]
            if body is not None:
                yield from self._walk(body, (*blocks, self._text(name)), depth + 1)

    def _call(self, node: "Node", blocks: tuple[str, ...], depth: int) -> Iterator[Statement]:
        name, arguments, body = self._split_call(node)
        if name.endswith(".set") and arguments:
            yield Statement(blocks, name.removesuffix(".set"), tuple(arguments), _line(node), assigned=True)
            return
        if arguments or body is None:
            yield Statement(blocks, name, tuple(arguments), _line(node))
        if body is not None:
            label = next((item for item in arguments if isinstance(item, str)), None)
            last = name.removesuffix(".configureEach").rsplit(".", 1)[-1]
            inner = label if last in ("named", "register", "withType", "getByName") and label else name
            if name == "configure" and label in ("subprojects", "allprojects"):
                inner = label
            elif name == "project" and label:
                inner = f"project({label})"
            yield from self._walk(body, (*blocks, inner), depth + 1)

    def _split_call(self, node: "Node", depth: int = 0) -> tuple[str, list[Any], "Node | None"]:
        """The dotted name of a call, its arguments, and the block after it."""
        names: list[str] = []
        arguments: list[Any] = []
        body: Node | None = None
        if depth > MAX_DEPTH or self._steps.spent():
            return "", [], None
        for child in node.named_children:
            if child.type in ("argument_list", "value_arguments"):
                arguments += self._arguments(child, depth + 1)
            elif child.type in _BLOCKS:
                body = child
            elif child.type in _CALLS and not names:
                # Kotlin: the block follows a call with arguments, `named("x") { … }`.
                inner, inner_arguments, inner_body = self._split_call(child, depth + 1)
                names.append(inner)
                arguments += inner_arguments
                body = body or inner_body
            elif child.type == "identifier" or child.type in _DOTTED:
                names.append(self._name(child))
        return ".".join(names), arguments, body

    def _arguments(self, node: "Node", depth: int) -> list[Any]:
        values: list[Any] = []
        named: dict[str, Any] = {}
        for child in node.named_children:
            if (child.type == "map_item" and len(child.named_children) == 2) or (
                child.type == "value_argument" and len(child.named_children) == 2
            ):
                named[self._text(child.named_children[0]).strip("'\"")] = self._value(child.named_children[1], depth)
            elif child.type == "value_argument" and child.named_children:
                pair = self._pair(child.named_children[-1], depth)
                if pair is not None:
                    named[pair[0]] = pair[1]
                else:
                    values.append(self._value(child.named_children[-1], depth))
            elif child.type not in _BLOCKS:
                values.append(self._value(child, depth))
        return [named, *values] if named else values

    def _pair(self, node: "Node", depth: int) -> tuple[str, Any] | None:
        """Kotlin's `"Main-Class" to "shop.Main"`."""
        parts = node.named_children
        if node.type == "infix_expression" and len(parts) == 3 and self._text(parts[1]) == "to":
            key = self._value(parts[0], depth)
            return (key, self._value(parts[2], depth)) if isinstance(key, str) else None
        return None

    def _value(self, node: "Node", depth: int = 0) -> Any:
        if depth > MAX_DEPTH or self._steps.spent():
            return None
        if node.type in _STRINGS:
            text = self._text(node)
            quotes = '"""' if text.startswith('"""') else text[:1]
            return text[len(quotes) : -len(quotes)]
        if node.type in _NUMBERS or node.type in ("true", "false"):
            return self._text(node)
        if node.type == "array_literal":
            return [self._value(item, depth + 1) for item in node.named_children]
        if node.type == "identifier" or node.type in _DOTTED:
            return self._name(node)
        if node.type in _CALLS:
            name, arguments, _ = self._split_call(node, depth + 1)
            first = arguments[0] if arguments else None
            if name == "mapOf" and isinstance(first, dict):
                return first
            if name in ("listOf", "setOf", "mutableListOf"):
                return arguments
            if name in ("file", "File", "layout.buildDirectory.dir") and isinstance(first, str):
                return first if name == "file" else f"$buildDir/{first}"
            if name == "project" and isinstance(first, str):
                return f"project:{first}"
            if name == "project" and isinstance(first, dict) and isinstance(first.get("path"), str):
                return f"project:{first['path']}"
            if name == "kotlin" and isinstance(first, str):
                return f"org.jetbrains.kotlin:kotlin-{first}"
            if name.rsplit(".", 1)[-1] in _TRANSPARENT and arguments:
                return first
            if name.rsplit(".", 1)[-1] in ("property", "findProperty", "gradleProperty") and isinstance(first, str):
                return f'property("{first}")'
            return f"{name}()"
        if (
            node.type in ("parenthesized_expression", "as_expression", "expression_statement", "value_argument")
            and node.named_children
        ):
            return self._value(node.named_children[0], depth + 1)
        return None

    def _name(self, node: "Node") -> str:
        return "".join(self._text(node).split()).strip("`")

    def _text(self, node: "Node") -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1
