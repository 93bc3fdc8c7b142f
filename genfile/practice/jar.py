"""What a jar carries to whoever has the image: secrets and keys in its resources."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from genfile.detect.java.documents import parse_filtered
from genfile.parsers import Document, ParseError
from genfile.parsers.data import parse_properties
from genfile.practice.secrets import is_private_key, is_secret
from genfile.practice.subject import Practice, Subject, Wrong

_RESOURCES = "src/main/resources"
_FILES = ("application.properties", "application.yml", "application.yaml")
# Settings of the project's own, which its code reads by their name; those of profiles and of texts are others.
_OTHERS = re.compile(r"(?!.*(?:messages|test|example|log4j|logback))[a-z]+\.properties")
_MAX_FILES = 20
_WITH_DEFAULT = re.compile(r"\$\{[^${}:]*:(?P<default>[^${}]*)\}")
_NO_SECRET = re.compile(r"|classpath:.*|file:.*|ENC\(.*|.*\$\{.*|true|false|\d{1,2}", re.IGNORECASE)
_EMBEDDED = re.compile(r"jdbc:(?:h2|hsqldb|derby|sqlite)")
_LOCAL = re.compile(r"jdbc:[a-z]+:(?:thin:@)?//(?:localhost|127\.0\.0\.1)(?![\w.-])")
# What Spring reads in place of the file's value.
_VARIABLE = "SPRING_DATASOURCE_URL"
_MAX_DEPTH = 12


def _secrets(subject: Subject) -> Iterator[Wrong]:
    """Literal secrets in the settings of a program on the JVM, which the build packs into its jar."""
    folder = _resources(subject)
    names = subject.context.folders.get(folder, ()) if folder is not None else ()
    others = sorted(name for name in names if _OTHERS.fullmatch(name) and name not in _FILES)
    for name in (*_FILES, *others[:_MAX_FILES]) if folder is not None else ():
        path = posixpath.join(folder or "", name)
        document = _settings(subject, path)
        values = {".".join(keys): (value, keys) for keys, value in leaves(document.value, ())} if document else {}
        embedded = any(_EMBEDDED.search(value) for value, _ in values.values())
        found = []
        for key, (value, keys) in values.items():
            default = _WITH_DEFAULT.fullmatch(value)
            is_password = key.lower().endswith(("password", "pass"))
            # A password by default is that of a developer's own database.
            literal = value if default is None else "" if is_password else default["default"]
            own = ".".join(key.split(".")[-2:]) if key.endswith((".key", ".value")) else key.rpartition(".")[2]
            named = re.sub(r"(?<=[a-z])(?=[A-Z])|[.-]", "_", own)
            if is_secret(named) and not _NO_SECRET.fullmatch(literal.strip()) and not (embedded and is_password):
                found.append((key, document.line(*keys) if document is not None else None))
        if found:
            line = next((number for _, number in found if number is not None), None)
            place = f"{path}:{line}" if line is not None else path
            many = len(found) > 1
            what = f"{', '.join(key for key, _ in found[:3])} {'have values' if many else 'has a value'}"
            text = f"{place}: {what}: whoever has the image can read {'them' if many else 'it'} in the jar"
            yield Wrong("secret-in-jar", _line(subject), text, "take it from a variable without a default")
            return


def _keys(subject: Subject) -> Iterator[Wrong]:
    """Private keys among the resources."""
    folder = _resources(subject)
    for place, names in subject.context.folders.items() if folder is not None else ():
        if place != folder and not place.startswith(f"{folder}/"):
            continue
        for name in sorted(names):
            path = posixpath.join(place, name)
            if is_private_key(path, subject.context.read_text):
                text = f"{path} goes into the jar: it is a private key, and whoever has the image has the key"
                fix = "keep it out of the tree, and mount it when the container starts"
                yield Wrong("secret-in-jar", _line(subject), text, fix, "warning")
                return


def _resources(subject: Subject) -> str | None:
    """The folder of what the service's jar gets as it is, if the image starts a jar."""
    service = subject.service
    starts = any(word.endswith(".jar") or posixpath.basename(word) == "java" for word in subject.image.words)
    if service is None or service.spec.language != "java" or not (starts or subject.image.words):
        return None
    return posixpath.normpath(posixpath.join(service.spec.path, _RESOURCES))


def _settings(subject: Subject, path: str) -> Document | None:
    """The first document of a file of settings: later ones are of profiles."""
    text = subject.context.read_text(path)
    if text is None:
        return None
    if path.endswith(".properties"):
        return parse_properties(text)
    try:
        return next(iter(parse_filtered(text)), None)
    except ParseError:
        return None


def leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts and numbers of nested tables, each with its keys."""
    if isinstance(value, dict) and len(path) < _MAX_DEPTH:
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, str | int) and path:
        yield path, str(value)


def _line(subject: Subject) -> int | None:
    """The line that brings the jar, else the one that starts it."""
    for item in reversed(subject.final):
        if item.keyword in ("COPY", "ADD") and any(word.endswith(".jar") for word in item.words):
            return item.line
    return subject.image.command.evidence.line if subject.image.command is not None else subject.image.stage.line


def _database(subject: Subject) -> Iterator[Wrong]:
    """A database on this machine, where neither the image nor a profile's own file names another one."""
    folder = _resources(subject)
    names = subject.context.folders.get(folder, ()) if folder is not None else ()
    if _VARIABLE in subject.image.environment or any(name.startswith("application-") for name in names):
        return
    for name in _FILES:
        path = posixpath.join(folder or "", name)
        document = _settings(subject, path) if name in names else None
        for keys, value in leaves(document.value, ()) if document is not None else ():
            if ".".join(keys) == "spring.datasource.url" and _LOCAL.match(value):
                text = f"unless {_VARIABLE} is given, the program looks for a server in its own container: {path}"
                yield Wrong("address-of-itself", _line(subject), text, f"--env {_VARIABLE}=…", "hint")
                return


def _carried(subject: Subject) -> Iterator[Wrong]:
    yield from _secrets(subject)
    yield from _keys(subject)
    yield from _database(subject)


PRACTICES = (
    Practice(
        "secret-in-jar",
        "Who has the image has its jar, and what is in the jar's resources.",
        "docs.spring.io/spring-boot/reference/features/external-config.html",
        _carried,
        "hint",
    ),
)
