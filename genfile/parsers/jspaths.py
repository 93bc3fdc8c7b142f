"""The paths that JavaScript and TypeScript compute from their own location, followed without running the code.

A path is relative to the service's folder, or absolute if the code says so literally; None if it leads out of the
folder, or is computed in another way.
"""

import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.jsreach import JsReferences
from genfile.parsers.jsshapes import FUNCTIONS
from genfile.parsers.jsvalues import WRAPPERS
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DEPTH = 40
_MAX_LENGTH = 200
_HERE = frozenset({"__dirname", "import.meta.dirname", "import.meta.dir"})
_FILE = frozenset({"__filename", "import.meta.filename", "import.meta.url", "import.meta.path"})
_JOINS = frozenset("join resolve normalize".split())
# Modules whose value, or its `path`, is the folder with node_modules: the service's own.
_ROOTS = frozenset({"app-root-path"})
_SAME = frozenset("fileURLToPath pathToFileURL String URL toString".split())


class Where(Struct, frozen=True):
    """A path relative to the service's folder, or an absolute one; ``open``: only its beginning is known."""

    path: str
    open: bool = False

    @property
    def absolute(self) -> bool:
        """Whether the path does not depend on where the service is."""
        return self.path.startswith("/")

    @property
    def folder(self) -> str:
        """The folder of the file at this path."""
        return self.path if self.open else posixpath.dirname(self.path) or "."


class Standing(Struct, frozen=True):
    """The base of a module's paths.

    ``file``: where the module is in the image; ``working``: the program's working directory; ``far``: resolves a name
    from another module, by that module and the names below it; ``key``: resolves a setting's default.
    """

    file: str
    working: str
    far: Callable[[str, tuple[str, ...]], Where | None]
    key: Callable[[str], Where | None]

    def literal(self, text: str) -> Where | None:
        """A literal path, resolved as the operating system does: from the working directory."""
        text = text.removeprefix("file:")
        usable = text and len(text) <= _MAX_LENGTH and text.isprintable()
        if not usable or text.startswith(("~", "http", "\\")) or ":" in text:
            return None
        if text.startswith("/"):
            return Where(posixpath.normpath(f"/{text.lstrip('/')}"))
        return _inside(posixpath.join(self.working, text))


class JsPaths(JsReferences):
    """The part of JsModule that evaluates paths."""

    def served(self, standing: Standing) -> Iterator[tuple[Where, int]]:
        """The folders and files that Express serves, each with its line: views, static files, sent files."""
        for call in self._all("call_expression"):
            function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
            name = self._dotted(function) if function is not None else ""
            given = arguments.named_children if arguments is not None else []
            views = name.endswith(".set") and len(given) > 1 and self._value(given[0]) == "views"
            if views or (given and name.endswith((".static", ".sendFile"))):
                found = self.path_of(given[1] if views else given[0], standing)
                if found is not None:
                    yield found, call.start_point[0] + 1

    def exported_path(self, names: tuple[str, ...], standing: Standing) -> Where | None:
        """The path that this module exports under a chain of names."""
        first, *rest = names or ("default",)
        target = self.exports.get(first) or self._constants.get(first)
        if target is None:
            whole = self._whole_export()
            rest = list(names) if first != "default" else rest
            target = whole
        found = self._below(target, rest, standing, 0) if target is not None else None
        return found or self._by_default(names[-1] if names else "", standing)

    def _by_default(self, key: str, standing: Standing) -> Where | None:
        """A setting's default in one of this module's schemas."""
        value = next((value for name, value, _ in self.defaults if name == key), None)
        return standing.literal(value) if isinstance(value, str) else None

    def path_of(self, node: "Node", standing: Standing, depth: int = 0) -> Where | None:
        """The path in an expression; None if it is not one, or leads out of the service's folder."""
        if depth > MAX_DEPTH or self._steps.spent():
            return None
        kind = node.type
        if kind in WRAPPERS and node.named_children:
            return self.path_of(node.named_children[0], standing, depth + 1)
        if kind == "string":
            return standing.literal(self._string(node))
        if kind == "template_string":
            return self._concatenated(_template_parts(node), standing, depth)
        if kind in ("identifier", "shorthand_property_identifier"):
            return self._path_by_name(node, standing, depth)
        if kind in ("member_expression", "subscript_expression"):
            return self._path_by_member(node, standing, depth)
        if kind == "binary_expression":
            return self._path_by_operator(node, standing, depth)
        if kind == "ternary_expression":
            return self._path_by_choice(node, standing, depth)
        return self._path_by_call(node, standing, depth) if kind in ("call_expression", "new_expression") else None

    def beside(self, standing: Standing) -> Iterator[tuple[Where | None, int]]:
        """Every call that builds a path from the module's own folder, with its line."""
        for node in self._all("call_expression", "new_expression"):
            text = self._text(node) if node.end_byte - node.start_byte < _MAX_LENGTH else ""
            if any(word in text for word in (*_HERE, *_FILE)):
                yield self.path_of(node, standing), node.start_point[0] + 1

    def _path_by_name(self, node: "Node", standing: Standing, depth: int) -> Where | None:
        name = self._text(node)
        if name in _HERE:
            return Where(posixpath.dirname(standing.file) or ".")
        if name in _FILE:
            return Where(standing.file)
        if name in self.bindings:
            module, exported = self.bindings[name]
            return _of_module(standing, module, () if exported == "*" else (exported,))
        if name in self._destructured:
            value, key = self._destructured[name]
            return self._below(value, [key], standing, depth + 1)
        target = self._constants.get(name)
        return self.path_of(target, standing, depth + 1) if target is not None else None

    def _path_by_member(self, node: "Node", standing: Standing, depth: int) -> Where | None:
        text = self._text(node) if node.end_byte - node.start_byte < 80 else ""
        if text in _HERE:
            return Where(posixpath.dirname(standing.file) or ".")
        if text in _FILE:
            return Where(standing.file)
        name = self._env_name(node)
        if name is not None:
            return standing.key(name)
        names: list[str] = []
        inner: Node | None = node
        while inner is not None and inner.type == "member_expression" and len(names) < 8:
            prop = inner.child_by_field_name("property")
            names.insert(0, self._text(prop) if prop is not None else "")
            inner = inner.child_by_field_name("object")
        if inner is None:
            return None
        if inner.type == "this":
            target = self._of_this.get(names[0])
            return self._below(target, names[1:], standing, depth + 1) if target is not None else None
        return self._below(inner, names, standing, depth + 1)

    def _below(self, node: "Node", names: list[str], standing: Standing, depth: int) -> Where | None:
        """The value that a chain of names leads to: properties of an object literal, or of an imported one."""
        if depth > MAX_DEPTH or self._steps.spent():
            return None
        if not names:
            return self.path_of(node, standing, depth + 1)
        if node.type in WRAPPERS and node.named_children:
            return self._below(node.named_children[0], names, standing, depth + 1)
        if node.type == "identifier":
            name = self._text(node)
            if name in self.bindings:
                module, exported = self.bindings[name]
                return _of_module(standing, module, tuple(names) if exported == "*" else (exported, *names))
            if name in self._destructured:
                value, key = self._destructured[name]
                return self._below(value, [key, *names], standing, depth + 1)
            target = self._constants.get(name)
            found = self._below(target, names, standing, depth + 1) if target is not None else None
            return found or self._by_default(names[-1], standing)
        if node.type == "member_expression":
            owner, prop = node.child_by_field_name("object"), node.child_by_field_name("property")
            if owner is not None and prop is not None:
                return self._below(owner, [self._text(prop), *names], standing, depth + 1)
        if node.type == "object":
            return self._in_object(node, names, standing, depth)
        if node.type == "call_expression":
            # `Object.freeze({…})`, `registerAs("app", () => ({…}))`, or a function that returns the settings.
            return self._in_call(node, names, standing, depth)
        if node.type in FUNCTIONS:
            given = self._given_back(node)
            return self._below(given, names, standing, depth + 1) if given is not None else None
        return None

    def _in_object(self, node: "Node", names: list[str], standing: Standing, depth: int) -> Where | None:
        for child in node.named_children:
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if child.type == "pair" and key is not None and value is not None:
                if (self._string(key) if key.type == "string" else self._text(key)) == names[0]:
                    return self._below(value, names[1:], standing, depth + 1)
            elif child.type == "shorthand_property_identifier" and self._text(child) == names[0] and len(names) == 1:
                return self._path_by_name(child, standing, depth + 1)
        return None

    def _in_call(self, node: "Node", names: list[str], standing: Standing, depth: int) -> Where | None:
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        target = self._constants.get(self._text(callee)) if callee is not None and callee.type == "identifier" else None
        items = [target] if target is not None else list(arguments.named_children) if arguments is not None else []
        for item in items:
            if item is not None and item.type in ("object", "identifier", *FUNCTIONS):
                found = self._below(item, names, standing, depth + 1)
                if found is not None:
                    return found
        return None

    def _path_by_operator(self, node: "Node", standing: Standing, depth: int) -> Where | None:
        left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
        if left is None or right is None or operator is None:
            return None
        if self._text(operator) in ("||", "??"):
            # The image gets the default; an operator who points the variable elsewhere provides that place.
            return self.path_of(left, standing, depth + 1) or self.path_of(right, standing, depth + 1)
        if self._text(operator) != "+":
            return None
        return self._concatenated([left, right], standing, depth)

    def _path_by_choice(self, node: "Node", standing: Standing, depth: int) -> Where | None:
        parts = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
        condition, yes, no = parts
        if condition is None or yes is None or no is None:
            return None
        value = self._value(condition, depth)
        if isinstance(value, EnvDefault):
            value = value.name == "NODE_ENV"
        if isinstance(value, bool):
            return self.path_of(yes if value else no, standing, depth + 1)
        return None

    def _path_by_call(self, node: "Node", standing: Standing, depth: int) -> Where | None:
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = node.child_by_field_name("arguments")
        if callee is None or arguments is None:
            return None
        dotted, items = self._dotted(callee), [item for item in arguments.named_children if item.type != "comment"]
        last = dotted.rsplit(".", 1)[-1]
        if dotted in ("process.cwd", "cwd"):
            return Where(standing.working or ".")
        if last in ("resolve", "toString") and self._is_root(callee.child_by_field_name("object")):
            return self._after(Where("."), items, standing, depth)
        if last == "URL" and len(items) > 1:
            base = self.path_of(items[1], standing, depth + 1)
            return self._after(Where(posixpath.dirname(base.path) or "."), items[:1], standing, depth) if base else None
        if last in _SAME and items:
            return self.path_of(items[0], standing, depth + 1)
        if last == "dirname" and items:
            inner = self.path_of(items[0], standing, depth + 1)
            return _inside(inner.folder) if inner is not None else None
        if last in _JOINS and items:
            if last == "resolve" and any(item.type == "string" and self._string(item)[:1] == "/" for item in items):
                return None
            first = self.path_of(items[0], standing, depth + 1)
            return self._after(first, items[1:], standing, depth) if first is not None else None
        if last in ("get", "getOrThrow") and items and items[0].type == "string":
            given = self.path_of(items[1], standing, depth + 1) if len(items) > 1 else None
            return given or standing.key(self._string(items[0]))
        if callee.type == "identifier" and dotted in self._constants:
            target = self._constants[dotted]
            given_back = self._given_back(target) if target.type in FUNCTIONS else None
            return self.path_of(given_back, standing, depth + 1) if given_back is not None else None
        return None

    def _is_root(self, node: "Node | None") -> bool:
        """Whether an expression is an imported module whose value is the service's folder."""
        name = self._text(node) if node is not None and node.type == "identifier" else ""
        module, exported = self.bindings.get(name, ("", ""))
        return module in _ROOTS and exported in ("*", "default")

    def _after(self, start: Where, items: list["Node"], standing: Standing, depth: int) -> Where | None:
        """``start`` joined with further parts; the path is open from the first unknown part on."""
        path = start.path
        if start.open:
            return start
        for item in items:
            value = self._value(item, depth + 1)
            if isinstance(value, EnvDefault):
                value = value.default
            if not isinstance(value, str) or not value.isprintable():
                return Where(self._begun(path, item), open=True)
            joined = _inside(posixpath.join(path, value.lstrip("/")))
            if joined is None:
                return None
            path = joined.path
        return Where(path)

    def _begun(self, path: str, item: "Node") -> str:
        """A folder joined with the literal beginning of a template: `modules/${name}/schema.graphql`."""
        first = item.named_children[0] if item.type == "template_string" and item.named_children else None
        text = self._text(first) if first is not None and first.type == "string_fragment" else ""
        joined = _inside(posixpath.join(path, text.rpartition("/")[0].lstrip("/"))) if "/" in text else None
        return joined.path if joined is not None else path

    def _concatenated(self, parts: list["Node"], standing: Standing, depth: int) -> Where | None:
        """A path with text appended: `${folder}/x.db`, `folder + "/x.db"`."""
        if not parts:
            return None
        first, *rest = parts
        start = (
            standing.literal(self._text(first))
            if first.type == "string_fragment"
            else self.path_of(first, standing, depth + 1)
        )
        if start is None or start.open:
            return start
        tail = ""
        for item in rest:
            value = self._text(item) if item.type == "string_fragment" else self._value(item, depth + 1)
            if not isinstance(value, str):
                whole = _inside(start.path + tail) if "/" in tail or not tail else None
                known = (start.path + tail).rpartition("/")[0]
                return Where(posixpath.normpath(known), open=True) if known else whole and Where(whole.path, open=True)
            tail += value
        # `literal` drops a trailing slash: restore it.
        slash = "/" if first.type == "string_fragment" and self._text(first).endswith("/") else ""
        return _inside(start.path + slash + tail)


def _of_module(standing: Standing, module: str, names: tuple[str, ...]) -> Where | None:
    """The path that a name from another module stands for: the project's, or one that knows the service's folder."""
    if module not in _ROOTS:
        return standing.far(module, names)
    return Where(".") if names in ((), ("default",), ("path",), ("default", "path")) else None


def _template_parts(node: "Node") -> list["Node"]:
    parts: list[Node] = []
    for child in node.named_children:
        if child.type == "string_fragment":
            parts.append(child)
        elif child.type == "template_substitution" and child.named_children:
            parts.append(child.named_children[0])
    return parts


def _inside(path: str) -> Where | None:
    clean = posixpath.normpath(path)
    return None if clean.startswith("..") or len(clean) > _MAX_LENGTH else Where(clean)
