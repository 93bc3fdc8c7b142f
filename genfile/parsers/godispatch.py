"""Parts of a Go file that only run for a first argument, a flag, or a command of a CLI library."""

import itertools
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.parsers.gosyntax import FIRST_ARGUMENT

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.go import GoFile

# How CLI libraries declare a command: the type, the field with its name, the fields with its functions.
COMMANDS = {
    "cobra.Command": ("Use", ("Run", "RunE")),
    "cli.Command": ("Name", ("Action", "Before")),
    "ffcli.Command": ("Name", ("Exec",)),
    "Command": ("Name", ("Func", "Run", "Exec", "Action", "Handler")),
    "cli.App": ("Name", ("Action",)),
}
# The program itself, whatever its name.
_PROGRAMS = ("cli.App",)
# Fields that hold sub-commands.
_OTHERS = frozenset({"Commands", "Subcommands"})
_MAP = re.compile(r"map\[string\]\s*func\s*\(")
_FIRST = re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, FIRST_ARGUMENT)) + ")")
_FLAG = re.compile(r"p?flag\.(?:CommandLine\.)?(?:Bool|String)(?P<var>Var)?(?P<short>P)?")
# A struct field that is a command: kong's `cmd:""`, named after the field without `name`; go-flags' `command`.
_COMMAND_TAG = re.compile(r'(?:^|\s)(?:cmd:"|command:"(?P<name>[^"\s]+))')
_NAME_TAG = re.compile(r'(?:^|\s)name:"([^"\s]+)"')
_DEFAULT_TAG = re.compile(r'(?:^|\s)default:"')
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ASKS_FIRST = re.compile(r"\b(?:os\.Args|flag\.Args?\()")
MAX_BRANCHES = 400
MAX_TEXT = 400


class Branch(Struct, frozen=True):
    """A span of a file that only runs if one of ``words`` is given (`serve`, `--serve`).

    ``literal``: position of the command's literal, if a library dispatches; ``names``: the variables that hold it;
    ``listed``: it is an item of a list; ``program``: it is the root command. ``kind``: the command's type if it is a
    struct field; then ``words`` are all needed, in this order.
    """

    start: int
    end: int
    words: tuple[str, ...]
    line: int
    literal: int | None = None
    names: tuple[str, ...] = ()
    listed: bool = False
    program: bool = False
    kind: str | None = None


class Added(Struct, frozen=True):
    """`parent.AddCommand(child, NewChild())`: its position, and the dotted names of both."""

    start: int
    parent: str
    children: tuple[str, ...]


class Dispatch:
    """A file's branches, and which commands are added to which."""

    def __init__(self, file: "GoFile") -> None:
        self._file = file
        self._nodes = file.nodes
        self.branches = tuple(sorted(self._found(), key=lambda item: (item.start, -item.end))[:MAX_BRANCHES])
        self.added = tuple(itertools.islice(self._added(), MAX_BRANCHES))

    def _found(self) -> Iterator[Branch]:
        asks = _ASKS_FIRST.search(self._whole) is not None or "args[0]" in self._whole
        if asks or self._flags:
            for node in self._nodes("expression_switch_statement"):
                yield from self._switch(node)
            for node in self._nodes("if_statement"):
                yield from self._condition(node)
        if asks or any(name in self._whole for name in COMMANDS):
            for node in self._nodes("composite_literal"):
                yield from self._literal(node)
        if 'cmd:"' in self._whole or 'command:"' in self._whole:
            for node in self._nodes("field_declaration"):
                yield from self._field(node)

    def _switch(self, node: "Node") -> Iterator[Branch]:
        """`switch os.Args[1] { case "serve": …`, `switch *mode { case "server": …`."""
        value = node.child_by_field_name("value")
        chosen = self._chosen(value) if value is not None else None
        if chosen is None:
            return
        prefix, usual = chosen
        for case in node.named_children:
            listed = case.child_by_field_name("value") if case.type == "expression_case" else None
            words = _strings(self._file, listed) if listed is not None else ()
            if words and not usual & set(words):
                yield Branch(case.start_byte, case.end_byte, tuple(prefix + word for word in words), _line(case))

    def _chosen(self, value: "Node") -> tuple[str, frozenset[str]] | None:
        """What precedes each word on the command line, and the default words; None if a switch tests something else."""
        text = self._text(value)
        if _FIRST.search(text):
            return "", frozenset({""})
        if value.type == "unary_expression" and text.startswith("*"):
            flag = self._flags.get(text[1:])
            return (f"--{flag[0]}=", frozenset({flag[1]})) if flag is not None else None
        name = text if value.type == "identifier" else ""
        given = self._assigned.get(name, ())
        if not any(map(_FIRST.search, given)):
            return None
        return "", frozenset({"", *(right[1:-1] for right in given if right[:1] == '"')})

    @cached_property
    def _assigned(self) -> dict[str, list[str]]:
        """What each variable is assigned anywhere in the file, as text."""
        found: dict[str, list[str]] = {}
        for kind in ("short_var_declaration", "assignment_statement"):
            for node in self._nodes(kind):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None and right is not None and right.end_byte - left.start_byte < MAX_TEXT:
                    found.setdefault(self._text(left), []).append(self._text(right))
        return found

    def _condition(self, node: "Node") -> Iterator[Branch]:
        """`if os.Args[1] == "serve" {`, `if *serve {`."""
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or body is None or condition.end_byte - condition.start_byte > MAX_TEXT:
            return
        words = tuple(self._compared(condition))
        text = self._text(condition)
        if not words and condition.type in ("unary_expression", "identifier", "selector_expression"):
            flag = self._flags.get(text.removeprefix("*"))
            words = (f"--{flag[0]}",) if flag is not None and flag[1] == "false" else ()
        if words:
            yield Branch(body.start_byte, body.end_byte, words, _line(node))

    def _compared(self, node: "Node", depth: int = 0) -> Iterator[str]:
        """The words that a condition compares the first argument with."""
        if node.type == "parenthesized_expression" and node.named_children and depth < 10:
            yield from self._compared(node.named_children[0], depth + 1)
        if node.type != "binary_expression" or depth > 10:
            return
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        sign = next((child.type for child in node.children if not child.is_named), "")
        if sign in ("&&", "||"):
            yield from self._compared(left, depth + 1)
            yield from self._compared(right, depth + 1)
        elif sign == "==" and right.type == "interpreted_string_literal":
            chosen = self._chosen(left)
            if chosen is not None and self._text(right)[1:-1] not in chosen[1]:
                yield chosen[0] + self._text(right)[1:-1]

    @cached_property
    def _flags(self) -> dict[str, tuple[str, str]]:
        """The flags in variables: each one's name, and its default, as text."""
        found: dict[str, tuple[str, str]] = {}
        for node in self._nodes("call_expression") if "flag." in self._whole else ():
            callee, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            called = self._text(callee) if callee is not None and callee.end_byte - callee.start_byte < MAX_TEXT else ""
            match = _FLAG.fullmatch(called)
            if given is None or match is None or given.end_byte - given.start_byte > MAX_TEXT:
                continue
            values = [self._text(item) for item in given.named_children]
            target = values.pop(0).lstrip("&") if match["var"] and values else self._target(node)
            # pflag's shorthand is between the name and the default.
            default = values[2 if match["short"] else 1 :][:1]
            if target and default and values[0][:1] == '"':
                found.setdefault(target, (values[0][1:-1], default[0].strip('"')))
        return found

    def _literal(self, node: "Node") -> Iterator[Branch]:
        kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        text = self._text(kind) if kind is not None and kind.end_byte - kind.start_byte < MAX_TEXT else ""
        if body is None or kind is None:
            return
        if text in COMMANDS:
            yield from self._command(text, body, node, listed=_is_listed(node))
        elif text.removeprefix("[]").removeprefix("*") in COMMANDS:
            name = text.removeprefix("[]").removeprefix("*")
            for item in body.named_children:
                inner = item.named_children[0] if item.named_children else item
                if inner.type == "literal_value":
                    yield from self._command(name, inner, inner, listed=True)
        elif _MAP.match(text) and _ASKS_FIRST.search(self._whole):
            for key, value in _pairs(body):
                words = _strings(self._file, key)
                if words and words != ("",):
                    yield Branch(value.start_byte, value.end_byte, words, _line(value))

    def _command(self, kind: str, body: "Node", literal: "Node", *, listed: bool) -> Iterator[Branch]:
        """The functions of a library's command, under the command's name."""
        name_field, actions = COMMANDS[kind]
        fields = {self._text(key): value for key, value in _pairs(body)}
        named = _strings(self._file, fields[name_field]) if name_field in fields else ()
        words = tuple(named[0].split()[:1]) if named else ()
        names = (self._target(literal),) if not listed else ()
        program = kind in _PROGRAMS or (not listed and bool(fields.keys() & _OTHERS))
        spans = [(fields[key].start_byte, fields[key].end_byte) for key in actions if key in fields]
        # A command without functions of its own still precedes its sub-commands.
        for start, end in spans or [(literal.start_byte, literal.start_byte)]:
            yield Branch(
                start, end, words, _line(literal), literal.start_byte,
                tuple(filter(None, names)), listed, program,
            )  # fmt: skip

    def _field(self, node: "Node") -> Iterator[Branch]:
        """A command in a struct field: "Serve serveCommand `cmd:""`"; not the default one."""
        kind = node.child_by_field_name("type")
        words = self._tagged(node)
        if kind is None or not words or kind.type == "struct_type":
            return
        above = node.parent
        while above is not None and above.type in ("field_declaration_list", "struct_type", "field_declaration"):
            words = (*(self._tagged(above) if above.type == "field_declaration" else ()), *words)
            above = above.parent
        yield Branch(kind.start_byte, kind.end_byte, words, _line(node), kind=self._text(kind).lstrip("*"))

    def _tagged(self, node: "Node") -> tuple[str, ...]:
        name, tag = node.child_by_field_name("name"), node.child_by_field_name("tag")
        text = self._text(tag)[1:-1] if tag is not None and tag.end_byte - tag.start_byte < MAX_TEXT else ""
        match = _COMMAND_TAG.search(text)
        if match is None or _DEFAULT_TAG.search(text):
            return ()
        named = match["name"] or (found[1] if (found := _NAME_TAG.search(text)) else None)
        return (named or dashed(self._text(name)),) if name is not None else ()

    def _added(self) -> Iterator[Added]:
        for node in self._nodes("call_expression") if "AddCommand" in self._whole else ():
            callee, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            called = self._text(callee) if callee is not None and callee.end_byte - callee.start_byte < MAX_TEXT else ""
            parent, _, last = called.rpartition(".")
            if given is not None and last in ("AddCommand", "AddCommands"):
                children = tuple(self._text(item).split("(")[0].lstrip("&*") for item in given.named_children)
                yield Added(node.start_byte, parent, children)

    def _target(self, node: "Node") -> str:
        """The name that a value is assigned to; empty if there is none."""
        above = node.parent
        while above is not None and above.type in ("unary_expression", "expression_list"):
            above = above.parent
        field = "name" if above is not None and above.type == "var_spec" else "left"
        into = above.child_by_field_name(field) if above is not None else None
        return self._text(into) if into is not None and into.end_byte - into.start_byte < MAX_TEXT else ""

    @cached_property
    def _whole(self) -> str:
        return self._file.source.decode("utf-8", "replace")

    def _text(self, node: "Node") -> str:
        return self._file.source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def dashed(name: str) -> str:
    """kong's name for a command or flag, from its field's name: `server-http-port` for `ServerHTTPPort`."""
    return _HUMPS.sub("-", name).lower()


def _pairs(body: "Node") -> Iterator[tuple["Node", "Node"]]:
    for item in body.named_children:
        if item.type == "keyed_element" and len(item.named_children) == 2:
            yield item.named_children[0], item.named_children[1]


def _strings(file: "GoFile", node: "Node") -> tuple[str, ...]:
    """The texts in an expression, one or a list of them."""
    queue, found = [node], []
    while queue:
        item = queue.pop(0)
        if item.type in ("interpreted_string_literal", "raw_string_literal"):
            found.append(file.source[item.start_byte + 1 : item.end_byte - 1].decode("utf-8", "replace"))
        elif item.type in ("expression_list", "literal_element", "parenthesized_expression"):
            queue += item.named_children
    return tuple(found)


def _is_listed(node: "Node") -> bool:
    """Whether a literal is an item of a list, or an argument that is added to another command."""
    above = node.parent
    while above is not None and above.type in ("unary_expression", "literal_element"):
        above = above.parent
    return above is not None and above.type in ("literal_value", "argument_list")


def _line(node: "Node") -> int:
    return int(node.start_point[0]) + 1
