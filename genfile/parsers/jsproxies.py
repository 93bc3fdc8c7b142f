"""Tables of proxies and rewrites as written, with expressions that only a run or a variable settles."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.values import Beginning

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule
    from genfile.parsers.jsreads import Spans

_VARIABLE = re.compile(r"(?:process\.env|import\.meta\.env|env)\.(?P<name>[A-Z][A-Z0-9_]*)")
# Where rules have the address that they pass requests on to.
_TARGETS = ("destination", "proxy", "to")
MAX_ENTRIES = 200


class ProxyKeys(Struct, frozen=True):
    """``computed``: each computed key as written, with the variable in it: `[process.env.BASE_API]`. ``targets``: the
    target of each path that is a literal, as written."""

    computed: dict[str, str]
    targets: dict[str, str]


def proxy_keys(module: "JsModule") -> ProxyKeys:
    """The keys and targets of the tables in a configuration that genfile can't evaluate."""
    computed: dict[str, str] = {}
    targets: dict[str, str] = {}
    for node in module._all("pair")[:MAX_ENTRIES]:
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is None or value is None:
            continue
        if key.type == "computed_property_name":
            found = _VARIABLE.search(module._text(key)[:200])
            if found is not None:
                computed[module._text(key)] = found["name"]
        elif key.type == "string" and module._string(key).lstrip("^").startswith("/"):
            target = _target(module, value)
            if target is not None:
                targets[module._string(key)] = module._text(target)[:200]
    return ProxyKeys(computed, targets)


def destinations(module: "JsModule", inside: "Spans") -> list[tuple[str, int]]:
    """The literal beginnings of the addresses that rules in some parts of a configuration pass requests on to, each
    with its line."""
    found: list[tuple[str, int]] = []
    for node in module._all("pair"):
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is None or value is None or node.start_byte not in inside or module._text(key) not in _TARGETS:
            continue
        text = module._argument(value)
        text = text.text if isinstance(text, Beginning) else text
        found += [(text, node.start_point[0] + 1)] if isinstance(text, str) else []
    return found


def _target(module: "JsModule", value: "Node") -> "Node | None":
    if value.type != "object":
        return value
    for pair in value.named_children:
        key = pair.child_by_field_name("key") if pair.type == "pair" else None
        if key is not None and module._text(key) == "target":
            return pair.child_by_field_name("value")
    return None
