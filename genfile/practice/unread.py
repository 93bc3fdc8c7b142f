"""Variables that the image sets and that nothing in it reads: whoever set them believes that they count."""

import posixpath
import re
from collections.abc import Iterator

from genfile.detect.meanings import database_schemes
from genfile.practice.subject import Practice, Subject, Wrong

# Files in which a program, its settings or a script may name a variable.
_READERS = (
    *(".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".sh", ".prisma"),
    *(".toml", ".ini", ".cfg", ".conf", ".json", ".yml", ".yaml", ".html", ".txt", ".template"),
)
_OTHERS = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml|.*lock.*|.*\.min\.js")
_LANGUAGES = frozenset({"python", "node"})
_INTERPRETERS = re.compile(r"python[\d.]*|node")
# Frameworks that listen where the code says, and on nothing else.
_EXPLICIT = frozenset({"flask", "express", "fastify", "koa", "hono"})
# First words of variables that runtimes, servers and tools read.
_OF_TOOLS = frozenset(
    "uvicorn gunicorn hypercorn flask django python pip uv poetry node npm yarn pnpm next nuxt vite react nitro server "
    "spring java jvm go celery prisma pg redis mongo mysql postgres aws google azure sentry otel hf".split()
)
_SHORT = 4
# Shorter names that differ by a letter are other names.
_LONG = 8
_MAX_FILES = 300
_MAX_TEXT = 200_000


def _unread(subject: Subject) -> Iterator[Wrong]:
    """Addresses of databases, and the port of a program that starts without a server of its own."""
    service = subject.service
    if service is None or service.spec.language not in _LANGUAGES or not subject.context.whole:
        return
    schemes = database_schemes() | {"ws", "wss"}
    known = {item.name for item in service.spec.environment}
    for item in subject.final:
        for name, value in item.pairs if item.keyword == "ENV" else ():
            scheme = value.partition("://")[0].partition("+")[0] if "://" in value else ""
            address = scheme in schemes
            near = _near(subject, name, known)
            if name in known or not (address or near or (name == "PORT" and _starts_itself(subject))):
                continue
            if near is not None and not _is_named(subject, name):
                text = f"nothing reads {name}; the code reads {near}, which has no value here"
                yield Wrong("variable-unread", item.line, text, f"name it {near}", "warning")
            elif near is None and not _is_named(subject, name):
                what = "the program gets the address from elsewhere" if address else "the code names its port"
                yield Wrong("variable-unread", item.line, f"nothing reads {name}: {what}", "leave it out, or read it")


def _given(subject: Subject) -> Iterator[Wrong]:
    """Hosts of a compose file by a name that nothing reads: the program gets them by another one, or not at all."""
    service = subject.service
    if service is None or service.spec.language not in _LANGUAGES or not subject.context.whole or not subject.hosts:
        return
    known = {item.name for item in service.spec.environment} | subject.image.environment.keys()
    for path, item in subject.composed:
        for name, said in item.environment.items():
            of_tool = name.partition("_")[0].lower() in _OF_TOOLS or name.startswith("PG")
            if of_tool or name in known or said.value not in subject.hosts or _is_named(subject, name):
                continue
            started = subject.image.command
            line = started.evidence.line if started is not None else subject.image.stage.line
            text = f"{path} gives {name}={said.value}, and nothing reads {name}"
            yield Wrong("variable-unread", line, text, "name it as the code does")
            return


def _both(subject: Subject) -> Iterator[Wrong]:
    yield from _unread(subject)
    yield from _given(subject)


def _near(subject: Subject, name: str, known: set[str]) -> str | None:
    """A variable that the code reads and nothing sets, whose name is this one but for a letter or a word before it.

    Variables that begin with the name of a package are that package's: `UVICORN_PORT`."""
    first = name.partition("_")[0].lower()
    if first in _OF_TOOLS or len(name) < _SHORT or subject.service is None:
        return None
    for other in sorted(known - subject.image.environment.keys()):
        is_part = name.endswith(f"_{other}") or other.endswith(f"_{name}")
        if len(other) >= _SHORT and (is_part or _differ_by_one(name, other)):
            return other
    return None


def _differ_by_one(one: str, other: str) -> bool:
    """Whether one letter more, less or else makes one name of the other, or two that changed places."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _LONG:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    swapped = rest[:2] == others[:2][::-1] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]


def _starts_itself(subject: Subject) -> bool:
    """Whether the container starts a file of the project, whose framework reads no variable on its own."""
    words, service = subject.image.words, subject.service
    if len(words) < 2 or _INTERPRETERS.fullmatch(posixpath.basename(words[0])) is None or service is None:
        return False
    source = subject.built.final.find(words[1]).source
    fact = service.facts.get("/port")
    return source is not None and fact is not None and not fact.guess and service.spec.framework in _EXPLICIT


def _is_named(subject: Subject, name: str) -> bool:
    """Whether any file of the build context has a variable's name, in whatever case: fields of settings classes have
    it in lower case."""
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9_])", re.IGNORECASE)
    if "://" in dict(_pairs(subject)).get(name, ""):
        # Helpers that read the usual variable of a database without naming it.
        word = re.compile(rf"{word.pattern}|dj_database_url|\benv\.(?:db|cache)\w*\(|\bprisma\b", re.IGNORECASE)
    if name == "PORT":
        word = re.compile(r"(?<![A-Za-z0-9_])PORT(?![A-Za-z0-9_])|\benv(?:iron)?\b", re.MULTILINE)
    count = 0
    for path in subject.context.below(""):
        last = posixpath.basename(path)
        if not (last.endswith(_READERS) or last.startswith(".env")) or _OTHERS.fullmatch(last):
            continue
        count += 1
        if count > _MAX_FILES or word.search((subject.context.read(path) or "")[:_MAX_TEXT]):
            return True
    return False


def _pairs(subject: Subject) -> Iterator[tuple[str, str]]:
    return (pair for item in subject.final if item.keyword == "ENV" for pair in item.pairs)


PRACTICES = (
    Practice(
        "variable-unread",
        "A setting that nothing reads looks as if it counted, and whoever changes it waits for an effect.",
        "docs.docker.com/reference/dockerfile/#env",
        _both,
        "hint",
    ),
)
