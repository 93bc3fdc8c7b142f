"""Find JavaScript modules that create a client, connect it, and wait for its events."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

_LISTENING = ("on", "once", "addListener", "addEventListener")
_CONNECTING = frozenset("connect login start launch run open join initialize startPolling".split())
_LEAVING = frozenset("end close quit disconnect destroy stop logout".split())
# Errors and shutdown: a client with handlers for these alone waits for nothing.
_ENDINGS = frozenset("error close end exit finish disconnect disconnected warn warning".split())


def waiting_packages(module: "JsModule") -> frozenset[str]:
    """The packages whose client the module creates, subscribes to, connects, and closes only in signal handlers."""
    made = {name: package for name, value in module._constants.items() if (package := _maker(module, value))}
    calls: dict[str, set[str]] = {}
    for node in module._all("call_expression") if made else ():
        callee = node.child_by_field_name("function")
        owner, _, method = module._dotted(callee).rpartition(".") if callee is not None else ("", "", "")
        if owner not in made or (method in _LEAVING and _at_signal(module, node)):
            continue
        kind = "handles" if method in _LISTENING and _handles(module, node) else ""
        kind = kind or ("connects" if method in _CONNECTING else "leaves" if method in _LEAVING else "")
        calls.setdefault(owner, set()).add(kind)
    return frozenset(made[name] for name, kinds in calls.items() if kinds - {""} == {"handles", "connects"})


def _maker(module: "JsModule", value: "Node") -> str | None:
    """The imported package whose class or function creates a value; None if there is none."""
    if value.type not in ("new_expression", "call_expression"):
        return None
    callee = value.child_by_field_name("constructor") or value.child_by_field_name("function")
    first = module._dotted(callee).split(".")[0] if callee is not None else ""
    return module.bindings.get(first, (None, ""))[0]


def _handles(module: "JsModule", node: "Node") -> bool:
    """Whether a handler subscribes to an event that a client waits for, not just to errors or shutdown."""
    arguments = node.child_by_field_name("arguments")
    event = arguments.named_children[0] if arguments is not None and len(arguments.named_children) > 1 else None
    return event is not None and not (event.type == "string" and module._string(event).lower() in _ENDINGS)


def _at_signal(module: "JsModule", node: "Node") -> bool:
    """Whether a call is inside a handler on the process: `process.on("SIGTERM", () => client.disconnect())`."""
    above = node.parent
    while above is not None:
        callee = above.child_by_field_name("function") if above.type == "call_expression" else None
        if callee is not None and module._text(callee) in ("process.on", "process.once"):
            return True
        above = above.parent
    return False
