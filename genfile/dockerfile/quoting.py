"""Putting text into a Dockerfile so that BuildKit takes exactly that text out again.

Each function is made for one place and refuses what the place can't hold.
"""

import json
import re
import shlex
from collections.abc import Sequence


class QuotingError(ValueError):
    """Text that its place can't hold; one clause that says why."""


_PLAIN_ENV = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_@%+=:,./~-]+")
# `<<` opens a heredoc in RUN, wherever a word or a quote follows it.
_HEREDOC = re.compile(r"<<-?\s*[\"'A-Za-z_]")


def check(text: str) -> str:
    """The text itself; raises QuotingError when it holds a control character or a newline."""
    for char in text:
        if not char.isprintable():
            raise QuotingError(f"holds the control character U+{ord(char):04X}")
    return text


def exec_form(words: Sequence[str]) -> str:
    """A JSON array of strings, as CMD, ENTRYPOINT and HEALTHCHECK take it."""
    if not words or not words[0]:
        raise QuotingError("a command needs at least one word")
    return json.dumps([check(word) for word in words], ensure_ascii=False)


def shell_word(text: str) -> str:
    """One word of a POSIX shell command."""
    return shlex.quote(check(text))


def shell_command(text: str) -> str:
    """A whole shell command for one line of RUN: refused where Dockerfile syntax would read it otherwise."""
    check(text)
    if not text.strip():
        raise QuotingError("is empty")
    if text != text.strip():
        raise QuotingError("begins or ends with a blank")
    if text[0] in "#-[":
        raise QuotingError(f"begins with {text[0]!r}, which RUN reads as something else")
    if text.endswith("\\"):
        raise QuotingError("ends with a backslash, which continues the line")
    if _HEREDOC.search(text):
        raise QuotingError("holds `<<`, which opens a heredoc")
    return text


def env_value(text: str) -> str:
    """A value of ENV, ARG or LABEL: quoted where it has to be; `$` is literal."""
    check(text)
    if _PLAIN_ENV.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def copy_paths(sources: Sequence[str], destination: str) -> str:
    """The operands of COPY: plain words, or a JSON array where a path has a blank or another special character."""
    paths = [*(literal_path(source) for source in sources), check(destination).replace("$", "\\$")]
    if all(_PLAIN_PATH.fullmatch(path) for path in paths) and not paths[0].startswith("-"):
        return " ".join(paths)
    return json.dumps(paths, ensure_ascii=False)


def literal_path(path: str) -> str:
    """A path as a COPY source that stands for itself: glob characters and `$` are escaped."""
    escaped = re.sub(r"([\\*?\[])", r"\\\1", check(path))
    return escaped.replace("$", "\\$")


def mount_value(text: str) -> str:
    """The value of a key of --mount: a field of CSV that holds no `$`."""
    check(text)
    if not _PLAIN_PATH.fullmatch(text) or "," in text:
        raise QuotingError(f"{text!r} can't be named in a --mount")
    return text


def ignore_pattern(path: str) -> str:
    """A path as a pattern of .dockerignore that stands for itself and for all below it."""
    check(path)
    if path != path.strip():
        raise QuotingError(f"{path!r} begins or ends with a blank")
    escaped = re.sub(r"([\\*?\[])", r"\\\1", path)
    return f"\\{escaped}" if escaped[:1] in ("#", "!") else escaped


def comment_text(text: str) -> str:
    """Text after `# ` in a comment."""
    return check(text)
