"""The forms of the variables that a JavaScript or TypeScript module reads: what it parses, and what it checks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genfile.parsers.forms import JSON, URL, Form, one_of, text_of
from genfile.parsers.jsrequired import checked_names
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

_MAX_CHAIN = 12
_TEXTS = frozenset({"string", "str"})


def forms_of(module: "JsModule") -> Iterator[tuple[str, Form]]:
    """Variables with the form that their values need, as far as the code says it."""
    yield from _checked(module)
    yield from _parsed(module)
    yield from _measured(module)


def _checked(module: "JsModule") -> Iterator[tuple[str, Form]]:
    """`KEY: z.string().min(32)`, `MODE: z.enum(["a", "b"])`, in a schema of the environment."""
    names = {name for name, _ in checked_names(module)}
    for pair in module._all("pair") if names else ():
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key is None or value is None or module._key(key) not in names:
            continue
        form = _of_chain(module, list(_chain(module, value)))
        if form is not None:
            yield module._key(key), form


def _chain(module: "JsModule", node: "Node | None") -> Iterator[tuple[str, list["Node"]]]:
    """The methods of a chain of calls with their arguments, the last one first."""
    for _ in range(_MAX_CHAIN):
        callee = node.child_by_field_name("function") if node is not None else None
        arguments = node.child_by_field_name("arguments") if node is not None else None
        if callee is None or arguments is None:
            return
        items = [item for item in arguments.named_children if item.type != "comment"]
        yield module._dotted(callee).rpartition(".")[2], items
        node = callee.child_by_field_name("object")


def _of_chain(module: "JsModule", chain: list[tuple[str, list["Node"]]]) -> Form | None:
    called = dict(reversed(chain))
    first = {name: module._value(items[0]) for name, items in called.items() if items}
    changes = [item for name in ("transform", "preprocess", "pipe") for item in called.get(name, ())]
    if "json" in called or any("JSON.parse" in module._text(item) for item in changes):
        return JSON
    if changes:
        # Another function takes the value apart.
        return None
    if "url" in called or "uri" in called:
        return URL
    if "enum" in called:
        return one_of(first.get("enum"))
    options = first.get("str")
    if isinstance(options, dict) and "choices" in options:
        return one_of(options["choices"])
    if _TEXTS.isdisjoint(called):
        return None
    return text_of(first.get("length"), exact=True) or text_of(first.get("min"))


def _parsed(module: "JsModule") -> Iterator[tuple[str, Form]]:
    """`JSON.parse(process.env.X)`, `new URL(process.env.X)`."""
    for call in module.calls:
        form = {"JSON.parse": JSON, "URL": URL}.get(call.callee)
        name = _name(call.arguments[0]) if form is not None and len(call.arguments) == 1 else None
        if form is not None and name is not None and not _encoded(module, name):
            yield name, form


def _encoded(module: "JsModule", name: str) -> bool:
    """Whether the module decodes the variable before it uses it: `Buffer.from(process.env.X, "base64")`."""
    return any(
        call.callee in ("Buffer.from", "atob") and call.arguments and _name(call.arguments[0]) == name
        for call in module.calls
    )


def _measured(module: "JsModule") -> Iterator[tuple[str, Form]]:
    """`if (key.length < 32) throw …`, also beside other conditions."""
    for statement in module._all("if_statement"):
        body, condition = statement.child_by_field_name("consequence"), statement.child_by_field_name("condition")
        if body is None or condition is None or not _throws(module, body):
            continue
        for node in module._all("binary_expression"):
            if not condition.start_byte <= node.start_byte < condition.end_byte:
                continue
            found = _compared(module, node)
            if found is not None and not _encoded(module, found[0]):
                yield found


def _compared(module: "JsModule", node: "Node") -> tuple[str, Form] | None:
    left, right, operator = (node.child_by_field_name(key) for key in ("left", "right", "operator"))
    if left is None or right is None or operator is None or left.type != "member_expression":
        return None
    owner, member = left.child_by_field_name("object"), left.child_by_field_name("property")
    sign, length = module._text(operator), module._value(right)
    if owner is None or member is None or module._text(member) != "length" or not isinstance(length, int):
        return None
    name = _name(module._value(owner))
    form = {
        "<": text_of(length),
        "<=": text_of(length + 1),
        "!==": text_of(length, exact=True),
        "!=": text_of(length, exact=True),
    }.get(sign)
    return (name, form) if name is not None and form is not None else None


def _throws(module: "JsModule", body: "Node") -> bool:
    items = body.named_children if body.type == "statement_block" else [body]
    return any(item.type == "throw_statement" or "process.exit" in module._text(item) for item in items)


def _name(value: Any) -> str | None:
    return value.name if isinstance(value, EnvDefault) and value.default is None else None
