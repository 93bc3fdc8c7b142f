"""BuildKit's shell lexer: what becomes of a text when its quotes, escapes and variables are processed.

Source of the rules: moby/buildkit, frontend/dockerfile/shell. BuildKit runs the operands of most instructions
through it, those of the JSON form too, and looks for heredocs in the words that it makes of a whole line.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

# What Go's unicode.IsSpace takes for white space; Python's str.isspace takes four control characters more.
SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_SPECIAL = frozenset("@*#?-$!0")
MAX_DEPTH = 50
_MARKS = frozenset("'\"$<")
_BLANKS = re.compile(f"[{re.escape(SPACE)}]+")


class LexError(ValueError):
    """Text that the lexer refuses; ``open`` says that a quote or a brace in it is never closed."""

    def __init__(self, reason: str, *, is_open: bool = False) -> None:
        super().__init__(reason)
        self.is_open = is_open


class Lexed(Struct, frozen=True):
    """A text as one word with its blanks, and as the words that it is split into."""

    text: str
    words: tuple[str, ...]


def lex(
    text: str,
    *,
    variables: Mapping[str, str] | None = None,
    escape: str = "\\",
    raw: bool = False,
    early: bool = False,
) -> Lexed:
    """Process a text. Raises LexError.

    ``variables``: their values, the empty text for all others; None leaves every variable as it is written. ``raw``
    keeps quotes and escapes. ``early``: as BuildKit did it before a blank was allowed between `<<` and its word.
    """
    text = text.removeprefix("\ufeff")
    if escape not in text and _MARKS.isdisjoint(text):
        # Nothing to process, as in most operands.
        return Lexed(text, tuple(word for word in _BLANKS.split(text) if word))
    return _Lexer(text, variables, escape, raw, early).run()


class _Words:
    """The words of one level; all levels share one buffer, so that a nested one drops what was begun outside it."""

    def __init__(self, buffer: list[str]) -> None:
        self.buffer = buffer
        self.done: list[str] = []
        self.inside = False
        buffer.clear()

    def add(self, text: str) -> None:
        """Text whose blanks end a word."""
        for char in text:
            if char not in SPACE:
                self.add_raw(char)
            elif self.inside and self.buffer:
                self.finish()

    def add_raw(self, text: str) -> None:
        """Text that is quoted or escaped: part of the word as a whole."""
        self.buffer.extend(text)
        self.inside = True

    def finish(self) -> tuple[str, ...]:
        if self.buffer:
            self.done.append("".join(self.buffer))
            self.buffer.clear()
            self.inside = False
        return tuple(self.done)


class _Lexer:
    def __init__(self, text: str, variables: Mapping[str, str] | None, escape: str, raw: bool, early: bool) -> None:
        self.text, self.at = text, 0
        self.variables, self.escape, self.early = variables, escape, early
        self.raw_quotes = self.raw_escapes = raw
        self.buffer: list[str] = []
        self.depth = 0
        self.special = {"'": self._single, '"': self._double, "$": self._dollar, "<": self._heredoc}

    def run(self) -> Lexed:
        return Lexed(*self._until("", self.raw_escapes))

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        char = self._peek()
        self.at += 1
        return char

    def _until(self, stop: str, raw_escapes: bool) -> tuple[str, tuple[str, ...]]:
        """Process up to a character (the end, where it is empty), which is consumed."""
        outer, self.raw_escapes = self.raw_escapes, raw_escapes
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LexError("nests variables too deeply", is_open=True)
        words = _Words([] if self.early else self.buffer)
        result: list[str] = []
        while (char := self._peek()) and char != stop:
            if char in self.special:
                part = self.special[char]()
                (words.add if char == "$" else words.add_raw)(part)
            elif self._next() == self.escape:
                part = (char if raw_escapes else "") + self._next()
                words.add_raw(part)
            else:
                part = char
                words.add(part)
            result.append(part)
        if stop and not char:
            raise LexError(f"is missing a {stop}", is_open=True)
        self.at += 1
        self.depth -= 1
        self.raw_escapes = outer
        return "".join(result), words.finish()

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise LexError("has an unclosed single quote", is_open=True)
        inner, self.at = self.text[self.at + 1 : end], end + 1
        return f"'{inner}'" if self.raw_quotes else inner

    def _double(self) -> str:
        self.at += 1
        quote = '"' if self.raw_quotes else ""
        result = [quote]
        while (char := self._peek()) != '"':
            if not char:
                raise LexError("has an unclosed double quote", is_open=True)
            if char == "$":
                result.append(self._dollar())
                continue
            self.at += 1
            if char == self.escape and self._peek() in (*'"$', self.escape):
                char = (char if self.raw_escapes else "") + self._next()
            result.append(char)
        self.at += 1
        return "".join([*result, quote])

    def _heredoc(self) -> str:
        """`<<` with the blanks behind it: they do not end the word."""
        self.at += 1
        if self.early or self._peek() != "<":
            return "<"
        start = self.at
        self.at += 1
        while self._peek() in ("\t", "\r", " "):
            self.at += 1
        return "<" + self.text[start : self.at]

    def _name(self) -> str:
        start = self.at
        if self._peek().isdecimal():
            while self._peek().isdecimal():
                self.at += 1
        elif self._peek() in _SPECIAL:
            self.at += 1
        else:
            while (char := self._peek()) and (char.isalpha() or char.isdecimal() or char == "_"):
                self.at += 1
        return self.text[start : self.at]

    def _dollar(self) -> str:
        self.at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else "$"
        self.at += 1
        if self._peek() in ("", "{", "}", ":"):
            raise LexError("has a bad substitution", is_open=not self._peek())
        name, modifier = self._name(), self._next()
        if modifier == "}":
            return self._value(name, f"${{{name}}}")
        if modifier == "/":
            return self._replaced(name)
        if modifier == ":":
            modifier += self._next()
        if modifier in ("", ":#", ":%") or modifier[0] not in ":+-?#%":
            raise LexError(f"has an unknown substitution ${{{name}{modifier}", is_open=not modifier)
        word, _ = self._until("}", modifier in ("#", "%"))
        return self._modified(name, modifier, word)

    def _replaced(self, name: str) -> str:
        every = "/" if self._peek() == "/" else ""
        self.at += len(every)
        pattern, _ = self._until("/", True)
        word, _ = self._until("}", True)
        return self._modified(name, "/", f"{every}{pattern}/{word}")

    def _value(self, name: str, written: str) -> str:
        return written if self.variables is None else self.variables.get(name, "")

    def _modified(self, name: str, modifier: str, word: str) -> str:
        if self.variables is None:
            return f"${{{name}{modifier}{word}}}"
        kind = modifier[-1]
        value = self.variables.get(name)
        there = bool(value) if modifier.startswith(":") else value is not None
        if kind in "-+":
            return word if there is (kind == "+") else (value or "") if kind == "-" else ""
        if kind != "?" or not there:
            raise LexError(f"has a substitution that genfile does not evaluate: ${{{name}{modifier}")
        return value or ""
