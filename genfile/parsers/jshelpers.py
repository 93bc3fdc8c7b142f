"""JavaScript functions that read the variable that they are asked for by name, in this module or in another one."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.jsreach import JsReferences
from genfile.parsers.jsshapes import FUNCTIONS
from genfile.parsers.values import UNKNOWN, EnvName

if TYPE_CHECKING:
    from tree_sitter import Node

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,79}")


class JsHelpers(JsReferences):
    """The part of JsModule that follows such a function to the module that it is imported from."""

    reads_elsewhere: Callable[[str, str], bool] | None = None
    """Whether a function reads a variable by name, by the module that an import names, and its name there."""

    def reads_named(self, exported: str) -> bool:
        """Whether a function that the module exports reads the variable that its first parameter names."""
        node = self._whole_export() if exported in ("default", "*") else self.exports.get(exported)
        if node is None and exported not in ("default", "*"):
            node = self._constants.get(exported)
        if node is not None and node.type == "identifier":
            node = self._constants.get(self._text(node))
        return node is not None and node.type in FUNCTIONS and self._reads_parameter(node)

    def handed_on(self, exported: str) -> tuple[tuple[str, str], ...]:
        """Where an export that is not the module's own may come from: `export { a as b } from "./x"`."""
        found: list[tuple[str, str]] = []
        for node in self._all("export_statement"):
            source = node.child_by_field_name("source")
            if source is None:
                continue
            clause = next((child for child in node.named_children if child.type == "export_clause"), None)
            names = {exported: exported} if clause is None else self._aliases(clause)
            if exported in names:
                found.append((self._string(source), names[exported]))
        return tuple(found)

    @cached_property
    def asked_by_name(self) -> tuple[EnvName, ...]:
        """The variables whose names are given to helpers that read them: `must("API_KEY")`, `number("PORT", 3000)`."""
        found: list[EnvName] = []
        for node in self._all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            items = arguments.named_children if arguments is not None else []
            name = self._string(items[0]) if items and items[0].type == "string" else ""
            if callee is not None and _NAME.fullmatch(name) and self._reads_by_name(self._dotted(callee)):
                found.append(EnvName(name, int(node.start_point[0]) + 1, has_default=len(items) > 1))
        return tuple(found)

    def _aliases(self, clause: "Node") -> dict[str, str]:
        """The names that an export clause gives, and what each is in its module."""
        found: dict[str, str] = {}
        for item in clause.named_children:
            name, alias = item.child_by_field_name("name"), item.child_by_field_name("alias")
            if name is not None:
                found[self._text(alias or name)] = self._text(name)
        return found

    @cached_property
    def _helpers(self) -> dict[str, bool]:
        """What is known of the names of callees: whether each reads a variable by name."""
        return {}

    def _reads_by_name(self, helper: str) -> bool:
        if helper not in self._helpers:
            self._helpers[helper] = False  # What asks while this is being answered gets no.
            self._helpers[helper] = super()._reads_by_name(helper) or self._is_read_elsewhere(helper)
        return self._helpers[helper]

    def _is_read_elsewhere(self, helper: str) -> bool:
        base, _, rest = helper.partition(".")
        source, exported = self.bindings.get(base, ("", ""))
        if self.reads_elsewhere is None or not source:
            return False
        return self.reads_elsewhere(source, rest if rest and exported in ("*", "default") else exported)

    def _computed(self, node: "Node", depth: int) -> Any:
        value = super()._computed(node, depth)
        if value is not UNKNOWN or node.type != "call_expression":
            return value
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or arguments is None or callee.type != "member_expression":
            return value
        dotted = self._dotted(callee)
        owner = callee.child_by_field_name("object")
        imported = owner is not None and owner.type == "identifier" and self._text(owner) in self.bindings
        named = arguments.named_children[:1]
        # `env.number("PORT", 3000)` of an imported module; a variable's value in place of its name means nothing here.
        if imported and named and named[0].type == "string":
            return self._with_fallback(dotted, arguments, depth)
        return value
