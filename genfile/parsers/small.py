"""Small line formats: Procfile, .tool-versions, shell commands in scripts."""

import shlex
from functools import lru_cache

from msgspec import Struct


def parse_procfile(text: str) -> dict[str, tuple[str, int]]:
    """A Procfile: process name to its command and line. Never raises; other lines are skipped."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, sign, command = line.partition(":")
        name = name.strip()
        if sign and command.strip() and name.replace("-", "").replace("_", "").isalnum() and not line.startswith("#"):
            found[name] = (command.strip(), number)
    return found


def parse_tool_versions(text: str) -> dict[str, tuple[str, int]]:
    """An asdf file: tool to its first version and line. Never raises."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if len(words) >= 2:
            found.setdefault(words[0], (words[1], number))
    return found


class ShellCommand(Struct, frozen=True):
    """One simple command: the assignments before it, and its words, unexpanded."""

    words: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...] = ()


_SEPARATORS = frozenset({"&&", ";", "\n"})


@lru_cache(maxsize=1_000)
def parse_shell(text: str) -> tuple[ShellCommand, ...] | None:
    """The simple commands of a plain sequence (`a && b; c`), without quotes, `$VARIABLES` left unexpanded.

    None for anything more: pipes, redirections, background jobs, subshells, `||`, command substitution.
    """
    if "`" in text or "$(" in text or len(text) > 4000:
        return None
    lexer = shlex.shlex(text.strip(), posix=True, punctuation_chars=";&|<>()\n")
    lexer.commenters = ""
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return None
    commands: list[ShellCommand] = []
    words: list[str] = []
    for token in [*tokens, ";"]:
        if token in _SEPARATORS or (token and set(token) <= {";", "\n"}):
            if words:
                commands.append(_command(words))
            words = []
        elif token and set(token) <= set(";&|<>()\n"):
            return None
        else:
            words.append(token)
    return tuple(commands)


def _command(words: list[str]) -> ShellCommand:
    assignments: list[tuple[str, str]] = []
    rest = list(words)
    while rest:
        name, sign, value = rest[0].partition("=")
        if not sign or not name.isidentifier():
            break
        assignments.append((name, value))
        rest.pop(0)
    return ShellCommand(tuple(rest), tuple(assignments))
