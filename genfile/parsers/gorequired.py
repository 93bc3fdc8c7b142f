"""The variables without which a Go program exits: fatal guards, and struct tags with `required`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.parsers.values import EnvDefault, EnvName

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.go import GoFile

_FATAL = re.compile(r"panic|os\.Exit|(?:.*\.)?(?:Fatal|Panic)(?:f|ln|w)?")
_EMPTY = re.compile(r'([A-Za-z_][\w.]*)\s*==\s*""|len\(([A-Za-z_]\w*)\)\s*==\s*0|!\s*([A-Za-z_]\w*)')
_READ = re.compile(r'os\.Getenv\("(\w+)"\)\s*==\s*""')
_UNLIKE = re.compile(r'[A-Za-z_][\w.]*\s*!=\s*"[^"]*"')
_ERROR = re.compile(r"([A-Za-z_]\w*)\s*!=\s*nil|nil\s*!=\s*([A-Za-z_]\w*)")
_NEW_ERROR = re.compile(r"^\{\s*return\b[^\n]*\b(?:errors\.New|fmt\.Errorf)\(", re.MULTILINE)
# Functions that return an error for empty text.
_PARSERS = frozenset(
    """
    strconv.Atoi strconv.ParseInt strconv.ParseUint strconv.ParseFloat strconv.ParseBool time.ParseDuration
    url.ParseRequestURI redis.ParseURL uuid.Parse netip.ParseAddr mail.ParseAddress
    """.split()
)
# A longer condition checks more than whether a variable is set.
_MAX_CONDITION = 400


def required_names(file: "GoFile") -> tuple[EnvName, ...]:
    """Each once, in order of line."""
    found: dict[str, EnvName] = {}
    for name, line in (*_guarded(file), *_tagged(file)):
        if name.isidentifier():
            found.setdefault(name, EnvName(name, line, has_default=False))
    return tuple(sorted(found.values(), key=lambda item: item.line))


def _guarded(file: "GoFile") -> Iterator[tuple[str, int]]:
    """`if dsn == "" { log.Fatal(…) }`, `if !ok { panic(…) }` after `dsn, ok := os.LookupEnv("DSN")`."""
    for node in file.nodes("if_statement"):
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or body is None or condition.end_byte - condition.start_byte > _MAX_CONDITION:
            continue
        text = file._text(condition)
        if "&&" not in text and _is_fatal(file, body):
            line = node.start_point[0] + 1
            yield from ((name, line) for name in _unset(file, node, text))
            refused = (_refused(file, node, match[1] or match[2]) for match in _ERROR.finditer(text))
            yield from ((name, line) for name in refused if name is not None)


def _unset(file: "GoFile", node: "Node", text: str) -> Iterator[str]:
    """The variables that a condition tests for being empty or missing."""
    yield from _READ.findall(text)
    for match in _EMPTY.finditer(text):
        name = match[1] or match[2] or match[3]
        declared = _declaration(file, node, name) if "." not in name else None
        value = file._value(declared) if declared is not None else _field(file, name)
        if isinstance(value, EnvDefault) and value.default is None:
            yield value.name


def _field(file: "GoFile", name: str) -> object:
    """What the file's only literal of a struct gives to a field: `Config{Key: os.Getenv("KEY")}`."""
    values = [value for _, key, value, _ in file.fields if "." in name and key == name.rpartition(".")[2]]
    return values[0] if len(values) == 1 else None


def returned_names(file: "GoFile") -> Iterator[tuple[str, EnvName]]:
    """The variables whose absence a function reports as an error, each with the function's name."""
    for node in file.nodes("if_statement"):
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or body is None or condition.end_byte - condition.start_byte > _MAX_CONDITION:
            continue
        text, function = file._text(condition), _function(node)
        name = function.child_by_field_name("name") if function is not None else None
        if name is None or "&&" in text:
            continue
        found = list(_unset(file, node, text)) if _NEW_ERROR.search(file._text(body)) is not None else []
        for error in (match[1] or match[2] for match in _ERROR.finditer(text)):
            refused = _refused(file, node, error) if _hands_on(file._text(body), error) else None
            found += [refused] if refused is not None else []
        for variable in found:
            yield file._text(name), EnvName(variable, node.start_point[0] + 1, has_default=False)


def _hands_on(body: str, error: str) -> bool:
    """Whether a block returns an error: `return nil, err`, `return fmt.Errorf("…: %w", err)`."""
    return re.search(rf"^\{{?\s*return\b[^\n]*\b{error}\b", body, re.MULTILINE) is not None


def fatal_calls(file: "GoFile") -> Iterator[str]:
    """The functions whose error ends the program: `c, err := config.Load(); if err != nil { log.Fatal(err) }`."""
    for node in file.nodes("if_statement"):
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        match = _ERROR.fullmatch(file._text(condition).strip()) if condition is not None else None
        if match is not None and body is not None and _is_fatal(file, body):
            call = _declaration(file, node, match[1] or match[2])
            callee = (
                call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
            )
            if callee is not None:
                yield file._dotted(callee).rpartition(".")[2]


def needing(file: "GoFile") -> Iterator[tuple[str, int]]:
    """The functions that exit if the variable whose name they get is missing, each with the index of that argument:
    `func must(key string) string { v := os.Getenv(key); if v == "" { panic(key) } … }`."""
    for node in file.nodes("if_statement"):
        condition, body, function = (
            node.child_by_field_name("condition"),
            node.child_by_field_name("consequence"),
            _function(node),
        )
        name = function.child_by_field_name("name") if function is not None else None
        if condition is None or body is None or function is None or name is None or not _is_fatal(file, body):
            continue
        # Any other condition must rule out an environment such as tests: `value == "" && env != "test"`.
        tested, *others = file._text(condition).split("&&")
        match = _EMPTY.search(tested)
        if match is None or not all(_UNLIKE.fullmatch(text.strip()) for text in others):
            continue
        key = _asked(file, _declaration(file, node, match[1] or match[2] or match[3]))
        parameters = _parameters(file, function)
        if key in parameters:
            yield file._text(name), parameters.index(key)


def asking(file: "GoFile") -> Iterator[tuple[str, int]]:
    """The functions that return the variable whose name they get, each with the index of that argument:
    `func get(key, fallback string) string { if v := os.Getenv(key); v != "" { return v }; return fallback }`."""
    for node in file.nodes("call_expression"):
        key = _asked(file, node)
        function = _function(node) if key is not None else None
        name = function.child_by_field_name("name") if function is not None else None
        if key is not None and function is not None and name is not None:
            parameters = _parameters(file, function)
            if key in parameters:
                yield file._text(name), parameters.index(key)


def _asked(file: "GoFile", call: "Node | None") -> str | None:
    """The name that holds the variable's name in `os.Getenv(key)`."""
    function = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    given = call.child_by_field_name("arguments") if call is not None and function is not None else None
    read = function is not None and file._dotted(function) in ("os.Getenv", "os.LookupEnv")
    first = given.named_children[:1] if given is not None and read else []
    return file._text(first[0]) if first and first[0].type == "identifier" else None


def _parameters(file: "GoFile", function: "Node") -> list[str]:
    listed = function.child_by_field_name("parameters")
    declared = listed.named_children if listed is not None else []
    return [file._text(name) for item in declared for name in item.children_by_field_name("name")]


def _refused(file: "GoFile", node: "Node", error: str) -> str | None:
    """The variable that causes an error if it is empty: `n, err := strconv.Atoi(os.Getenv("N"))`."""
    call = _declaration(file, node, error)
    function = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    given = call.child_by_field_name("arguments") if call is not None and function is not None else None
    if given is None or not given.named_children or function is None or file._dotted(function) not in _PARSERS:
        return None
    argument = given.named_children[0]
    if argument.type == "identifier":
        declared = _declaration(file, node, file._text(argument))
        if declared is None:
            return None
        argument = declared
    value = file._value(argument)
    return value.name if isinstance(value, EnvDefault) and value.default is None else None


def _is_fatal(file: "GoFile", body: "Node") -> bool:
    statements = [inner for child in body.named_children for inner in (child, *child.named_children)]
    calls = [item for statement in statements for item in (statement, *statement.named_children)]
    return any(
        item.type == "call_expression"
        and (callee := item.child_by_field_name("function")) is not None
        and _FATAL.fullmatch(file._dotted(callee)) is not None
        for item in calls
    )


def _function(node: "Node") -> "Node | None":
    function = node.parent
    while function is not None and function.type not in ("function_declaration", "method_declaration"):
        function = function.parent
    return function


def _declaration(file: "GoFile", node: "Node", name: str) -> "Node | None":
    """A name's last assignment before a statement, in the same function: `v := os.Getenv("X")`, `v, ok := …`."""
    function = _function(node)
    start = function.start_byte if function is not None else 0
    found: Node | None = None
    for item in file.nodes("short_var_declaration", "assignment_statement", "var_spec"):
        if not start <= item.start_byte < node.end_byte:
            continue
        left = item.child_by_field_name("left") or item.child_by_field_name("name")
        right = item.child_by_field_name("right") or item.child_by_field_name("value")
        if left is None or right is None:
            continue
        names = [file._text(part) for part in left.named_children or [left]]
        if name in names and item.start_byte < (node.child_by_field_name("consequence") or node).start_byte:
            values = right.named_children or [right]
            found = values[min(names.index(name), len(values) - 1)]
    return found


def _tagged(file: "GoFile") -> Iterator[tuple[str, int]]:
    """`env:"X,required"`, `env:"X" env-required:"true"`, `envconfig:"X" required:"true"`."""
    for _, tag, line in file.tags:
        name, *options = tag.get("env", tag.get("envconfig", "")).split(",")
        words = {option.strip() for option in options}
        sure = words & {"required", "notEmpty"} or "true" in (tag.get("env-required"), tag.get("required"))
        if name and sure and not {"envDefault", "env-default", "default"} & set(tag):
            yield name, line
