"""Shell texts, as far as they are plain: the simple commands of a list, and how they hang together."""

import re
import shlex
from dataclasses import dataclass

MAX_TEXT = 20_000
_OPERATORS = ";&|<>()\n"
_REDIRECTION = re.compile(r"\d*(?:>>?|<|>&|&>)\S*")


@dataclass(frozen=True, slots=True)
class Simple:
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
    """The simple commands of a text in order, quotes removed. None where it is more than a list of them."""
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
    """The commands of a script, line by line: those inside of conditions count, what is not plain is passed over."""
    found: list[Simple] = []
    functions = 0
    for line in text[:MAX_TEXT].replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
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


_KEYWORDS = frozenset("if then else elif fi for while until do done case esac [ [[ test { } return".split())
