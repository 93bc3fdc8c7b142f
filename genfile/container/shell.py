"""Plain shell text: the simple commands of a list, and the operators between them."""

import re
import shlex
from collections.abc import Iterator

from msgspec import Struct

MAX_TEXT = 20_000
_OPERATORS = ";&|<>()\n"
_REDIRECTION = re.compile(r"\d*(?:>>?|<|>&|&>)\S*")


class Simple(Struct, frozen=True):
    """A simple command. ``joined``: what stands before it (``, `&&`, `||`, `;`, `|`); ``beside``: `&` stands behind."""

    words: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...] = ()
    joined: str = ""
    beside: bool = False

    @property
    def text(self) -> str:
        """As a shell reads it; variables stay variables."""
        before = [f"{name}={quoted(value)}" for name, value in self.assignments]
        return " ".join([*before, *(quoted(word) for word in self.words)])


def quoted(word: str) -> str:
    """A word for a shell, in which its variables still are variables."""
    if "$" not in word:
        return shlex.quote(word)
    return word if re.fullmatch(r"[A-Za-z0-9_@%+=:,./${}\-]+", word) else f'"{word}"'


def split_commands(text: str) -> tuple[Simple, ...] | None:
    """The simple commands of a text in order, quotes removed. None if it is more than a list of them."""
    if len(text) > MAX_TEXT or "$(" in text or "`" in text:
        return None
    tokens = _tokens(text.replace("\\\n", " "))
    if tokens is None:
        return None
    found: list[Simple] = []
    words: list[str] = []
    joined = ""
    skip = False
    for token in [*tokens, ";"]:
        if skip:
            skip = False
        elif token and set(token) <= set(_OPERATORS):
            kind = token.strip("\n") or ";"
            if kind in (">", ">>", "<", ">&", "&>"):
                words = words[:-1] if words and words[-1] in ("1", "2") else words
                skip = True
                continue
            if kind[0] not in ";&|" or kind not in (";", "&", "&&", "||", "|", ";;"):
                return None
            if words:
                found.append(_simple(words, joined, beside=kind == "&"))
            words, joined = [], ";" if kind == "&" else kind
        else:
            words.append(token)
    return tuple(found)


def _tokens(text: str) -> list[str] | None:
    lexer = shlex.shlex(text.strip(), posix=True, punctuation_chars=_OPERATORS)
    lexer.commenters = ""
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return None


def _simple(words: list[str], joined: str, *, beside: bool) -> Simple:
    rest = list(words)
    assignments: list[tuple[str, str]] = []
    while rest and re.match(r"[A-Za-z_][A-Za-z0-9_]*=", rest[0]):
        name, _, value = rest.pop(0).partition("=")
        assignments.append((name, value))
    return Simple(tuple(rest), tuple(assignments), joined, beside)


def script_commands(text: str) -> tuple[Simple, ...]:
    """The commands of a script, line by line: those inside conditions count, what is not plain is passed over."""
    found: list[Simple] = []
    functions = 0
    for line in _lines(text[:MAX_TEXT].replace("\\\r\n", " ").replace("\\\n", " ")):
        plain = line.strip()
        if re.match(r"(?:function\s+)?\w+\s*\(\)\s*\{?$", plain):
            functions += 1
        elif plain == "}" and functions:
            functions -= 1
        elif plain and not plain.startswith("#") and not functions:
            plain = re.sub(r"^(?:if|then|else|elif|while|until|do)\b(?!\s*\[)\s*", "", plain)
            commands = split_commands(re.sub(r"\s#\s.*$", "", plain)) or ()
            found += [item for item in commands if not item.words or item.words[0] not in _KEYWORDS]
    return tuple(found)


# What a line holds that says where its command ends: a quoted text, a comment, a here-document, an escape.
_PART = re.compile(
    r"""(?P<newline>\n)|\\.|(?P<quoted>'[^']*+'|"(?:[^"\\]|\\.)*+")|(?<![^\s;&|(])\#[^\n]*+|(?P<here><<<)"""
    r"""|<<(?P<chomp>-?)[ \t]*+(?:'(?P<single>[^'\n]++)'|"(?P<double>[^"\n]++)"|\\?(?P<word>[A-Za-z_]\w*+))""",
    re.DOTALL,
)


def _lines(text: str) -> Iterator[str]:
    """The lines of a script; one goes on to the end of what it quotes, and here-documents are left out."""
    start = place = 0
    open_: list[tuple[str, bool]] = []
    while (match := _PART.search(text, place)) is not None:
        place = match.end()
        name = match["single"] or match["double"] or match["word"]
        if name is not None:
            open_.append((name, bool(match["chomp"])))
        if match["newline"] is None:
            continue
        yield text[start : match.start()]
        start = place
        for ending, chomp in open_:
            start = place = _behind(text, place, ending, chomp=chomp)
        open_ = []
    yield text[start:]


def _behind(text: str, place: int, name: str, *, chomp: bool) -> int:
    """Where a here-document that begins at a place has ended."""
    end = re.compile(rf"^{chr(92) + 't*' if chomp else ''}{re.escape(name)}\r?$\n?", re.MULTILINE).search(text, place)
    return end.end() if end is not None else len(text)


_KEYWORDS = frozenset("if then else elif fi for while until do done case esac [ [[ test { } return".split())
