"""The host of a listener's address: what of it is written in the code, and the variable that gives another one."""

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.detect.go.address import owners_of, variable_of
from genfile.detect.go.envkeys import keyed_variable
from genfile.detect.go.port import AskedAddress, addresses
from genfile.detect.go.values import NOTHING, GoScope, Got, Values
from genfile.evidence import Evidence
from genfile.parsers.values import FieldRead

if TYPE_CHECKING:
    from tree_sitter import Node

_DEFAULTS = ("default", "env-default", "envDefault")


class Host(Struct, frozen=True):
    """The host in an address: its text, with the port where the two are one text; the variable that sets it."""

    text: str
    variable: str | None
    says: Evidence


def hosts_of(asked: AskedAddress) -> list[Host]:
    """The hosts of the addresses that a program listens on, those for HTTP first; found once."""
    key = ("hosts", asked.sources[0][0] if asked.sources else "", len(asked.sources))
    if key not in asked.module.reaches:
        asked.module.reaches[key] = list(_found(asked))
    found: list[Host] = asked.module.reaches[key]
    return found


def _found(asked: AskedAddress) -> "Iterator[Host]":
    values = Hosts(asked.module, asked.sources)
    for path, file in asked.sources:
        for name, node in addresses(asked, path, file, values.index(path)):
            got = values.of(path, node)
            says = asked.module.folder.says(got.path or path, got.line or None, f"{name}({got.text})")
            yield Host(got.text, got.variable, says)


class Hosts(Values):
    """The same expressions as `Values` follows, for the part of an address that stands before the port. ``text`` of
    what is found is the host as it is written, with a port where the two are one text."""

    def _literal(self, text: str, node: "Node", scope: GoScope) -> Got:
        return Got(None, None, scope.path, int(node.start_point[0]) + 1, text) if text else NOTHING

    def _joined(self, node: "Node", scope: GoScope, depth: int) -> Got:
        left = node.child_by_field_name("left")
        return self._value(left, scope, depth + 1) if left is not None else NOTHING

    def _selected(self, node: "Node", scope: GoScope, depth: int) -> Got:
        chain = self.index(scope.path).callee(node)
        first, _, rest = chain.partition(".")
        folder = self._imported(scope.path).get(first)
        if folder is not None and rest and "." not in rest:
            return self._declared(folder, rest, depth)
        if not rest or len(chain) > 120:
            return NOTHING
        owners = owners_of(self._sources, scope.path, FieldRead(chain))
        if len({(item.folder, item.name) for item in owners}) > 1:
            # A database has a host too.
            return NOTHING
        found = self._field(scope.path, chain, depth)
        for item in owners:
            default = next((text for name, text in item.tag if name in _DEFAULTS), "")
            found |= Got(None, variable_of(self._sources, item), self._file_of(item.folder, item.name), 0, default)
        return found

    def _file_of(self, folder: str, struct: str) -> str:
        places = (path for path, file in self._sources if posixpath.dirname(path) == folder and struct in file.structs)
        return next(places, "")

    def _called(self, node: "Node", scope: GoScope, depth: int) -> Got:
        index = self.index(scope.path)
        name, given = index.callee(node), index.arguments(node)
        if name == "net.JoinHostPort":
            return self._all(given[:1], scope, depth)
        if name == "fmt.Sprintf" and given:
            form = index.text(given[0])[1:-1]
            return self._all(given[1:2] if form.startswith(("%s", "%v")) else given[:1], scope, depth)
        first = index.text(given[0])[1:-1] if given and given[0].type.endswith("string_literal") else ""
        if name.rpartition(".")[2] in ("GetString", "Get") and first:
            return self._of_key(first)
        return super()._called(node, scope, depth)

    def _of_key(self, key: str) -> Got:
        """What viper's `SetDefault` gives to a key."""
        for path, file in self._sources:
            for call in file.calls:
                if call.callee.endswith(".SetDefault") and call.arguments[:1] == (key,) and len(call.arguments) == 2:
                    text = call.arguments[1] if isinstance(call.arguments[1], str) else ""
                    return Got(None, keyed_variable(self._sources, key), path, call.line, text)
        return Got(variable=keyed_variable(self._sources, key))
