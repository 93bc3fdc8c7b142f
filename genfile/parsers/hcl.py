"""HCL as docker-bake.hcl uses it: blocks, attributes, and values that are known without running functions."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from genfile.parsers import ParseError

MAX_TEXT = 200_000
_MAX_DEPTH = 40
_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r"|(?P<newline>\n)"
    r"|(?P<heredoc><<-?(?P<mark>[A-Za-z_]\w*)\n(?P<body>.*?)\n[ \t]*(?P=mark)(?=\n|\Z))"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>[=!<>&|]=|&&|\|\||=>|.)",
    re.DOTALL,
)
_OPENERS = ('"', "/*", "<<")
_PART = re.compile(r"\$\$\{|\$\{([^{}]*)\}|%\{[^{}]*\}")


class UnknownValue:
    """A value that only evaluation would show."""


UNKNOWN = UnknownValue()


class Block(Struct, frozen=True):
    """A block: its kind, labels, attributes, and inner blocks."""

    kind: str
    labels: tuple[str, ...]
    values: dict[str, Any]
    blocks: "list[Block]" = field(default_factory=list)


class Reference(Struct, frozen=True):
    """The value of a variable."""

    name: str


class Template(Struct, frozen=True):
    """A text as written, with `${…}` in it."""

    text: str


def parse_hcl(text: str) -> Block:
    """A file as a block without a kind. Raises ParseError."""
    if len(text) > MAX_TEXT:
        raise ParseError("the file is too large", None)
    return _Parser(text).body()


def resolved(value: Any, variables: Mapping[str, Any]) -> Any:
    """A value with references and templates filled in; UNKNOWN if one is unknown."""
    if isinstance(value, Reference):
        return variables.get(value.name, UNKNOWN)
    if isinstance(value, Template):
        return _filled(value.text, variables)
    if isinstance(value, list):
        return [resolved(item, variables) for item in value]
    if isinstance(value, dict):
        return {key: resolved(item, variables) for key, item in value.items()}
    return value


def _filled(text: str, variables: Mapping[str, Any]) -> Any:
    parts: list[str] = []
    end = 0
    for match in _PART.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        if match[0] == "$${":
            parts.append("${")
            continue
        value = variables.get(match[1].strip(), UNKNOWN) if match[1] is not None else UNKNOWN
        if not isinstance(value, str | int | float):
            return UNKNOWN
        parts.append(str(value))
    return "".join(parts) + text[end:]


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        line, at = 1, 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                break
            if match["sign"] is not None and text.startswith(_OPENERS, at):
                # Nothing closes it; searching for an end after each of many openings would take too long.
                raise ParseError("a text, a comment or a heredoc is not closed", line)
            kind = match.lastgroup or "sign"
            kind = "heredoc" if match["heredoc"] is not None else kind
            if kind != "blank":
                content = match["body"] if kind == "heredoc" else match[0]
                self.tokens.append((kind, content, line))
            line += match[0].count("\n")
            at = match.end()
        self.tokens.append(("end", "", line))
        self.at = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def text(self) -> str:
        return self.tokens[self.at][1]

    def fault(self, reason: str) -> ParseError:
        return ParseError(reason, self.tokens[self.at][2])

    def skip_lines(self) -> None:
        while self.kind == "newline":
            self.at += 1

    def body(self, kind: str = "", labels: tuple[str, ...] = (), depth: int = 0) -> Block:
        block = Block(kind, labels, {})
        if depth > _MAX_DEPTH:
            raise self.fault("blocks are nested too deeply")
        while True:
            self.skip_lines()
            if self.kind == "end" or self.text == "}":
                if (self.kind == "end") != (depth == 0):
                    raise self.fault("a block is not closed")
                self.at += 1
                return block
            if self.kind not in ("name", "string"):
                raise self.fault(f"{self.text[:20]!r} where a name should be")
            name = _plain(self.text)
            self.at += 1
            if self.text in ("=", ":"):
                self.at += 1
                block.values[name] = self.value(0)
                continue
            names: list[str] = []
            while self.kind in ("string", "name"):
                names.append(_plain(self.text))
                self.at += 1
            if self.text != "{":
                raise self.fault(f"{self.text[:20]!r} where a block should begin")
            self.at += 1
            block.blocks.append(self.body(name, tuple(names), depth + 1))

    def value(self, depth: int) -> Any:
        """A value up to the end of its line, or the comma or bracket after it."""
        if depth > _MAX_DEPTH:
            raise self.fault("values are nested too deeply")
        found = self.primary(depth)
        if self.kind in ("newline", "end") or self.text in (",", "]", "}", ")"):
            return found
        self.skip_expression()
        return UNKNOWN

    def primary(self, depth: int) -> Any:
        kind, text = self.kind, self.text
        self.at += 1 if kind not in ("end", "newline") else 0
        if kind == "string":
            return Template(_plain(text)) if "${" in text or "%{" in text else _plain(text)
        if kind == "heredoc":
            return Template(text)
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "name":
            words = {"true": True, "false": False, "null": None}
            return words[text] if text in words else Reference(text)
        if text == "[":
            return self.items(depth)
        if text == "{":
            return self.table(depth)
        self.at -= 1 if kind not in ("end", "newline") else 0
        return UNKNOWN

    def items(self, depth: int) -> list[Any]:
        found: list[Any] = []
        while True:
            while self.kind == "newline" or self.text == ",":
                self.at += 1
            if self.text == "]":
                self.at += 1
                return found
            if self.kind == "end":
                raise self.fault("a list is not closed")
            before = self.at
            found.append(self.value(depth + 1))
            if self.at == before:
                raise self.fault(f"{self.text[:20]!r} in a list")

    def table(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            while self.kind == "newline" or self.text == ",":
                self.at += 1
            if self.text == "}":
                self.at += 1
                return found
            if self.kind not in ("name", "string"):
                raise self.fault(f"{self.text[:20]!r} where a key should be")
            name = _plain(self.text)
            self.at += 1
            if self.text not in ("=", ":"):
                raise self.fault(f"{self.text[:20]!r} behind a key")
            self.at += 1
            found[name] = self.value(depth + 1)

    def skip_expression(self) -> None:
        """Skip functions and operators up to the end of the line, brackets included."""
        depth = 0
        while self.kind != "end":
            if depth == 0 and (self.kind == "newline" or self.text in (",", "]", "}", ")")):
                return
            if self.kind == "sign":
                depth += (self.text in "([{") - (self.text in ")]}")
            self.at += 1


def _plain(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text[1:-1])
