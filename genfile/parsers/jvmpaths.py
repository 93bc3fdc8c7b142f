"""Paths that Java and Kotlin code computes from literals, constants, injected settings, and joins of these.

A name refers to what its own method declares, else to a field of its class. A value known only at run time leaves the
rest of the path open. `Outside` answers for anything beyond the file.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from genfile.parsers.jvmnames import CALLS, SCOPES, STRINGS, JvmDeclaration, JvmNames, is_around
from genfile.parsers.values import Steps

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.jvm import JvmFile

MAX_DEPTH = 24
MAX_LENGTH = 300
_ACCESS = frozenset({"field_access", "navigation_expression"})
# Calls that leave a path the same.
_SAME = frozenset(
    """
    toAbsolutePath normalize toString toFile toPath getAbsolutePath getPath getCanonicalPath getAbsoluteFile trim
    getCanonicalFile toRealPath absolutePath path canonicalPath absoluteFile toURI strip
    """.split()
)
_NUMBERS = frozenset({"decimal_integer_literal", "number_literal", "integer_literal"})
# Calls that make a number or a URL from text.
_READ = frozenset({"parseInt", "valueOf", "toInt", "toIntOrNull", "create", "fromUri", "fromUriString", "intValue"})
_PARENTS = frozenset({"getParent", "getParentFile", "parent", "parentFile"})
_JOINS = frozenset({"get", "of", "Path", "File"})
# JVM system properties: the working directory, and those that exist everywhere.
_PROPERTIES = {"user.dir": ".", "user.home": "~", "java.io.tmpdir": "/tmp", "file.separator": "/"}
_INTERPOLATED = re.compile(r"(?<!\\)\$(?:\{([^{}]*)\}|([A-Za-z_]\w*))")


class JvmPath(Struct, frozen=True):
    """A path as text. ``open``: only its beginning is known; ``web``: it is below the web application's folder."""

    text: str
    open: bool = False
    web: bool = False

    @property
    def folder(self) -> str:
        """The known part of the path, taken as a folder."""
        return self.text.rpartition("/")[0] if self.open else self.text

    @property
    def parent(self) -> str:
        """The folder that contains the path, taken as a file."""
        return self.text.rpartition("/")[0]


class Outside(Struct, frozen=True):
    """Answers to what a file does not say itself, None if unknown.

    ``expand``: the text with `${…}` replaced by settings; ``constant``: a field of another class, by class and name;
    ``given``: the argument that callers pass to a method, by its name, its number of parameters, and the parameter's
    index; ``loaded``: a key of a properties file that the code loads.
    """

    expand: Callable[[str], str | None]
    constant: Callable[[str, str], "JvmPath | None"]
    given: Callable[[str, int, int], "JvmPath | None"]
    loaded: Callable[[str], "JvmPath | None"] = lambda _: None


class JvmPaths(JvmNames):
    """The paths in one file."""

    def __init__(self, file: "JvmFile", outside: Outside) -> None:
        super().__init__(file)
        self._outside = outside
        self._steps = Steps()

    def field(self, name: str) -> JvmPath | None:
        """The path in a field of the file's class, by name."""
        found = self._declared([item for item in self.names.get(name, ()) if item.scope is None], 0)
        return found or self._own_method(name, 0)

    def path(self, node: "Node | None", depth: int = 0) -> JvmPath | None:
        """The path that an expression stands for; None if even its beginning is unknown."""
        if node is None or depth > MAX_DEPTH or self._steps.spent():
            return None
        kind = node.type
        if kind in STRINGS:
            return self._string(node, depth)
        if kind in _NUMBERS:
            return JvmPath(self.text(node).replace("_", ""))
        if kind in ("identifier", "simple_identifier"):
            return self._name(node, depth)
        if kind in _ACCESS:
            return self._access(node, depth)
        if kind in CALLS:
            return self._called(node, depth)
        if kind in ("binary_expression", "additive_expression") and "+" in [child.type for child in node.children]:
            return self._concatenated(node, depth)
        if kind in ("parenthesized_expression", "cast_expression", "as_expression") and node.named_children:
            inner = node.named_children[-1] if kind != "as_expression" else node.named_children[0]
            return self.path(inner, depth + 1)
        if kind == "elvis_expression" or (kind == "binary_expression" and "?:" in [c.type for c in node.children]):
            # The preferred value is usually unknown, or the code would need no fallback.
            return self.path(node.named_children[0], depth + 1) or self.path(node.named_children[-1], depth + 1)
        if kind == "ternary_expression":
            branches = [self.path(child, depth + 1) for child in node.named_children[1:]]
            return next((found for found in branches if found is not None), None)
        return None

    def _name(self, node: "Node", depth: int) -> JvmPath | None:
        return self._declared(self.known(node), depth)

    def _declared(self, items: list[JvmDeclaration], depth: int) -> JvmPath | None:
        for item in items:
            if item.injected is not None:
                text = self._outside.expand(item.injected)
                return _plain(text) if text is not None else None
        found = (self.path(item.value, depth + 1) for item in items if item.value is not None)
        known = next((item for item in found if item is not None), None)
        given = next((item.parameter for item in items if item.parameter is not None), None)
        return self._given(given) if known is None and given is not None else known

    def _given(self, parameter: "Node") -> JvmPath | None:
        """The argument that callers pass for a parameter, regardless of its default."""
        listed = parameter.parent
        method = listed.parent if listed is not None else None
        if method is not None and method.type == "primary_constructor":
            method = method.parent
        name = method.child_by_field_name("name") if method is not None else None
        if listed is None or name is None or method is None or method.type not in (*SCOPES, "class_declaration"):
            return None
        all_of_them = [item.id for item in listed.named_children if item.type == parameter.type]
        return self._outside.given(self.text(name), len(all_of_them), all_of_them.index(parameter.id))

    def _access(self, node: "Node", depth: int) -> JvmPath | None:
        """`this.dir`, `File.separator`, `Paths.UPLOADS`, `settings.dir`."""
        parts = node.named_children
        if len(parts) < 2:
            return None
        owner, last = self.text(parts[0]), self.text(parts[-1])
        if owner in ("this", "Companion"):
            return self._declared([item for item in self.names.get(last, ()) if item.scope is None], depth)
        if last in ("separator", "separatorChar") and owner in ("File", "java.io.File"):
            return JvmPath("/")
        if last in _SAME:
            return self.path(parts[0], depth + 1)
        if last in _PARENTS:
            return _up(self.path(parts[0], depth + 1))
        return self._of_class(parts[0], last)

    def _of_class(self, owner: "Node", name: str) -> JvmPath | None:
        """A field of another class, named by the class itself or by the type of the variable that holds an instance."""
        text = self.text(owner)
        if not re.fullmatch(r"(?:this\.)?\w{1,80}", text):
            return None
        types = [item.type for item in self.known(owner) if item.type]
        kind = types[0] if types else text
        return self._outside.constant(kind, name) if kind[:1].isupper() else None

    # --- what is put together ----------------------------------------------------------------------------------------

    def _string(self, node: "Node", depth: int) -> JvmPath | None:
        text = self.text(node).strip('"')
        if len(text) > MAX_LENGTH or "\n" in text:
            return None
        if self.file.language == "java":
            return _plain(text.replace("\\\\", "\\"))
        found, at = JvmPath(""), 0
        for match in _INTERPOLATED.finditer(text):
            name = match[1] or match[2] or ""
            known = [item for item in self.names.get(name, ()) if item.scope is None or is_around(item.scope, node)]
            found = _plus(_plus(found, JvmPath(text[at : match.start()])), self._declared(known, depth + 1))
            at = match.end()
        return _plus(found, JvmPath(text[at:].replace("\\$", "$")))

    def _concatenated(self, node: "Node", depth: int) -> JvmPath | None:
        # The left operand of a long sum is deeply nested: loop instead of recursing.
        parts: list[Node] = []
        head = node
        while head.type in ("binary_expression", "additive_expression") and len(head.named_children) == 2:
            parts.append(head.named_children[1])
            head = head.named_children[0]
            if len(parts) > 40:
                return None
        found = self.path(head, depth + 1)
        for part in reversed(parts):
            if found is None:
                return None
            found = _plus(found, self.path(part, depth + 1))
        return found

    def _called(self, node: "Node", depth: int) -> JvmPath | None:
        name, arguments = self.callee(node), self.arguments(node)
        owner = self.called_on(node)
        on = self.text(owner) if owner is not None and owner.end_byte - owner.start_byte < 80 else ""
        if name in _JOINS and (owner is None or on.rsplit(".", 1)[-1] in ("Paths", "Path", "FileSystems.getDefault()")):
            return self._joined([self.path(item, depth + 1) for item in arguments])
        if name == "getProperty" and on == "System" and arguments:
            asked = self.text(arguments[0]).strip('"')
            default = self.path(arguments[1], depth + 1) if len(arguments) > 1 else None
            return JvmPath(_PROPERTIES[asked]) if asked in _PROPERTIES else default
        if name in ("getOrDefault", "getEnvironmentVariable", "requireNonNullElse") and len(arguments) == 2:
            return self.path(arguments[1], depth + 1)
        if name == "getProperty" and arguments and on != "System":
            key = self.path(arguments[0], depth + 1)
            known = self._outside.loaded(key.text) if key is not None and not key.open else None
            return known or (self.path(arguments[1], depth + 1) if len(arguments) > 1 else None)
        if name in _READ:
            return self.path(arguments[0] if arguments else owner, depth + 1)
        if name == "getRealPath" and arguments:
            below = self.path(arguments[0], depth + 1)
            return replace(_plus(JvmPath("/"), below), web=True)
        if name in ("format", "formatted"):
            pattern = self.path(arguments[0] if on == "String" and arguments else owner, depth + 1)
            return JvmPath(pattern.text.partition("%")[0], True) if pattern is not None and not pattern.open else None
        if owner is None or on == "this":
            return self._own_method(name, depth)
        if name in _SAME and not arguments:
            return self.path(owner, depth + 1)
        if name in _PARENTS:
            return _up(self.path(owner, depth + 1))
        if name in ("resolve", "resolveSibling") and arguments:
            base = self.path(owner, depth + 1)
            base = _up(base) if name == "resolveSibling" else base
            return self._joined([base, self.path(arguments[0], depth + 1)]) if base is not None else None
        if name in ("orElse", "or") and arguments:
            return self.path(owner, depth + 1) or self.path(arguments[0], depth + 1)
        if name in ("replace", "replaceAll", "concat"):
            base = self.path(owner, depth + 1)
            return replace(base, open=True) if base is not None else None
        if name.startswith("get") and not arguments:
            return self._of_class(owner, name[3:4].lower() + name[4:])
        return self._of_class(owner, name)

    def _own_method(self, name: str, depth: int) -> JvmPath | None:
        """The value that a method of the file returns last."""
        for node in self.all("method_declaration"):
            label = node.child_by_field_name("name")
            if label is not None and self.text(label) == name:
                given = [item for item in self.nodes.get("return_statement", ())
                         if node.start_byte <= item.start_byte < node.end_byte and item.named_children]  # fmt: skip
                return self.path(given[-1].named_children[0], depth + 3) if given else None
        return None

    def _joined(self, parts: list[JvmPath | None]) -> JvmPath | None:
        """Path parts, each below the one before: `Paths.get(a, b)`, `new File(a, b)`."""
        found = parts[0] if parts else None
        for part in parts[1:]:
            if found is None or found.open:
                return found
            start = replace(found, text=found.text.rstrip("/") + "/" if found.text not in ("", "/") else found.text)
            found = _plus(start, replace(part, text=part.text.lstrip("/")) if part is not None else None)
        return found


def _plain(text: str) -> JvmPath | None:
    """A literal path, or one in a `file:` URL; None if `${…}` or a computed part is left in it."""
    text = re.sub(r"^file:(?://)?", "", text)
    if "#{" in text or "${" in text or len(text) > MAX_LENGTH:
        return None
    return JvmPath(text)


def _plus(first: JvmPath, second: JvmPath | None) -> JvmPath:
    """One text followed by another; open from the first unknown part on."""
    if first.open or second is None:
        return replace(first, open=True)
    return JvmPath(first.text + second.text, second.open, first.web)


def _up(path: JvmPath | None) -> JvmPath | None:
    return JvmPath(path.parent, False, path.web) if path is not None else None
