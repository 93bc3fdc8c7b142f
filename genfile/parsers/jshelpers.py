"""JavaScript functions that read the variable that they are asked for by name, in this module or in another one."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genfile.parsers.jsenvironments import JsEnvironments
from genfile.parsers.jsshapes import FUNCTIONS
from genfile.parsers.values import UNKNOWN, EnvDefault, EnvName, NamedRead

if TYPE_CHECKING:
    from tree_sitter import Node

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,79}")


class JsHelpers(JsEnvironments):
    """The part of JsModule that follows such a function to the module that it is imported from."""

    reads_elsewhere: Callable[[str, str], NamedRead | None] | None = None
    """How a function reads a variable by name, by the module that an import names, and its name there."""

    def reads_named(self, exported: str) -> NamedRead | None:
        """How a function that the module exports reads the variable that a parameter names."""
        node = self._whole_export() if exported in ("default", "*") else self.exports.get(exported)
        if node is None and exported not in ("default", "*"):
            node = self._constants.get(exported)
        if node is not None and node.type == "identifier":
            node = self._constants.get(self._text(node))
        return self._read_in(node) if node is not None and node.type in FUNCTIONS else None

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
            at = next((at for at, item in enumerate(items[:2]) if item.type == "string"), 0)
            name = self._string(items[at]) if items and items[at].type == "string" else ""
            read = self._named_read(self._dotted(callee)) if callee is not None and _NAME.fullmatch(name) else None
            if read is not None and read.at == at and self._is_handed(read, items):
                found.append(EnvName(name, int(node.start_point[0]) + 1, has_default=len(items) > at + 1))
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
    def _helpers(self) -> dict[str, NamedRead | None]:
        """What is known of the names of callees: how each reads a variable by name."""
        return {}

    def _named_read(self, helper: str) -> NamedRead | None:
        if helper not in self._helpers:
            self._helpers[helper] = None  # What asks while this is being answered gets none.
            self._helpers[helper] = super()._named_read(helper) or self._read_elsewhere(helper)
        return self._helpers[helper]

    def _read_elsewhere(self, helper: str) -> NamedRead | None:
        base, _, rest = helper.partition(".")
        source, exported = self.bindings.get(base, ("", ""))
        if self.reads_elsewhere is None or not source:
            return None
        return self.reads_elsewhere(source, rest if rest and exported in ("*", "default") else exported)

    def _computed(self, node: "Node", depth: int) -> Any:
        value = super()._computed(node, depth)
        if value is not UNKNOWN or node.type != "call_expression":
            return value
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is not None and arguments is not None and callee.type == "identifier":
            return self._given_by(arguments, depth)
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

    def _given_by(self, arguments: "Node", depth: int) -> Any:
        """The variable that a callback reads for the function that it is given to: `attempt(() => number("PORT"))`."""
        last = arguments.named_children[-1] if arguments.named_children else None
        body = last.child_by_field_name("body") if last is not None and last.type == "arrow_function" else None
        listed = last.child_by_field_name("parameters") if last is not None else None
        if body is None or body.type == "statement_block" or listed is None or listed.named_children:
            return UNKNOWN
        value = self._value(body, depth + 1)
        return value if isinstance(value, EnvDefault) else UNKNOWN
