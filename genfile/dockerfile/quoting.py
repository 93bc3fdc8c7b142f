"""Putting text into a Dockerfile so that BuildKit takes exactly that text out again.

Each function is made for one place and refuses what the place can't hold.
"""

import json
import re
import shlex
from collections.abc import Iterable, Sequence

from genfile.dockerfile.heredoc import opens_heredoc
from genfile.dockerfile.lexer import LexError, lex


class QuotingError(ValueError):
    """Text that its place can't hold; one clause that says why."""


_PLAIN_ENV = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_@%+=:,./~-]+")
# Inside of double quotes, BuildKit's lexer gives a meaning to these.
_IN_QUOTES = re.compile(r'([\\"$])')
# Outside quotes to these, too; `<` could begin a heredoc.
_BARE = re.compile(r"""([\\"'$<])""")
_DIRECTIVE = re.compile(r"\s*(syntax|escape|check)\s*=", re.IGNORECASE)
# A pattern of an ignore file that means the same in every matcher.
_PATTERN = re.compile(r"!?[\w.+@~%=,*?-](?:[\w.+@~%=,*?/ -]*[\w.+@~%=,*?-])?")
# A path that BuildKit or Compose could take for the address of a repository.
_ADDRESS = re.compile(r"[^/]*:|git@|github\.com/")
# What parts commands of a shell: whatever became of the first one, and in any way. `2>&1` does not.
_PARTED = re.compile(r";|\|\||(?<![&<>])&(?![&>])")
_SEVERAL = re.compile(r"[;|]|(?<![<>])&(?!>)|(?<![$(])\(")
_KEYWORDS = frozenset("! { if for while until case [[".split())


def check(text: str) -> str:
    """The text itself; raises QuotingError when it holds a control character or a newline."""
    for char in text:
        if not char.isprintable():
            raise QuotingError(f"contains the control character U+{ord(char):04X}")
    return text


def exec_form(words: Sequence[str]) -> str:
    """A JSON array of strings, as CMD, ENTRYPOINT and HEALTHCHECK take it; nothing in it is expanded."""
    if not words or not words[0]:
        raise QuotingError("a command needs at least one word")
    return _json(words)


def shell_word(text: str) -> str:
    """One word of a POSIX shell command."""
    return shlex.quote(check(text))


def shell_path(path: str) -> str:
    """A path as an operand of a shell command: never an option."""
    return shell_word(f"./{path}" if path.startswith("-") else path)


def shell_command(text: str) -> str:
    """A whole shell command for one line of RUN: refused where Dockerfile syntax would read it otherwise."""
    check(text)
    if not text.strip():
        raise QuotingError("is empty")
    if text != text.strip():
        raise QuotingError("starts or ends with a space")
    if text[0] in "#-[":
        raise QuotingError(f"starts with {text[0]!r}, which has another meaning in RUN")
    if text.endswith("\\"):
        raise QuotingError("ends with a backslash, which would continue the line")
    if opens_heredoc(text):
        raise QuotingError("contains `<<`, which would start a heredoc")
    try:
        lex(text)
    except LexError as error:
        if error.is_open:
            raise QuotingError(f"{error}, which would swallow the text after it") from None
    if any(char == "#" and text[at - 1] in " \t;&|()" for at, char in _unquoted(text)):
        raise QuotingError("contains a comment, which would hide the text after it")
    return text


def shell_step(text: str, values: Iterable[tuple[str, str]] = ()) -> str:
    """A shell command as one of several that `&&` joins: it fails as a whole, and sees the values as a whole.

    A command of its own stays as it is; one that is made of several is put into a subshell where that matters.
    """
    command = shell_command(text)
    bare = "".join(char for _, char in _unquoted(command))
    settings = " ".join(f"{name}={shell_word(value)}" for name, value in values)
    if settings and (_SEVERAL.search(bare) or command.split()[0] in _KEYWORDS):
        return f"(export {settings}; {command})"
    if _PARTED.search(bare):
        return f"({command})"
    return f"{settings} {command}" if settings else command


def _unquoted(text: str) -> list[tuple[int, str]]:
    """The characters that a shell sees outside quotes and without a backslash in front, each with its place."""
    found: list[tuple[int, str]] = []
    quote, at = "", 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            at += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        elif not quote:
            found.append((at, char))
        at += 1
    return found


def env_value(text: str) -> str:
    """A value of ENV, ARG or LABEL: quoted where it has to be; `$` is literal."""
    if _PLAIN_ENV.fullmatch(check(text)):
        return text
    return '"' + _IN_QUOTES.sub(r"\\\1", text) + '"'


def search_path(text: str) -> str:
    """A folder as one entry of PATH or the like, which a colon would part."""
    if ":" in text:
        raise QuotingError(f"{text!r} contains a colon, so it can't be an entry of a search path")
    return env_value(text)


def workdir(path: str) -> str:
    """The operand of WORKDIR: all that stands behind the keyword."""
    if not path or path != path.strip():
        raise QuotingError(f"{path!r} is empty, or starts or ends with a space")
    return env_value(path)


def volumes(paths: Sequence[str]) -> str:
    """The operands of VOLUME: a JSON array whose strings are expanded and trimmed."""
    for path in paths:
        if not path or path != path.strip():
            raise QuotingError(f"{path!r} is empty, or starts or ends with a space")
    return _json([_expanded(path) for path in paths])


def copy_paths(sources: Sequence[str], destination: str) -> str:
    """The operands of COPY: plain words, or a JSON array where a path has a blank or another special character."""
    paths = [*(copy_source(source) for source in sources), _expanded(check(destination))]
    if not sources or not destination:
        raise QuotingError("COPY needs a source and a destination")
    if all(_PLAIN_PATH.fullmatch(path) for path in paths) and not paths[0].startswith("-"):
        return " ".join(paths)
    return _json(paths)


def copy_source(path: str) -> str:
    """A path as a source of COPY, which is expanded and then matched as a pattern."""
    if not path:
        raise QuotingError("is empty")
    pattern = literal_pattern(path, anywhere=False)
    return _expanded(f"./{pattern}" if _ADDRESS.match(path) else pattern)


def mount_value(text: str) -> str:
    """The value of a key of --mount: a field of CSV that holds no `$`."""
    check(text)
    if not _PLAIN_PATH.fullmatch(text) or "," in text:
        raise QuotingError(f"{text!r} can't be used in a --mount")
    return text


def ignore_pattern(path: str) -> str:
    """A path as a pattern of .dockerignore that stands for itself and for all below it."""
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise QuotingError(f"{path!r} is not a path inside the build context")
    return literal_pattern(path, anywhere=True)


def plain_pattern(text: str) -> str:
    """A pattern of .dockerignore, `!` included, which has no other special characters than stars and question marks."""
    parts = text.removeprefix("!").split("/")
    if any(part in ("", ".", "..") for part in parts) or not _PATTERN.fullmatch(text):
        raise QuotingError(f"{text!r} is not a pattern inside the build context without quotes")
    return text


def literal_pattern(path: str, *, anywhere: bool) -> str:
    """A path as a pattern of moby's matchers that stands for itself.

    A character is made literal by a class of its own: a backslash in front of it counts in some of the matchers
    alone. ``anywhere`` makes literal, too, what is special in a pattern that has other special characters.
    """
    check(path)
    start, end = len(path) - len(path.lstrip(" ")), len(path.rstrip(" "))
    edge = {at for at in range(len(path)) if at < start or at >= end}
    edge |= {0} if path[:1] in (("!", "#") if anywhere else ("!",)) else set()
    special = set("*?[\\")
    if anywhere or edge or {*special, "]"} & set(path):
        special |= set("^{}|")
    return "".join(
        # In a class, too, moby's matcher takes a bare `*` or `?` for any text.
        (f"[\\{char}]" if char in "*?\\^" else f"[{char}]") if at in edge or char in special else char
        for at, char in enumerate(path)
    )


def comment_text(text: str) -> str:
    """Text after `# ` in a comment: nothing that a parser could take for a directive or for a continued line."""
    if _DIRECTIVE.match(check(text)):
        raise QuotingError("would be read as a parser directive")
    if text.rstrip().endswith(("\\", "`")):
        raise QuotingError("ends with a character that continues a line")
    return text


def local_folder(path: str) -> str:
    """A folder as the build context of a command: never an option, nor the address of a repository."""
    return f"./{path}" if path.startswith("-") or _ADDRESS.match(path) else path


def _expanded(text: str) -> str:
    """Text that BuildKit's lexer gives back as it is."""
    return _BARE.sub(r"\\\1", text)


def _json(texts: Iterable[str]) -> str:
    return json.dumps([check(text) for text in texts], ensure_ascii=False)
