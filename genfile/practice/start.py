"""The process that the container runs: as whom, by what, and whether signals reach it."""

import re
from collections.abc import Iterator

from genfile.practice.subject import Practice, Subject, Wrong

_DEVELOPMENT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s--reload\b"), "--reload watches the sources and starts anew with each change"),
    (re.compile(r"\bnodemon\b|\bts-node-dev\b|\btsx watch\b|\bnode --watch\b"), "a watcher starts the program"),
    (
        re.compile(r"\b(?:npm|pnpm|yarn|bun)(?: run)? (?:dev|start:dev|serve:dev|develop)\b"),
        "it is the script for development",
    ),
    (re.compile(r"\bmanage\.py runserver\b"), "runserver is Django's server for development"),
    (re.compile(r"\bflask (?:--\w+ \S+ )*run\b|\bFLASK_ENV=development\b"), "flask run is the server for development"),
    (
        re.compile(r"\bnext dev\b|\bnuxt dev\b|\bng serve\b|\bvite(?: dev| serve|\s*$|\s+--host)|\bastro dev\b"),
        "it is a server for development",
    ),
    (re.compile(r"(?:^|\s)air(?:\s|$)"), "air rebuilds the program with each change"),
)
# Images whose own user is not root, by a word of their name or tag.
_NOT_ROOT = re.compile(r"unprivileged|nonroot|rootless|chainguard|cgr\.dev|bitnami|ubi\d*/|scratch")


def _development(subject: Subject) -> Iterator[Wrong]:
    words = " ".join(subject.image.words)
    stage = subject.image.stage
    said = stage.command or stage.entrypoint
    for pattern, why in _DEVELOPMENT:
        match = pattern.search(words)
        if match is not None:
            line = said.evidence.line if said is not None else None
            yield Wrong(
                "development-server",
                line,
                f"the container starts `{words[:70].strip()}`: {why}",
                "start what serves in production",
            )
            return


def _shell(subject: Subject) -> Iterator[Wrong]:
    stage = subject.image.stage
    said = stage.entrypoint or stage.command
    if said is None or not isinstance(said.value, str):
        return
    text = said.value.strip()
    if not text or text.startswith("exec ") or "\n" in text:
        return
    yield Wrong(
        "shell-form",
        said.evidence.line,
        "sh is process 1 here: SIGTERM may not reach the program, and it is killed after 10 s",
        'use the exec form: ["program", "argument"]',
    )


def _root(subject: Subject) -> Iterator[Wrong]:
    user = subject.image.user
    base = subject.lineage[-1]
    if user is None:
        if _NOT_ROOT.search(base.image) or "$" in base.image or not _official(base.image):
            return
        yield Wrong(
            "runs-as-root",
            subject.image.stage.line,
            "the container runs as root",
            "add a USER with a number other than 0",
        )
    elif user.value.partition(":")[0] in ("root", "0"):
        yield Wrong("runs-as-root", user.evidence.line, "the container runs as root", "take another user, by number")


def _official(image: str) -> bool:
    """Whether an image is one of Docker's official ones, which all run as root unless their tag says otherwise."""
    name = image.partition("@")[0].rpartition(":")[0] or image
    name = name.removeprefix("docker.io/").removeprefix("library/")
    return "/" not in name


PRACTICES = (
    Practice(
        "development-server",
        "A server for development is slow, shows errors to strangers, and ends or reloads on its own.",
        "docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
        _development,
    ),
    Practice(
        "shell-form",
        "In shell form the shell is process 1 and does not pass signals on.",
        "docs.docker.com/reference/build-checks/json-args-recommended",
        _shell,
    ),
    Practice(
        "runs-as-root",
        "Who breaks into a process that runs as root is root in the container.",
        "docs.docker.com/build/building/best-practices/#user",
        _root,
    ),
)
