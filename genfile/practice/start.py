"""The process that the container runs: its user, whether signals reach it, and what it waits for."""

import re
from collections.abc import Iterator

from genfile.data.systems import is_official
from genfile.dockerfile.edit import Edit
from genfile.practice.subject import Practice, Subject, Wrong

# Images whose default user is not root, by a word in their name or tag.
_NOT_ROOT = re.compile(r"unprivileged|nonroot|rootless|chainguard|cgr\.dev|bitnami|ubi\d*/|scratch")
# A command that needs a shell, so it has no exec form.
_SHELL = re.compile(r"[$`\"'\\|&;<>(){}*?\[\]~#!]")
_HOST = r"(?P<host>[A-Za-z][A-Za-z0-9_.-]*)"
_WAITS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bwait-for(?:-it)?(?:\.sh)?\s+(?:(?:-t|--timeout)[= ]\S+\s+)?(?:tcp://)?{_HOST}:\d+",
        rf"\bdockerize\b[^\n;&|]*?-wait[= ]\w+://{_HOST}(?::\d+)?",
        rf"\bwait-on\b[^\n;&|]*?(?:tcp|http|https):(?://)?{_HOST}:\d+",
        rf"\bnc\s+(?:-\w+\s+)*{_HOST}\s+\d+",
        rf"\bpg_isready\b[^\n;&|]*?\s-h\s*{_HOST}",
        rf"/dev/tcp/{_HOST}/\d+",
    )
)
_MAX_SCRIPT = 8_000
_HERE = re.compile(r"localhost|host\.docker\.internal|.*\.(?:com|net|org|io|dev|local|internal)", re.IGNORECASE)


def _shell(subject: Subject) -> Iterator[Wrong]:
    stage = subject.image.stage
    said = stage.entrypoint or stage.command
    if said is None or not isinstance(said.value, str):
        return
    text = said.value.strip()
    if not text or text.startswith("exec ") or "\n" in text:
        return
    item = subject.at(said.evidence.line)
    edits: tuple[Edit, ...] = ()
    if item is not None and not _SHELL.search(text) and "=" not in text.split()[0] and item.value.strip() == text:
        words = ", ".join(f'"{word}"' for word in text.split())
        edits = (Edit(item.line, item.end_line, f"{item.keyword} [{words}]"),)
    yield Wrong(
        "shell-form",
        said.evidence.line,
        "sh is process 1 here: SIGTERM may not reach the program, and it is killed after 10 s",
        'use the exec form: ["program", "argument"]',
        edits=edits,
    )


def _root(subject: Subject) -> Iterator[Wrong]:
    user = subject.image.user
    base = subject.lineage[-1]
    command = subject.image.command
    if command is not None and command.value.user not in (None, "root", "0"):
        # The project's own script drops root before it starts the program.
        return
    if user is None:
        if _NOT_ROOT.search(base.image) or not is_official(base.image):
            return
        yield Wrong(
            "runs-as-root",
            subject.image.stage.line,
            "the container runs as root",
            "add a USER with a number other than 0",
        )
    elif user.value.partition(":")[0] in ("root", "0"):
        yield Wrong("runs-as-root", user.evidence.line, "the container runs as root", "take another user, by number")


def _waits(subject: Subject) -> Iterator[Wrong]:
    if subject.hosts is None:
        return
    stage = subject.image.stage
    said = stage.command or stage.entrypoint
    command = subject.image.command
    texts = [" ".join(subject.image.words)[:_MAX_SCRIPT]]
    for path in command.value.scripts if command is not None else ():
        texts.append((subject.context.read_text(path) or "")[:_MAX_SCRIPT])
    seen: set[str] = set()
    for text in texts:
        code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        for pattern in _WAITS:
            for match in pattern.finditer(code):
                host = match["host"]
                if host in seen or host in subject.hosts or _HERE.fullmatch(host):
                    continue
                seen.add(host)
                yield Wrong(
                    "waits-for-host",
                    said.evidence.line if said is not None else None,
                    f"the container waits for {host}, and no service of the project's compose files has that name",
                    "take the host from a variable",
                )


PRACTICES = (
    Practice(
        "shell-form",
        "In shell form the shell is process 1 and does not pass signals on.",
        "docs.docker.com/reference/build-checks/json-args-recommended",
        _shell,
        "hint",
    ),
    Practice(
        "runs-as-root",
        "Who breaks into a process that runs as root is root in the container.",
        "docs.docker.com/build/building/best-practices/#user",
        _root,
    ),
    Practice(
        "waits-for-host",
        "A program that waits for a host which nothing has never starts.",
        "docs.docker.com/compose/how-tos/networking/",
        _waits,
    ),
)
