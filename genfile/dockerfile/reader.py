"""Reading a Dockerfile the way BuildKit's parser does: directives, continuations, comments within, heredocs."""

import json
import re

from genfile.dockerfile.heredoc import heredocs
from genfile.dockerfile.lexer import SPACE, LexError
from genfile.dockerfile.model import Comment, Dockerfile, Instruction, Stage
from genfile.dockerfile.words import split_flags

DIRECTIVES = ("syntax", "escape", "check")

KEYWORDS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_JSON_FORM = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL", "VOLUME", "COPY", "ADD"})
_BLANKS = re.compile(r"[\t\v\f\r ]+")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_DIRECTIVE = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*")
# A line goes on where its last character but blanks is the escape token, and that is not itself escaped.
_CONTINUED = {token: re.compile(rf"(?s)(?:(.*[^{re.escape(token)}])|){re.escape(token)}[ \t]*") for token in "\\`"}


class DockerfileError(ValueError):
    """Text that is not a Dockerfile; ``line`` is 1-based."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


def read_dockerfile(text: str) -> Dockerfile:
    """Read a Dockerfile. Raises DockerfileError with the line of the first fault."""
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    if not lines[-1]:
        lines.pop()
    directives, start = _read_directives(lines)
    escape = directives.get("escape", "\\")
    comments: list[Comment] = []
    items: list[Instruction] = []
    at = start
    while at < len(lines):
        stripped = lines[at].strip(SPACE)
        if not stripped:
            at += 1
        elif stripped.startswith("#"):
            comments.append(Comment(stripped[1:].strip(), at + 1))
            at += 1
        else:
            instruction, at = _read_instruction(lines, at, escape, comments)
            items.append(instruction)
    return _staged(text, directives, comments, items)


def _read_directives(lines: list[str]) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        match = _DIRECTIVE.fullmatch(line.lstrip(SPACE))
        if match is None or match[1].lower() not in DIRECTIVES:
            return found, number
        name = match[1].lower()
        if name in found:
            raise DockerfileError(f"duplicate parser directive {name}", number + 1)
        if name == "escape" and match[2] not in _CONTINUED:
            raise DockerfileError("the parser directive escape must be \\ or `", number + 1)
        found[name] = match[2]
    return found, len(lines)


def _read_instruction(lines: list[str], at: int, escape: str, comments: list[Comment]) -> tuple[Instruction, int]:
    first = at
    joined, at = _join(lines, at, escape, comments)
    keyword, value = _split_keyword(joined)
    if keyword not in KEYWORDS:
        raise DockerfileError(f"unknown instruction: {keyword[:40]}", first + 1)
    flags, value = split_flags(value, escape)
    words = _exec_form(keyword, value)
    bodies, at = _read_heredocs(keyword, value, escape, joined, lines, at)
    original = "\n".join(lines[first:at])
    return Instruction(keyword, flags, value, first + 1, at, original, words, bodies, escape), at


def _join(lines: list[str], at: int, escape: str, comments: list[Comment]) -> tuple[str, int]:
    """An instruction without its continuations, and the number of the line behind it."""
    parts: list[str] = []
    first, goes_on = at, True
    while goes_on and at < len(lines):
        line = lines[at] if parts or at > first else lines[at].lstrip(SPACE)
        stripped = line.strip(SPACE)
        at += 1
        if at - 1 > first and (not stripped or stripped.startswith("#")):
            # Comments and empty lines inside a continued instruction fall away.
            comments += [Comment(stripped[1:].strip(), at)] if stripped else []
            continue
        match = _CONTINUED[escape].fullmatch(line)
        goes_on = match is not None
        parts.append(line if match is None else match[1] or "")
    return "".join(parts).strip(SPACE), at


def _split_keyword(text: str) -> tuple[str, str]:
    parts = _BLANKS.split(text, maxsplit=1)
    return parts[0].upper(), parts[1] if len(parts) == 2 else ""


def _read_heredocs(
    keyword: str, value: str, escape: str, joined: str, lines: list[str], at: int
) -> tuple[tuple[str, ...], int]:
    """The bodies of the heredocs that an instruction opens, and the number of the line behind the last one."""
    if keyword == "ONBUILD":
        keyword, value = _split_keyword(value)
        value = split_flags(value, escape)[1]
    if keyword not in _WITH_HEREDOCS or _exec_form(keyword, value) is not None:
        return (), at
    try:
        found = heredocs(joined)
    except LexError as error:
        raise DockerfileError(f"a heredoc {error}", at) from None
    bodies: list[str] = []
    for heredoc in found:
        start = at
        while at < len(lines) and not heredoc.ends_at(lines[at]):
            at += 1
        if at >= len(lines):
            raise DockerfileError(f"heredoc {heredoc.name} is not closed", start)
        bodies.append("".join(line + "\n" for line in lines[start:at]))
        at += 1
    return tuple(bodies), at


def _exec_form(keyword: str, value: str) -> tuple[str, ...] | None:
    if keyword == "HEALTHCHECK":
        value = _split_keyword(value)[1]
    elif keyword not in _JSON_FORM:
        return None
    if not value.startswith("["):
        return None
    try:
        words = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _staged(text: str, directives: dict[str, str], comments: list[Comment], items: list[Instruction]) -> Dockerfile:
    starts = [index for index, item in enumerate(items) if item.keyword == "FROM"]
    if not starts:
        raise DockerfileError("no FROM instruction, so there is no stage", 1)
    stages: list[Stage] = []
    for index, begin in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(items)
        words = items[begin].value.split()
        if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
            raise DockerfileError("FROM needs an image, optionally followed by AS and a name", items[begin].line)
        name = words[2] if len(words) == 3 else None
        stages.append(
            Stage(
                index,
                name,
                words[0],
                items[begin].flag("platform"),
                items[begin].line,
                tuple(items[begin + 1 : end]),
            )
        )
    return Dockerfile(text, directives, tuple(comments), tuple(items[: starts[0]]), tuple(stages))
