"""The environment variables that a JavaScript or TypeScript module can't start without: guards, assertions, schemas."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.parsers.jsneeds import needs_of
from genfile.parsers.jsstart import EXITS, ModuleStart
from genfile.parsers.values import EnvDefault, EnvName

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.javascript import JsModule
    from genfile.parsers.values import Call

_FUNCTIONS = frozenset(
    """
    function_declaration function_expression arrow_function method_definition generator_function
    generator_function_declaration
    """.split()
)
_ASSERTIONS = frozenset({"assert", "assert.ok", "invariant", "ok"})
CHECKED = frozenset({"cleanEnv", "createEnv", "parseEnv"})
_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
# Parts of a schema's call chain that make a value optional.
_LAX = frozenset({"optional", "default", "nullish", "nullable", "catch", "prefault", "devDefault"})
MAX_NODES = 200


def required_names(start: ModuleStart) -> tuple[EnvName, ...]:
    """The variables without which startup throws or the process exits, each once, by line."""
    found: dict[str, EnvName] = {}
    module = start.module
    asked = {item.name for item in module.configured}
    found_in = (
        _guarded(module, start),
        _asked_for(start),
        _used(start),
        _asserted(module, start),
        checked_names(module),
    )
    for name, line in (item for items in found_in for item in items):
        if _NAME.fullmatch(name) or name in asked:
            found.setdefault(name, EnvName(name, line, has_default=False))
    return tuple(sorted(found.values(), key=lambda item: item.line))


def _guarded(module: "JsModule", start: ModuleStart) -> Iterator[tuple[str, int]]:
    """`if (!process.env.X) throw …`, `if (!X) process.exit(1)`, and the same in a loop over names."""
    for node in module._all("if_statement"):
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or body is None or not _ends(module, body, start):
            continue
        line = node.start_point[0] + 1
        for item in _missing(module, condition):
            yield from ((name, line) for name in _names(module, item))


def _asked_for(start: ModuleStart) -> Iterator[tuple[str, int]]:
    """`required("DB_URL")`, if that function in the module ends the program for a missing variable."""
    needs = needs_of(start)
    for target, node in start.calls_in() if needs else ():
        name = needs[target].name_of(node, start.module) if target in needs else None
        if name is not None:
            yield name, node.start_point[0] + 1


def _used(start: ModuleStart) -> Iterator[tuple[str, int]]:
    """`process.env.ORIGINS.split(",")`, `new URL(config.get("API"))`: undefined has no methods, and is no address."""
    module, found = start.module, dict[str, int]()
    for node, value in (*_method_owners(module), *_addresses(module)):
        read = looked_up(module, value)
        name = read.name if read is not None else module._env_name(value)
        if name is None or name in found or len(found) > MAX_NODES or not start.throws(node):
            continue
        if not _depends(module, node) and not _is_set(module, name):
            found[name] = node.start_point[0] + 1
    yield from found.items()


def _method_owners(module: "JsModule") -> Iterator[tuple["Node", "Node"]]:
    """What methods are called on, each after the node that names the method; not in `a?.b()`."""
    for call in module._all("call_expression"):
        node = call.child_by_field_name("function")
        owner = node.child_by_field_name("object") if node is not None and node.type == "member_expression" else None
        if node is not None and owner is not None and not any(item.type == "optional_chain" for item in node.children):
            yield node, _plain(owner)


def _addresses(module: "JsModule") -> Iterator[tuple["Node", "Node"]]:
    """The addresses in `new URL(…)`, each after the call."""
    for node in module._all("new_expression"):
        made, arguments = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
        if made is not None and module._text(made) == "URL" and arguments is not None:
            yield from ((node, _plain(item)) for item in arguments.named_children[:1])


def _depends(module: "JsModule", node: "Node") -> bool:
    """Whether a node is evaluated conditionally."""
    above = node.parent
    for _ in range(MAX_NODES):
        if above is None or above.type in _FUNCTIONS:
            return False
        operator = above.child_by_field_name("operator") if above.type == "binary_expression" else None
        lazy = operator is not None and module._text(operator) in ("&&", "||", "??")
        if lazy or above.type in ("ternary_expression", "if_statement", "switch_statement"):
            return True
        above = above.parent
    return True


def _is_set(module: "JsModule", name: str) -> bool:
    """Whether the module itself sets the variable."""
    text = re.escape(name).encode()
    written = rb"\.env(\." + text + rb"|\[['\"]" + text + rb"['\"]\])\s*(\?\?|\|\|)?=[^=]"
    return re.search(written, module._source) is not None


def _ends(module: "JsModule", body: "Node", start: ModuleStart) -> bool:
    """Whether a branch ends the program: a throw at startup, or an exit at any time."""
    statements = body.named_children if body.type == "statement_block" else [body]
    for statement in statements:
        if statement.type == "throw_statement" and start.throws(statement):
            return True
        call = statement.named_children[0] if statement.type == "expression_statement" else None
        callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
        if callee is not None and module._dotted(callee) in EXITS:
            return True
    return False


def passed(module: "JsModule", call: "Call") -> Iterator[tuple[int | str, "str | EnvDefault"]]:
    """A call's arguments: dotted names, and the variables they look up; by position, or by key in an object literal."""
    for _, arguments in _nodes_of(module, call):
        items = [_plain(item) for item in arguments.named_children if item.type != "comment"]
        for at, item in enumerate(items):
            if item.type != "object":
                yield at, looked_up(module, item) or _handed_out(module, item) or module._dotted(item)
            for key, value in _pairs(module, item) if item.type == "object" else ():
                yield key, looked_up(module, value) or module._dotted(value)
                made = _returned(value) if key == "useFactory" else None
                for inner, given in _pairs(module, made) if made is not None else ():
                    yield inner, looked_up(module, given) or module._dotted(given)


def parameter_at(module: "JsModule", call: "Call", at: int) -> tuple[str, int] | None:
    """The function around a call, by its name, and the place of the parameter that the call hands on; None for any
    other argument, and for a parameter with a default."""
    for node, arguments in _nodes_of(module, call):
        items = [_plain(item) for item in arguments.named_children if item.type != "comment"]
        function = module.flow.functions.get(module.flow.place(node)[0] or "")
        if function is None or at >= len(items) or items[at].type != "identifier":
            continue
        for number, (name, given) in enumerate(module._parameters_of(function)):
            default = given.child_by_field_name("value") or given.child_by_field_name("right")
            if name == module._text(items[at]) and default is None:
                return module.flow.place(node)[0] or "", number
    return None


def _pairs(module: "JsModule", literal: "Node") -> Iterator[tuple[str, "Node"]]:
    """The keys of an object literal, with their values."""
    for pair in literal.named_children:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if pair.type == "method_definition":
            key, value = pair.child_by_field_name("name"), pair
        if key is not None and value is not None:
            yield module._text(key), _plain(value)


def _returned(function: "Node") -> "Node | None":
    """The object literal that a function returns: `() => ({ … })`, or the first statement that returns one."""
    body = function.child_by_field_name("body")
    made = [_plain(body)] if body is not None and body.type != "statement_block" else []
    for statement in body.named_children if body is not None and body.type == "statement_block" else ():
        made += [_plain(item) for item in statement.named_children[:1] if statement.type == "return_statement"]
    return next((item for item in made if item.type == "object"), None)


def looked_up(module: "JsModule", node: "Node") -> EnvDefault | None:
    """The variable in `config.get("JWT_SECRET")`, which may return undefined; not if the call has a default. A name
    stands for the call that gives it its value."""
    if node.type == "identifier":
        node = _plain(module._constants.get(module._text(node), node))
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or callee is None or arguments is None or len(arguments.named_children) != 1:
        return None
    asked = module.asked(node)
    if asked is not None:
        return asked
    key = arguments.named_children[0]
    name = module._string(key) if key.type == "string" and module._dotted(callee).endswith(".get") else ""
    return EnvDefault(name) if _NAME.fullmatch(name) else None


def _handed_out(module: "JsModule", node: "Node") -> EnvDefault | None:
    """The variable that `getKey()` returns, a function of the module."""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or callee.type != "identifier" or arguments.named_children:
        return None
    value = module.given_back(module._text(callee))
    return value if isinstance(value, EnvDefault) else None


def bases(module: "JsModule", call: "Call") -> list[str]:
    """The local names in the `extends` clause around a `super(…)`; `extends mixin(Base)` gives both."""
    found: list[str] = []
    for node, _ in _nodes_of(module, call):
        above = node.parent
        while above is not None and above.type not in ("class_declaration", "class"):
            above = above.parent
        heritage = [item for item in above.named_children if item.type == "class_heritage"] if above is not None else []
        found += [name for item in heritage for name in re.findall(r"[\w$]+", module._text(item))]
    return found


def _nodes_of(module: "JsModule", call: "Call") -> Iterator[tuple["Node", "Node"]]:
    """The nodes of a call, each with its arguments."""
    for node in module._all("call_expression", "new_expression"):
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = node.child_by_field_name("arguments")
        if node.start_point[0] + 1 != call.line or callee is None or arguments is None:
            continue
        if module._dotted(callee) == call.callee:
            yield node, arguments


def made_by(module: "JsModule", call: "Call") -> str | None:
    """The class of the object at the start of a chain: `SignJWT` for `new SignJWT(…).setIssuedAt().sign(key)`."""
    for node, _ in _nodes_of(module, call):
        inner: Node | None = node
        for _ in range(MAX_NODES):
            callee = inner.child_by_field_name("function") if inner is not None else None
            inner = _plain(owner) if callee is not None and (owner := callee.child_by_field_name("object")) else None
            if inner is not None and inner.type == "identifier":
                inner = _plain(module._constants.get(module._text(inner), inner))
            if inner is None or inner.type == "new_expression":
                break
        made = inner.child_by_field_name("constructor") if inner is not None else None
        if made is not None:
            return module._dotted(made)
    return None


def _is_callback(module: "JsModule", function: "Node") -> bool:
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    name = callee.child_by_field_name("property") if callee is not None else None
    return name is not None and module._text(name) in ("forEach", "map", "filter", "every", "some")


def _missing(module: "JsModule", condition: "Node") -> Iterator["Node"]:
    """The expressions that a condition tests for being missing: a and b in `!a || b === undefined`."""
    queue, count = [condition], 0
    for node in queue:
        count += 1
        if count > MAX_NODES:
            return
        if node.type == "parenthesized_expression":
            queue += node.named_children[:1]
        elif node.type == "unary_expression":
            operator, inner = node.child_by_field_name("operator"), node.child_by_field_name("argument")
            if operator is not None and inner is not None and module._text(operator) == "!":
                yield _plain(inner)
        elif node.type == "binary_expression":
            left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if left is None or right is None or operator is None:
                continue
            sign = module._text(operator)
            if sign == "||":
                queue += [left, right]
            elif sign in ("==", "===") and module._text(right) in ("undefined", "null", '""', "''"):
                yield _plain(left)
            elif sign in (">", "!==", "!=", ">=") and module._text(left).endswith(".length"):
                # The names that a filter found to be missing.
                yield from _filtered(module, left)
        elif node.type == "member_expression" and module._text(node).endswith(".length"):
            yield from _filtered(module, node)


def _plain(node: "Node") -> "Node":
    while node.type in ("parenthesized_expression", "non_null_expression", "as_expression") and node.named_children:
        node = node.named_children[0]
    return node


def _filtered(module: "JsModule", length: "Node") -> Iterator["Node"]:
    """What `missing.length` counts: the reads in `const missing = names.filter((name) => !process.env[name])`."""
    owner = length.child_by_field_name("object")
    call = module._constants.get(module._text(owner)) if owner is not None and owner.type == "identifier" else None
    callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    arguments = call.child_by_field_name("arguments") if call is not None and callee is not None else None
    if callee is None or arguments is None or not module._dotted(callee).endswith("filter"):
        return
    for function in arguments.named_children[:1]:
        body = function.child_by_field_name("body")
        if body is not None:
            yield from _missing(module, body)


def _names(module: "JsModule", node: "Node") -> Iterator[str]:
    """The variables that an expression reads: one, or each name in the list that its key iterates over."""
    value = looked_up(module, node) or module._value(node)
    if isinstance(value, EnvDefault) and value.default is None:
        yield value.name
    elif node.type == "subscript_expression":
        owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        if owner is not None and index is not None and module._text(owner) in ("process.env", "Bun.env"):
            yield from (name for name in _gone_through(module, index) if isinstance(name, str))


def _gone_through(module: "JsModule", key: "Node") -> list[object]:
    """The list that a loop variable iterates over: `for (const key of names)`, `names.forEach((key) => …)`."""
    name, above = module._text(key), key.parent
    while above is not None:
        if above.type == "for_in_statement":
            left, right = above.child_by_field_name("left"), above.child_by_field_name("right")
            if left is not None and right is not None and module._text(left) == name:
                return _list(module._value(right))
        elif above.type in _FUNCTIONS and _is_callback(module, above):
            parameters = above.child_by_field_name("parameter") or above.child_by_field_name("parameters")
            call = above.parent.parent if above.parent is not None else None
            callee = call.child_by_field_name("function") if call is not None else None
            owner = callee.child_by_field_name("object") if callee is not None else None
            if parameters is not None and owner is not None and name in re.findall(r"\w+", module._text(parameters)):
                return _list(module._value(_plain(owner)))
        above = above.parent
    return []


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _asserted(module: "JsModule", start: ModuleStart) -> Iterator[tuple[str, int]]:
    """`assert(process.env.X)` at startup, and `config.getOrThrow("X")` at any time."""
    for node in module._all("call_expression"):
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        first = arguments.named_children[:1] if arguments is not None else []
        if callee is None or not first:
            continue
        dotted = module._dotted(callee)
        if dotted in _ASSERTIONS and start.throws(node):
            yield from ((name, node.start_point[0] + 1) for name in _names(module, _plain(first[0])))
        elif dotted.endswith(".getOrThrow") and first[0].type == "string":
            yield module._string(first[0]), node.start_point[0] + 1


def checked_names(module: "JsModule") -> Iterator[tuple[str, int]]:
    """The required keys of a schema that validates the environment."""
    called = any(call.callee.rpartition(".")[2] in CHECKED for call in module.calls)
    joi = any(item.module in ("joi", "@hapi/joi") for item in module.imports)
    if not (called or joi or module.parses_environment):
        return
    for key, call, chain in module.called_pairs:
        lax = any(isinstance(value, dict) and not _LAX.isdisjoint(value) for value in call.arguments)
        wanted = "required" in chain if joi and not called else _LAX.isdisjoint(chain) and not lax
        if wanted:
            yield key, call.line
