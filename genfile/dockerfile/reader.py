"""Reading a Dockerfile the way BuildKit's parser does: directives, continuations, comments within, heredocs."""

import json
import re

from genfile.dockerfile.model import Comment, Dockerfile, Instruction, Stage

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
_FLAGGED = frozenset({"FROM", "RUN", "COPY", "ADD", "HEALTHCHECK"})
_JSON_FORM = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL", "VOLUME", "COPY", "ADD"})
_HEREDOC = re.compile(r"(?<![<\w])<<(-?)([\"']?)([A-Za-z_][A-Za-z0-9_.]*)\2")
_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$")


class DockerfileError(ValueError):
    """Text that is no Dockerfile; ``line`` is 1-based."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


def read_dockerfile(text: str) -> Dockerfile:
    """Read a Dockerfile. Raises DockerfileError with the line of the first fault."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    directives, start = _read_directives(lines)
    escape = directives.get("escape", "\\")
    comments: list[Comment] = []
    items: list[Instruction] = []
    at = start
    while at < len(lines):
        stripped = lines[at].strip()
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
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None or match[1].lower() not in ("syntax", "escape", "check") or match[1].lower() in found:
            return found, number
        found[match[1].lower()] = match[2]
    return found, len(lines)


def _read_instruction(lines: list[str], at: int, escape: str, comments: list[Comment]) -> tuple[Instruction, int]:
    first = at
    parts: list[str] = []
    while True:
        line = lines[at]
        stripped = line.strip()
        at += 1
        if at - 1 > first and (not stripped or stripped.startswith("#")):
            # Comments and empty lines inside a continued instruction fall away.
            if stripped:
                comments.append(Comment(stripped[1:].strip(), at))
            if at >= len(lines):
                break
            continue
        body = line.rstrip()
        if body.endswith(escape):
            parts.append(body[: -len(escape)])
            if at < len(lines):
                continue
        else:
            parts.append(line)
        break
    joined = "".join(parts).strip()
    keyword, _, rest = joined.partition(" ") if " " in joined.split("\t")[0] else joined.partition("\t")
    if keyword.upper() not in KEYWORDS:
        raise DockerfileError(f"unknown instruction: {keyword[:40]}", first + 1)
    heredocs, at = _read_heredocs(keyword.upper(), joined, lines, at)
    flags, value = _read_flags(rest.strip()) if keyword.upper() in _FLAGGED else ((), rest.strip())
    instruction = Instruction(
        keyword.upper(),
        flags,
        value,
        first + 1,
        at,
        "\n".join(lines[first:at]),
        _exec_form(keyword.upper(), value),
        heredocs,
    )
    return instruction, at


def _read_heredocs(keyword: str, joined: str, lines: list[str], at: int) -> tuple[tuple[str, ...], int]:
    if keyword not in ("RUN", "COPY", "ADD"):
        return (), at
    bodies: list[str] = []
    for match in _HEREDOC.finditer(joined):
        start = at
        while at < len(lines) and (lines[at].lstrip("\t") if match[1] else lines[at]) != match[3]:
            at += 1
        if at >= len(lines):
            raise DockerfileError(f"heredoc {match[3]} is not ended", start)
        bodies.append("\n".join(lines[start:at]) + "\n" if at > start else "")
        at += 1
    return tuple(bodies), at


def _read_flags(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    flags: list[tuple[str, str]] = []
    while text.startswith("--"):
        word, _, rest = text.partition(" ")
        if word == "--":
            break
        name, _, value = word[2:].partition("=")
        flags.append((name, value))
        text = rest.strip()
    return tuple(flags), text


def _exec_form(keyword: str, value: str) -> tuple[str, ...] | None:
    if keyword == "HEALTHCHECK":
        value = value.partition(" ")[2].strip()
    elif keyword not in _JSON_FORM:
        return None
    if not value.startswith("["):
        return None
    try:
        words = json.loads(value)
    except ValueError:
        return None
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _staged(text: str, directives: dict[str, str], comments: list[Comment], items: list[Instruction]) -> Dockerfile:
    starts = [index for index, item in enumerate(items) if item.keyword == "FROM"]
    if not starts:
        raise DockerfileError("no stage: there is no FROM", 1)
    stages: list[Stage] = []
    for index, begin in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(items)
        words = items[begin].value.split()
        if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
            raise DockerfileError("FROM takes an image, and AS with a name", items[begin].line)
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
