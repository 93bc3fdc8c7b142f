"""JavaScript functions that end the program if the environment variable they are asked for is missing:
`required("DB_URL")`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.grammar import Places
from genfile.parsers.jsstart import EXITS, ModuleStart

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule

_WRAPPERS = frozenset({"parenthesized_expression", "non_null_expression", "as_expression", "await_expression"})
_DECLARES = frozenset({"lexical_declaration", "variable_declaration"})
_NOTHING = frozenset({"undefined", "null", '""', "''", "``"})
# Functions that call another one in the module with the name they got.
MAX_ROUNDS = 3
MAX_DEPTH = 12
MAX_CALLS = 100


class VariableNeed(Struct, frozen=True):
    """The parameter that holds the variable's name, and those that make it optional."""

    at: int
    unless: frozenset[int] = frozenset()

    def name_of(self, call: "Node", module: "JsModule") -> str | None:
        """The variable that a call requires."""
        arguments = call.child_by_field_name("arguments")
        items = [item for item in arguments.named_children if item.type != "comment"] if arguments is not None else []
        if self.at >= len(items) or any(place < len(items) for place in self.unless):
            return None
        value = module._value(items[self.at])
        return value if isinstance(value, str) and value.isidentifier() else None


def needs_of(start: ModuleStart) -> dict[str, VariableNeed]:
    """A module's functions that require a variable by name, keyed by their own name."""
    found: dict[str, VariableNeed] = {}
    module = start.module
    if not any(text in module._source for text in (b"env[", b"env?.[")):
        return found
    for key, function in start.functions.items():
        need = _need(module, function)
        if need is not None:
            found[key] = need
    calls = Places(module._all("call_expression") if found else ())
    for _ in range(MAX_ROUNDS if found else 0):
        for key, function in start.functions.items():
            handed = _handed_on(module, function, found, calls) if key not in found else None
            if handed is not None:
                found[key] = handed
    return found


def _parameters(module: "JsModule", function: "Node") -> dict[str, int]:
    """Parameters and their positions, by name; one with a default is left out, since it is never missing."""
    listed = function.child_by_field_name("parameters")
    items = listed.named_children if listed is not None else [function.child_by_field_name("parameter")]
    found: dict[str, int] = {}
    for at, item in enumerate(item for item in items if item is not None and item.type != "comment"):
        name = item.child_by_field_name("pattern") or item
        if name.type == "identifier" and item.child_by_field_name("value") is None:
            found[module._text(name)] = at
    return found


def _need(module: "JsModule", function: "Node") -> VariableNeed | None:
    parameters, body = _parameters(module, function), function.child_by_field_name("body")
    if not parameters or body is None or body.type != "statement_block":
        return None
    found = (_of(module, function, parameters, together) for together in _missing(module, body.named_children, 0))
    return next((need for need in found if need is not None), None)


def _missing(module: "JsModule", items: list["Node"], depth: int) -> Iterator[list["Node"]]:
    """The sets of expressions whose joint absence ends the program in some statements, in order; also where one `if`
    is inside another."""
    for number, statement in enumerate(items):
        condition, then = statement.child_by_field_name("condition"), statement.child_by_field_name("consequence")
        if statement.type != "if_statement" or condition is None or then is None:
            continue
        inner = then.named_children if then.type == "statement_block" else [then]
        if any(item.type == "if_statement" for item in inner):
            within = list(_missing(module, inner, depth + 1)) if depth < MAX_ROUNDS else []
            yield from ([*one, *other] for one in _alternatives(module, condition, gone=True) for other in within)
        elif _ends(module, then):
            yield from _alternatives(module, condition, gone=True)
        elif _gives_back(then) and any(_ends(module, item) for item in items[number + 1 :][:1]):
            yield from _alternatives(module, condition, gone=False)


def _ends(module: "JsModule", body: "Node") -> bool:
    """Whether statements throw or exit."""
    for statement in body.named_children if body.type == "statement_block" else [body]:
        call = statement.named_children[0] if statement.type == "expression_statement" else None
        callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
        if statement.type == "throw_statement" or (callee is not None and module._dotted(callee) in EXITS):
            return True
    return False


def _gives_back(body: "Node") -> bool:
    items = body.named_children if body.type == "statement_block" else [body]
    return bool(items) and items[-1].type == "return_statement"


def _alternatives(module: "JsModule", node: "Node", *, gone: bool, depth: int = 0) -> list[list["Node"]]:
    """The sets of expressions whose joint absence makes a condition true, one set for each alternative.

    ``gone`` False: whose absence makes it false, as it tests for presence and ends the function early.
    """
    node = _plain(node)
    if depth > MAX_DEPTH:
        return []
    if node.type == "unary_expression" and (inner := node.child_by_field_name("argument")) is not None:
        operator = node.child_by_field_name("operator")
        negated = operator is not None and module._text(operator) == "!"
        return [[_plain(inner)]] if negated and gone else []
    if node.type != "binary_expression":
        return [] if gone else [[node]]
    left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
    if left is None or right is None or operator is None:
        return []
    sign = module._text(operator)
    if sign in ("||", "&&"):
        first = _alternatives(module, left, gone=gone, depth=depth + 1)
        second = _alternatives(module, right, gone=gone, depth=depth + 1)
        if (sign == "||") is gone:
            return [*first, *second]
        return [[*one, *other] for one in first for other in second]
    equal = sign in ("==", "===") if gone else sign in ("!=", "!==")
    return [[_plain(left)]] if equal and module._text(right) in _NOTHING else []


def _plain(node: "Node") -> "Node":
    while node.type in _WRAPPERS and node.named_children:
        node = node.named_children[0]
    return node


def _of(
    module: "JsModule", function: "Node", parameters: dict[str, int], together: list["Node"]
) -> VariableNeed | None:
    """The need behind a set of missing expressions: one variable looked up by name, and other parameters."""
    at: int | None = None
    unless: set[int] = set()
    for node in together:
        value = _looked_up(module, function, node)
        name = module._text(value) if value.type == "identifier" else ""
        if name in parameters:
            unless.add(parameters[name])
            continue
        for part in _either(module, value):
            index = _index(module, part)
            text = module._text(part)
            if index is not None and index in parameters and at is None:
                at = parameters[index]
            elif part.type == "identifier" and text in parameters:
                unless.add(parameters[text])
            else:
                return None
    return VariableNeed(at, frozenset(unless)) if at is not None else None


def _looked_up(module: "JsModule", function: "Node", node: "Node") -> "Node":
    """Replace a name by its declaration in the function, and drop `.trim()`."""
    for _ in range(4):
        node = _plain(node)
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        owner = callee.child_by_field_name("object") if callee is not None else None
        if callee is not None and owner is not None and module._dotted(callee).endswith("trim"):
            node = owner
        elif node.type == "identifier" and (value := _declared(module, function, module._text(node))) is not None:
            node = value
        else:
            break
    return node


def _declared(module: "JsModule", function: "Node", name: str) -> "Node | None":
    body = function.child_by_field_name("body")
    for statement in body.named_children if body is not None else ():
        for node in statement.named_children if statement.type in _DECLARES else ():
            own, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if own is not None and module._text(own) == name:
                return value
    return None


def _either(module: "JsModule", node: "Node") -> Iterator["Node"]:
    """The operands of `a ?? b`, either of which is enough."""
    node = _plain(node)
    left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
    if node.type != "binary_expression" or left is None or right is None or operator is None:
        yield node
    elif module._text(operator) in ("??", "||"):
        yield from (_plain(left), _plain(right))
    else:
        yield node


def _index(module: "JsModule", node: "Node") -> str | None:
    """The name in `process.env[name]`."""
    owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    if node.type != "subscript_expression" or owner is None or index is None or index.type != "identifier":
        return None
    return module._text(index) if module._is_process_env(owner) else None


def _handed_on(
    module: "JsModule", function: "Node", known: dict[str, VariableNeed], calls: Places
) -> VariableNeed | None:
    """The need of a function that passes its parameter on to a known one: `number = (name) => +text(name)`."""
    parameters, body = _parameters(module, function), function.child_by_field_name("body")
    for node in calls.within(body)[:MAX_CALLS] if parameters and body is not None else ():
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        need = known.get(module._text(callee)) if callee is not None and callee.type == "identifier" else None
        items = arguments.named_children if arguments is not None else []
        if need is None or need.at >= len(items) or any(place < len(items) for place in need.unless):
            continue
        name = module._text(items[need.at]) if items[need.at].type == "identifier" else ""
        if name in parameters:
            return VariableNeed(parameters[name])
    return None
