"""Nest's ConfigService, which looks up variables by name: its calls, and the settings that a program loads into it.

Source: docs.nestjs.com/techniques/configuration.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.parsers.jshelpers import JsHelpers
from genfile.parsers.jsshapes import FUNCTIONS
from genfile.parsers.jsvalues import FUNCTION_KINDS, WRAPPERS
from genfile.parsers.values import UNKNOWN, EnvDefault, EnvName

if TYPE_CHECKING:
    from tree_sitter import Node

_PACKAGE = "@nestjs/config"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{1,79}")
_GETS = frozenset({"get", "getOrThrow"})
_REGISTERS = frozenset({"forRoot", "forRootAsync", "forFeature"})
MAX_DEPTH = 8
MAX_LENGTH = 80


class LoadedSettings(Struct, frozen=True):
    """What a program loads into its ConfigService beside the environment: the top-level keys, and the factories that
    other modules export, each with the module's name; ``whole``: whether that is all."""

    keys: frozenset[str] = frozenset()
    elsewhere: tuple[tuple[str, str], ...] = ()
    whole: bool = True


class JsConfigured(JsHelpers):
    """The part of JsModule that knows a ConfigService by its type."""

    configures: Callable[[str], bool] | None = None
    """Whether a name that a ConfigService is asked for is a variable, not a key of the settings that are loaded."""

    def asked(self, node: "Node") -> EnvDefault | None:
        """The variable in `config.get("jwt_secret", "none")`, with its default."""
        callee = node.child_by_field_name("function")
        if node.type != "call_expression" or callee is None or not self._configs:
            return None
        owner, prop, items = (
            callee.child_by_field_name("object"),
            callee.child_by_field_name("property"),
            self._given(node),
        )
        if owner is None or prop is None or self._text(prop) not in _GETS or not items or not self._is_config(owner):
            return None
        key = self._value(items[0])
        if not isinstance(key, str) or not _NAME.fullmatch(key) or not (self.configures and self.configures(key)):
            return None
        # An object holds options: `{ infer: true }`.
        default = self._value(items[1]) if len(items) > 1 and items[1].type != "object" else None
        return EnvDefault(key, None if default is UNKNOWN else default)

    @cached_property
    def configured(self) -> tuple[EnvName, ...]:
        """The variables that the module asks its ConfigService for."""
        found: list[EnvName] = []
        for node in self._all("call_expression") if self._configs else ():
            value = self.asked(node)
            if value is not None:
                given = self._given(node)
                default = len(given) > 1 and given[1].type != "object"
                found.append(EnvName(value.name, int(node.start_point[0]) + 1, default))
        return tuple(found)

    @staticmethod
    def _given(call: "Node") -> list["Node"]:
        arguments = call.child_by_field_name("arguments")
        return [item for item in arguments.named_children if item.type != "comment"] if arguments is not None else []

    def _computed(self, node: "Node", depth: int) -> Any:
        value = super()._computed(node, depth)
        return (self.asked(node) or UNKNOWN) if value is UNKNOWN else value

    @cached_property
    def _types(self) -> frozenset[str]:
        """The local names of the class."""
        return frozenset(name for name, made in self.bindings.items() if made == (_PACKAGE, "ConfigService"))

    @cached_property
    def _configs(self) -> frozenset[str]:
        """The names of variables, parameters and fields that hold a ConfigService; and the class itself."""
        if not self._types:
            return frozenset()
        found = set(self._types)
        for node in self._all("variable_declarator", "public_field_definition"):
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None and (self._is_typed(node) or (value is not None and self._gives_config(value))):
                found.add(self._text(name))
        for function in self._all(*FUNCTION_KINDS):
            listed = function.child_by_field_name("parameters")
            items = [item for item in listed.named_children if item.type != "comment"] if listed is not None else []
            injected = self._injected(function) if items else []
            for at, item in enumerate(items):
                if self._is_typed(item) or (at < len(injected) and injected[at] in self._types):
                    found.add(self._text(item.child_by_field_name("pattern") or item))
        return frozenset(found)

    def _is_typed(self, node: "Node") -> bool:
        kind = node.child_by_field_name("type")
        match = re.match(r":\s*([\w$]+)", self._text(kind)) if kind is not None else None
        return match is not None and match[1] in self._types

    def _injected(self, function: "Node") -> list[str]:
        """What the container gives a factory: `inject: [ConfigService], useFactory: (config) => …`."""
        pair = function if function.type == "method_definition" else function.parent
        key = (pair.child_by_field_name("key") or pair.child_by_field_name("name")) if pair is not None else None
        if pair is None or pair.parent is None or key is None or self._text(key) != "useFactory":
            return []
        for other in pair.parent.named_children:
            key, value = other.child_by_field_name("key"), other.child_by_field_name("value")
            if key is not None and value is not None and value.type == "array" and self._text(key) == "inject":
                return [self._text(item) for item in value.named_children if item.type != "comment"]
        return []

    def _is_config(self, node: "Node") -> bool:
        """Whether an expression is a ConfigService: a name or field for it, or what makes it."""
        while node.type in WRAPPERS and node.named_children:
            node = node.named_children[0]
        short = node.type in ("identifier", "member_expression") and node.end_byte - node.start_byte <= MAX_LENGTH
        return self._text(node).removeprefix("this.") in self._configs if short else self._gives_config(node)

    def _gives_config(self, node: "Node") -> bool:
        """`app.get(ConfigService)`, `inject(ConfigService)`, `new ConfigService()`."""
        while node.type in WRAPPERS and node.named_children:
            node = node.named_children[0]
        arguments = node.child_by_field_name("arguments")
        made = node.child_by_field_name("constructor")
        if made is None and node.type == "call_expression" and arguments is not None and arguments.named_children:
            made = arguments.named_children[0]
        return made is not None and made.type == "identifier" and self._text(made) in self._types

    @cached_property
    def settings_loaded(self) -> tuple[LoadedSettings, ...]:
        """What each `ConfigModule.forRoot({ load: […] })` and `forFeature(…)` loads."""
        found: list[LoadedSettings] = []
        for node in self._all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            owner, _, method = self._dotted(callee).rpartition(".") if callee is not None else ("", "", "")
            if arguments is None or method not in _REGISTERS:
                continue
            if self.bindings.get(owner) == (_PACKAGE, "ConfigModule"):
                items = [item for item in arguments.named_children if item.type != "comment"]
                factories = items if method == "forFeature" else self._loads(items)
                found += [LoadedSettings(whole=False)] if factories is None else map(self._factory, factories)
                found += [LoadedSettings()] if factories == [] else []
        return tuple(found)

    def _loads(self, items: list["Node"]) -> "list[Node] | None":
        """The factories in `{ load: [a, b] }`; None if they can't be told."""
        if not items:
            return []
        if items[0].type != "object" or any(item.type == "spread_element" for item in items[0].named_children):
            return None
        for pair in items[0].named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if self._text(key or pair) == "load":
                return list(value.named_children) if value is not None and value.type == "array" else None
        return []

    def loaded_by(self, exported: str) -> LoadedSettings:
        """What the factory loads that the module exports by a name."""
        node = self._whole_export() if exported in ("default", "*") else self.exports.get(exported)
        node = self._constants.get(exported) if node is None else node
        if node is None:
            return LoadedSettings(elsewhere=self.handed_on(exported), whole=bool(self.handed_on(exported)))
        return self._factory(node)

    def _factory(self, node: "Node", depth: int = 0) -> LoadedSettings:
        while node.type in WRAPPERS and node.named_children:
            node = node.named_children[0]
        if node.type == "identifier":
            name = self._text(node)
            if name in self.bindings:
                return LoadedSettings(elsewhere=(self.bindings[name],))
            target = self._constants.get(name)
            return self._factory(target, depth + 1) if target is not None and depth < MAX_DEPTH else _UNSEEN
        if node.type == "call_expression":
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            first = self._value(arguments.named_children[0]) if arguments and arguments.named_children else UNKNOWN
            named = callee is not None and self._text(callee) == "registerAs"
            return LoadedSettings(frozenset({first})) if named and isinstance(first, str) else _UNSEEN
        given = self._given_back(node) if node.type in FUNCTIONS else None
        return _UNSEEN if given is None else self._keys_of(given)

    def _keys_of(self, node: "Node") -> LoadedSettings:
        while node.type in WRAPPERS and node.named_children:
            node = node.named_children[0]
        if node.type == "identifier":
            node = self._constants.get(self._text(node), node)
        keys = frozenset(self._keys(node))
        whole = node.type == "object" and not any(item.type == "spread_element" for item in node.named_children)
        return LoadedSettings(keys, whole=whole)

    def _keys(self, node: "Node") -> Iterator[str]:
        for item in node.named_children if node.type == "object" else ():
            key = item.child_by_field_name("key") or item
            yield self._string(key) if key.type == "string" else self._text(key)


_UNSEEN = LoadedSettings(whole=False)
