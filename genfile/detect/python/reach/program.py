"""The project's own modules as one program: their import names, and the values of their names."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from genfile.detect.python.application import import_root, module_name, modules
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach.values import FunctionNode
from genfile.parsers.python import PyModule

# What a name is bound to: an expression, a definition, or an import (`module`, name in it or None).
Binding = ast.expr | FunctionNode | ast.ClassDef | tuple[str, str | None]


class Module:
    """One of the project's modules: its path, its import name, and its bindings."""

    def __init__(self, path: str, name: str, parsed: PyModule) -> None:
        self.path = path
        self.name = name
        self.parsed = parsed
        # The first node is the module itself.
        self.body: list[ast.stmt] = parsed.nodes[0].body  # type: ignore[attr-defined]

    @property
    def package(self) -> str:
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        return self.bound_in(self.body)

    def bound_in(self, body: list[ast.stmt]) -> dict[str, list[Binding]]:
        """The names that some statements bind, without those inside functions and classes."""
        found: dict[str, list[Binding]] = {}
        for node in statements(body):
            for name, binding in self._binds(node):
                found.setdefault(name, []).append(binding)
        return found

    def _binds(self, node: ast.stmt) -> Iterator[tuple[str, Binding]]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
                elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                    # options["port"] = port
                    yield f"{target.value.id}[{getattr(target.slice, 'value', '')}]", node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if isinstance(item.optional_vars, ast.Name):
                    yield item.optional_vars.id, item.context_expr
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                yield alias.asname or first, (alias.name if alias.asname else first, None)
        elif isinstance(node, ast.ImportFrom):
            source = self.absolute(node.module, node.level)
            for alias in node.names:
                yield alias.asname or alias.name, (source, alias.name)

    def absolute(self, name: str | None, level: int) -> str:
        """The module that `from ..name import` names."""
        if not level:
            return name or ""
        parts = self.package.split(".") if self.package else []
        parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
        return ".".join([*parts, *([name] if name else [])])


class Members:
    """A class's methods, and its fields with their statements; the first of each name."""

    def __init__(self, node: ast.ClassDef) -> None:
        self.methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.fields: dict[str, ast.Assign | ast.AnnAssign] = {}
        for item in node.body:
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                self.methods.setdefault(item.name, item)
            elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                self.fields.setdefault(item.target.id, item)
            elif isinstance(item, ast.Assign) and len(item.targets) == 1 and isinstance(item.targets[0], ast.Name):
                self.fields.setdefault(item.targets[0].id, item)


class PythonProgram:
    """A project's modules by name."""

    def __init__(self, project: PythonProject) -> None:
        self.folder = project.folder
        self.modules = {
            (name := module_name(project, path)): Module(path, name, parsed) for path, parsed in modules(project)
        }
        self.by_path = {module.path: module for module in self.modules.values()}
        self._inner = dict(self._by_roots(project))
        self._calls: dict[ast.stmt, tuple[ast.Call, ...]] = {}
        self._members: dict[ast.ClassDef, Members] = {}

    def module(self, name: str) -> Module | None:
        """A module by its import name, with or without the project's own folder in front, or as a program in a folder
        above it imports it."""
        found = self.modules.get(name) or self._inner.get(name)
        if found is None and name.startswith(("src.", f"{self.folder.folder_name}.")):
            found = self.modules.get(name.partition(".")[2])
        return found

    def _by_roots(self, project: PythonProject) -> Iterator[tuple[str, Module]]:
        """Modules by their names below the folders that others of the project import from."""
        importers = {root: path for path in self.by_path if (root := import_root(project, path))}
        for root, importer in sorted(importers.items()):
            for path, module in self.by_path.items():
                if path.startswith(f"{root}/"):
                    yield module_name(project, path, importer), module

    def calls_of(self, node: ast.stmt) -> tuple[ast.Call, ...]:
        """The calls in one statement, innermost first; cached, since a walk may visit a statement often."""
        if node not in self._calls:
            self._calls[node] = tuple(item for item in expressions(node) if isinstance(item, ast.Call))
        return self._calls[node]

    def members_of(self, node: ast.ClassDef) -> "Members":
        """What a class body defines, by name; cached."""
        if node not in self._members:
            self._members[node] = Members(node)
        return self._members[node]

    @cached_property
    def packages(self) -> frozenset[str]:
        """The names of the packages that contain modules."""
        return frozenset(
            name[: match.start()] for name in (*self.modules, *self._inner) for match in re.finditer(r"\.", name)
        )


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements in order, including those inside compound ones, without the bodies of functions and classes."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            stack.extend(reversed(inner(node)))


def inner(node: ast.stmt) -> list[ast.stmt]:
    """The statements directly inside a compound one."""
    found: list[ast.stmt] = []
    for name in ("body", "orelse", "finalbody"):
        found += getattr(node, name, [])
    for handler in getattr(node, "handlers", []):
        found += handler.body
    for case in getattr(node, "cases", []):
        found += case.body
    return found


def expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of one statement, without those of the statements inside it; innermost calls first."""
    stack: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        if isinstance(item, ast.expr):
            yield item
        stack.extend(ast.iter_child_nodes(item))
