"""Variables that the image sets and that nothing in it reads: whoever set them believes that they count."""

import posixpath
import re
from collections.abc import Iterator

from genfile.data import backing_services
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
_MAX_FILES = 300
_MAX_TEXT = 200_000


def _unread(subject: Subject) -> Iterator[Wrong]:
    """Addresses of databases, and the port of a program that starts without a server of its own."""
    service = subject.service
    if service is None or service.spec.language not in _LANGUAGES or not subject.context.whole:
        return
    schemes = {scheme for item in backing_services().values() for scheme in item.schemes} - {"http", "https"}
    values = service.spec.model_dump()
    known = {item["name"] for item in values.get("environment") or ()}
    known |= {item["variable"] for item in values.get("connections") or ()}
    for item in subject.final:
        for name, value in item.pairs if item.keyword == "ENV" else ():
            scheme = value.partition("://")[0].partition("+")[0] if "://" in value else ""
            address = scheme in schemes
            if name in known or not (address or (name == "PORT" and _starts_itself(subject))):
                continue
            if not _is_named(subject, name):
                what = "the program gets the address from elsewhere" if address else "the code names its port"
                yield Wrong("variable-unread", item.line, f"nothing reads {name}: {what}", "leave it out, or read it")


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


PRACTICES = (
    Practice(
        "variable-unread",
        "A setting that nothing reads looks as if it counted, and whoever changes it waits for an effect.",
        "docs.docker.com/reference/dockerfile/#env",
        _unread,
        "hint",
    ),
)
