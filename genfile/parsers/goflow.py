"""What the declarations in a Go file use, and what keeps a program running."""

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from genfile.parsers.godispatch import Branch, Dispatch
from genfile.parsers.gosyntax import CHAIN
from genfile.parsers.grammar import in_order

if TYPE_CHECKING:
    from tree_sitter import Node

    from genfile.parsers.go import GoFile

# `unsure`: waits for something that another part of the program, or another module, may send.
Kind = Literal["waits", "loop", "may end", "unsure", "asks"]

_KINDS = ("for_statement", "select_statement", "go_statement", "unary_expression", "break_statement",
          "return_statement", "func_literal")  # fmt: skip
# The same, plus strings, characters and comments, which are skipped because they may contain look-alikes.
_WORDS = re.compile(
    r'"(?:[^"\\\n]|\\.)*+"|`[^`]*+`|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/'
    + r"|'(?:[^'\\\n]|\\.)++'"
    + rf"|({CHAIN.pattern})"
)
_DECLARED = frozenset({"function_declaration", "method_declaration", "type_declaration", "var_declaration",
                       "const_declaration"})  # fmt: skip
# Standard library iterators that end.
_ITERATORS = ("maps.", "slices.", "strings.", "bytes.", "iter.")
# Prompts for someone at the terminal; passing the stream on, or asking what it is, does not count. The look-behinds
# come last: a pattern that starts with a letter is found much faster.
_ASKS = re.compile(
    r"fmt(?<!\wfmt)\.(?:Scan|Scanln|Scanf)\(|term(?<!\wterm)\.ReadPassword\("
    r"|os\.Stdin\b(?<!Stdin = os\.Stdin)(?<!Stdin: os\.Stdin)(?<!\wos\.Stdin)(?!\.(?:Stat|Fd|Close)\b)"
)
_NAME = re.compile(r"[^\W\d]\w*+")
# Names with a selector.
_PARTED = re.compile(r"(?<![\w.])([^\W\d]\w*+)\.[A-Za-z]")
_CHANNEL = re.compile(r"\bvar \w++ chan\b")
_SENT = re.compile(r"(?<![\w.])(\w++)\s*+<-(?!\s*chan\b)")
_CLOSED = re.compile(r"\bclose\(\s*+(\w++)")
_NOTIFIED = re.compile(r"\bsignal\.Notify\(\s*+(\w++)")
# The origin of a variable or parameter: `name, err := package.`, `name *package.Type`.
_ORIGIN = re.compile(r"(?<![\w.])([^\W\d]\w*+)(?:, ?\w++)*+ ?(?::?=|) ?[&*]?([^\W\d]\w*+)\.(?=[A-Z])")
# A call through a package or a value: `client.Updates(`.
_OUTSIDE = re.compile(r"\s*+(?=[\w.]*\.)[\w.]++\(")
_ENDS = re.compile(r"[;{}\n]")
# How much of a statement is searched.
MAX_HEAD = 300
# Comparisons with a number, nil or a text, and checks that something succeeded.
_COUNTED = re.compile(r"[<>]=?\s*[\w.(]|==\s*(?:0|\"|nil\b)|\b\w*err\s*==\s*nil\b")
_FAILED = re.compile(r"(?i)err\w*\s*!=|errors\.|\.Err\(|\b!?ok\b|clos|stop|quit|done|shutdown|retr|attempt|fail")
# Longer loops are not searched.
MAX_LOOP = 20_000
MAX_NODES = 4_000


class Hold(Struct, frozen=True):
    """What keeps a program running, or prompts someone: the line and the code. ``aside``: in a goroutine; ``part``: the
    index of the declaration's conditional part that contains it."""

    kind: Kind
    line: int
    says: str
    aside: bool = False
    part: int | None = None


class Part(Struct, frozen=True):
    """The part of a declaration that only runs for a command or flag: the branch, and the names that it uses."""

    branch: Branch
    lines: tuple[int, int]
    words: frozenset[str]
    aside: frozenset[str]


class Declaration(Struct, frozen=True):
    """A function, method (``owner`` is its receiver's type), type, variable or constant of a package.

    ``words``: dotted names that it uses (`http.Serve`); ``aside``: those used in goroutines that it starts and does not
    wait for; ``receives``: it waits for a channel; ``goes``: the lines of those goroutines. The names in ``parts`` are
    in neither.
    """

    name: str
    owner: str | None
    lines: tuple[int, int]
    words: frozenset[str]
    aside: frozenset[str]
    holds: tuple[Hold, ...]
    parts: tuple[Part, ...] = ()
    start: int = 0
    end: int = 0
    receives: bool = False
    goes: tuple[tuple[int, int], ...] = ()


class GoFlow:
    """A parsed file's declarations; only computed for programs that are followed beyond their packages."""

    def __init__(self, file: "GoFile") -> None:
        self._file, self._source, self._root = file, file.source, file.root

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(self._file)

    @cached_property
    def _nodes(self) -> list["Node"]:
        return in_order(self._file.nodes(*_KINDS))[:MAX_NODES]

    @cached_property
    def _starts(self) -> list[int]:
        return [node.start_byte for node in self._nodes]

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        found: list[Declaration] = []
        for node in self._root.named_children:
            if node.type in _DECLARED:
                found += self._declared(node)
        return tuple(found)

    def _declared(self, node: "Node") -> list[Declaration]:
        if node.type in ("function_declaration", "method_declaration"):
            name, receiver = node.child_by_field_name("name"), node.child_by_field_name("receiver")
            owner = self._owner(receiver) if receiver is not None else None
            return [self._made(self._text(name), owner, node)] if name is not None else []
        specs = [child for item in node.named_children for child in (item, *item.named_children)]
        found = []
        for spec in specs:
            if spec.type in ("type_spec", "type_alias", "var_spec", "const_spec"):
                names = (child for child in spec.children_by_field_name("name") if child.is_named)
                found += [self._made(self._text(name), None, spec) for name in names]
        return found

    def _owner(self, receiver: "Node") -> str:
        """`Agent` for `(a *Agent[T])`."""
        words = CHAIN.findall(self._text(receiver).split("[")[0])
        return words[-1] if words else ""

    def _made(self, name: str, owner: str | None, node: "Node") -> Declaration:
        inside = self._within(node)
        started = [item for item in inside if item.type == "go_statement"]
        branches = self._branches(node)
        goes = _outermost([(item.start_byte, item.end_byte) for item in started])
        # A method's own name is not a use of a type with the same name.
        header = [(item.start_byte, item.end_byte) for item in node.children_by_field_name("name") if owner is not None]
        cut = _outermost([*((item.start, item.end) for item in branches), *goes, *header])
        words = self._words(_between(node.start_byte, node.end_byte, cut))
        told = [span for span in goes if not any(item.start <= span[0] < item.end for item in branches)]
        aside = self._words(told)
        parts = tuple(self._part(item, goes) for item in branches)
        lines = (node.start_point[0] + 1, node.end_point[0] + 1)
        holds = tuple(self._holds(node, inside, goes, branches))
        rows = tuple((self._line(first), self._line(last)) for first, last in goes)
        receives = any(self._receives(item) and not _is_in(cut, item.start_byte) for item in inside)
        return Declaration(name, owner, lines, words, aside, holds, parts, *node.byte_range, receives, rows)

    def _receives(self, node: "Node") -> bool:
        """Whether a node waits for a channel: `<-quit`, or a select that receives."""
        return node.type == "select_statement" or (node.type == "unary_expression" and self._text(node)[:2] == "<-")

    def _branches(self, node: "Node") -> list[Branch]:
        """The parts of a node that only run for a command or flag, without nested ones."""
        found: list[Branch] = []
        for item in self.dispatch.branches:
            if node.start_byte <= item.start < node.end_byte and (not found or item.start >= found[-1].end):
                found.append(item)
        return found

    def _part(self, branch: Branch, goes: list[tuple[int, int]]) -> Part:
        inside = [span for span in goes if branch.start <= span[0] < branch.end]
        lines = (self._line(branch.start), self._line(branch.end)) if branch.end > branch.start else (1, 0)
        words = self._words(_between(branch.start, branch.end, inside))
        return Part(branch, lines, words, self._words(inside))

    def _words(self, spans: list[tuple[int, int]]) -> frozenset[str]:
        return frozenset(filter(None, _WORDS.findall(" ".join(self._slice(*span) for span in spans))))

    def _line(self, place: int) -> int:
        return self._source.count(b"\n", 0, place) + 1

    def _holds(
        self, node: "Node", inside: list["Node"], goes: list[tuple[int, int]], branches: list[Branch]
    ) -> "list[Hold]":
        found: list[Hold] = []
        text = self._text(node)
        asks = _ASKS.search(text)
        if asks is not None:
            line = node.start_point[0] + 1 + text.count("\n", 0, asks.start())
            found.append(Hold("asks", line, asks[0].rstrip("(")))
        for item in inside:
            held = self._hold(item)
            if held is not None:
                place = item.start_byte
                part = next((at for at, branch in enumerate(branches) if branch.start <= place < branch.end), None)
                found.append(Hold(held[0], item.start_point[0] + 1, held[1], _is_in(goes, place), part))
        if "runtime.Goexit()" in text:
            found.append(Hold("waits", node.start_point[0] + 1, "runtime.Goexit()"))
        return found

    def _hold(self, node: "Node") -> tuple[Kind, str] | None:
        if node.type == "select_statement":
            return ("waits", "select {}") if not node.named_children else None
        if node.type == "for_statement":
            return self._loop(node)
        return self._receive(node) if node.type == "unary_expression" else None

    def _loop(self, node: "Node") -> tuple[Kind, str] | None:
        """A loop without a condition, or over a channel."""
        heads = [child for child in node.named_children if child.type not in ("block", "comment")]
        if heads and heads[0].type == "range_clause":
            return self._range(node, heads[0])
        endless = not heads or self._text(heads[0]) in ("true", ";;")
        if not endless:
            return None
        inside = self._within(node)[1:]
        events = any(item.type == "select_statement" and item.named_children for item in inside)
        exits = self._exits(node, inside)
        if events or not exits:
            return "loop", "an endless loop"
        # A loop that reads a file to its end, or runs until it has a result, ends.
        text = self._text(node) if node.end_byte - node.start_byte < MAX_LOOP else ""
        ends = "io.EOF" in text or any(self._by_what_it_found(item, node) for item in exits)
        return None if ends else ("may end", "a loop without a condition")

    def _exits(self, loop: "Node", inside: list["Node"]) -> list["Node"]:
        """The statements that leave a loop from inside: a return, or its own break."""
        nested = _outermost([(item.start_byte, item.end_byte) for item in inside if item.type == "func_literal"])
        return [
            item
            for item in inside
            if not _is_in(nested, item.start_byte)
            and (
                item.type == "return_statement"
                or (item.type == "break_statement" and (bool(item.named_children) or _breaks(item) == loop))
            )
        ]

    def _by_what_it_found(self, leaves: "Node", loop: "Node") -> bool:
        """Whether a loop ends because of a count, a reply or a match: `if page > last { break }`, `if err == nil`; not
        because of a failure or a stop."""
        child = leaves
        above = leaves.parent
        while above is not None and above.type != "if_statement" and above != loop:
            child = above
            above = above.parent
        condition = (
            above.child_by_field_name("condition") if above is not None and above.type == "if_statement" else None
        )
        if above is None or condition is None or condition.end_byte - condition.start_byte > MAX_HEAD:
            return False
        if child == above.child_by_field_name("alternative"):
            return False
        text = self._text(condition)
        return _COUNTED.search(text) is not None and _FAILED.search(text) is None

    def _range(self, node: "Node", clause: "Node") -> tuple[Kind, str] | None:
        """`for update := range updates`: the body uses fields of the one variable, so it is not a counter."""
        left, right = clause.child_by_field_name("left"), clause.child_by_field_name("right")
        text = self._text(right) if right is not None else ""
        if not text or text.startswith(_ITERATORS) or len(text) > 200:
            return None
        ticks = text.endswith(".C") or text.startswith(("time.Tick(", "time.NewTicker("))
        names = left.named_children if left is not None else []
        body = self._text(node) if node.end_byte - node.start_byte < MAX_LOOP else ""
        messages = len(names) == 1 and self._text(names[0]) in _PARTED.findall(body)
        if messages and not ticks and "(" not in text and text not in self._channels | self._given:
            return "unsure", f"for … range {text}"
        if not ticks and (not messages or self._ends(text)):
            return None
        return "loop", f"for … range {text}"

    def _receive(self, node: "Node") -> tuple[Kind, str] | None:
        """`<-forever`, where nothing is ever sent; `<-signals`; `<-ctx.Done()`."""
        text = self._text(node)
        if not text.startswith("<-") or len(text) > 100 or _in_select(node):
            return None
        name = text[2:].strip()
        if name.endswith(".Done()"):
            timed = "context.WithTimeout(" in self._whole and "signal.Notify" not in self._whole
            return None if timed else ("waits", text)
        if name.startswith("make(chan"):
            return "waits", text
        if not name.isidentifier():
            return None if name.startswith("time.") else ("unsure", text)
        if name not in self._channels and name not in self._given and name not in self._notified:
            return "unsure", text
        return ("waits", text) if name in self._notified or not self._ends(name) else None

    def _ends(self, channel: str) -> bool:
        """Whether a wait for a channel may end: the file makes it and sends or closes, or does not show its origin."""
        if "(" in channel:
            return False
        return channel in self._sent if channel in self._channels else channel not in self._given

    @cached_property
    def _channels(self) -> frozenset[str]:
        """The names in statements that create or declare a channel."""
        made = [item for item in self._statements if "make(chan" in item or _CHANNEL.search(item)]
        return frozenset(name for item in made for name in _NAME.findall(item[:MAX_HEAD].split("make(")[0]))

    @cached_property
    def _sent(self) -> frozenset[str]:
        """The channels that are sent to or closed."""
        return frozenset(_SENT.findall(self._whole)) | frozenset(_CLOSED.findall(self._whole))

    @cached_property
    def _notified(self) -> frozenset[str]:
        return frozenset(_NOTIFIED.findall(self._whole))

    @cached_property
    def _given(self) -> frozenset[str]:
        """Names that hold the result of a call to another package: `messages, err := channel.Consume(…)`."""
        found: set[str] = set()
        for item in self._statements:
            names, sign, value = item.partition("=")
            if sign and _OUTSIDE.match(value[:MAX_HEAD]):
                found.update(_NAME.findall(names[:MAX_HEAD]))
        return frozenset(found)

    @cached_property
    def origins(self) -> dict[str, set[str]]:
        """The packages that variables and parameters come from: `cmd := exec.Command(…)`, `wg *sync.WaitGroup`."""
        found: dict[str, set[str]] = {}
        for match in _ORIGIN.finditer(self._whole):
            found.setdefault(match[1], set()).add(match[2])
        return found

    @cached_property
    def _statements(self) -> list[str]:
        return _ENDS.split(self._whole)

    @cached_property
    def _whole(self) -> str:
        return self._source.decode("utf-8", "replace")

    def _within(self, node: "Node") -> list["Node"]:
        return self._nodes[bisect_left(self._starts, node.start_byte) : bisect_left(self._starts, node.end_byte)]

    def _text(self, node: "Node") -> str:
        return self._slice(node.start_byte, node.end_byte)

    def _slice(self, start: int, end: int) -> str:
        return self._source[start:end].decode("utf-8", "replace")


def _outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that are not inside another one, in order."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda item: (item[0], -item[1])):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found


def _between(start: int, end: int, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What remains of a span without others, which are ordered and disjoint."""
    found: list[tuple[int, int]] = []
    for first, last in spans:
        found.append((start, first))
        start = max(start, last)
    return [*found, (start, end)]


def _is_in(spans: list[tuple[int, int]], place: int) -> bool:
    at = bisect_left(spans, (place + 1, 0)) - 1
    return at >= 0 and spans[at][0] <= place < spans[at][1]


def _breaks(node: "Node") -> "Node | None":
    """The statement that an unlabelled break leaves."""
    above = node.parent
    while above is not None and above.type not in (
        "for_statement", "select_statement", "expression_switch_statement", "type_switch_statement",
    ):  # fmt: skip
        above = above.parent
    return above


def _in_select(node: "Node") -> bool:
    above = node.parent
    return above is not None and above.type == "receive_statement"
