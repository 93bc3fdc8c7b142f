"""The environment of a process under other names: `(env = process.env) => env.PORT`; and functions that read variables
from it by name."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from genfile.parsers.jsreach import JsReferences
from genfile.parsers.jsvalues import ENVIRONMENTS, FUNCTION_KINDS
from genfile.parsers.values import NamedRead

if TYPE_CHECKING:
    from tree_sitter import Node

# A parameter is the environment if its default is, or if its type says so.
_SIGNS = (b"process.env", b"ProcessEnv", b"Bun.env")
_TYPE = re.compile(r"\bNodeJS\.ProcessEnv\b|^:\s*ProcessEnv\b")
# Functions that hand name and environment on to another one.
MAX_HANDED = 4
MAX_CALLS = 200


class JsEnvironments(JsReferences):
    """The part of JsModule that knows the environment by the names that functions have for it."""

    @cached_property
    def _handed_environments(self) -> dict[str, list[tuple[int, int]]]:
        """The parameters that are the environment, each with the spans of its functions."""
        found: dict[str, list[tuple[int, int]]] = {}
        for function in self._all(*FUNCTION_KINDS) if any(sign in self._source for sign in _SIGNS) else ():
            for name, node in self._parameters_of(function):
                value, kind = node.child_by_field_name("value"), node.child_by_field_name("type")
                value = value or node.child_by_field_name("right")
                given = value is not None and self._text(value) in ENVIRONMENTS
                if given or (kind is not None and _TYPE.search(self._text(kind))):
                    found.setdefault(name, []).append((function.start_byte, function.end_byte))
        return found

    def _parameters_of(self, function: "Node") -> list[tuple[str, "Node"]]:
        alone, listed = function.child_by_field_name("parameter"), function.child_by_field_name("parameters")
        items = [alone] if alone is not None else listed.named_children if listed is not None else []
        given = [item for item in items if item.type != "comment"]
        names = (item.child_by_field_name("pattern") or item.child_by_field_name("left") or item for item in given)
        return [(self._text(name), item) for name, item in zip(names, given, strict=True)]

    def _is_process_env(self, node: "Node") -> bool:
        if super()._is_process_env(node):
            return True
        if node.type != "identifier" or node.end_byte - node.start_byte > 40:
            return False
        spans = self._handed_environments.get(self._text(node), ())
        return any(start <= node.start_byte < end for start, end in spans)

    def _named_read(self, helper: str) -> NamedRead | None:
        function = self._constants.get(helper)
        return self._read_in(function) if function is not None and self._looks_up else None

    @cached_property
    def _looks_up(self) -> bool:
        """Whether the module reads a variable by a computed name at all."""
        return any(text in self._source for text in (b"env[", b"env?.["))

    def _read_in(self, function: "Node", depth: int = 0) -> NamedRead | None:
        """How a function reads the variable that a parameter names: itself, or through one that it hands both to."""
        names = [name for name, _ in self._parameters_of(function)] if function.type in FUNCTION_KINDS else []
        if not names or depth > MAX_HANDED:
            return None
        for node in self._all("subscript_expression"):
            owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
            if owner is None or index is None or not function.start_byte <= node.start_byte < function.end_byte:
                continue
            if self._text(index) in names and self._is_process_env(owner):
                text = self._text(owner)
                return NamedRead(names.index(self._text(index)), names.index(text) if text in names else None)
        return self._read_through(function, names, depth) if self._handed_environments else None

    def _read_through(self, function: "Node", names: list[str], depth: int) -> NamedRead | None:
        """`number = (env, name) => Number(text(env, name))`."""
        calls = [node for node in self._all("call_expression") if function.start_byte <= node.start_byte]
        for node in calls[:MAX_CALLS]:
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if node.end_byte > function.end_byte or callee is None or callee.type != "identifier" or arguments is None:
                continue
            texts = [self._text(item) for item in arguments.named_children if item.type != "comment"]
            target = self._constants.get(self._text(callee)) if set(texts[:2]) <= set(names) else None
            read = self._read_in(target, depth + 1) if target is not None and target != function else None
            if read is None or read.environment is None or max(read.at, read.environment) >= len(texts):
                continue
            return NamedRead(names.index(texts[read.at]), names.index(texts[read.environment]))
        return None
