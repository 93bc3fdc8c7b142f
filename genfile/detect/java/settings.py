"""Facts from an application's configuration files: the port, the health endpoint, required variables."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from genfile.detect.java.documents import lookup, read_settings, texts, texts_in
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers import Document
from genfile.parsers.data import parse_yaml
from genfile.parsers.values import port_number

# Ktor's own form in YAML: `"$PORT:8080"`.
_KTOR = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?")
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.-]*)(?::([^${}]*))?\}")
_OUTERMOST = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.-]*)(?::(.*))?\}", re.DOTALL)


class JavaSetting(Struct, frozen=True):
    """A value in a configuration file, with `${NAME:default}` split into its default and its variable."""

    value: str | None
    variable: str | None


def find_setting(folder: Project, *keys: str) -> Fact[JavaSetting] | None:
    """The first value of these keys (`server.port`), with its default and variable."""
    for name, document in read_settings(folder):
        for key in keys:
            value, line = lookup(document, key)
            if value is not None:
                return folder.fact(_setting(folder, str(value).strip()), name, line, f"{key}={value}")
    return None


def _setting(folder: Project, text: str, depth: int = 0) -> JavaSetting:
    """A value's default and the variable that overrides it: `${PORT:8080}`, `${PORT:${app.port}}`. A name that the
    configuration itself sets stands for its value there."""
    match = _OUTERMOST.fullmatch(text)
    if match is None:
        ktor = _KTOR.fullmatch(text)
        if ktor is not None:
            return JavaSetting(ktor[2], ktor[1])
        expanded = expand(folder, text) if "${" in text else None
        return JavaSetting(text if expanded is None else expanded, None)
    known = flat_settings(folder).get(plain_key(match[1]))
    if known is not None and depth < MAX_DEPTH:
        return _setting(folder, known.value, depth + 1)
    if match[2] is None or depth >= MAX_DEPTH:
        return JavaSetting(match[2], match[1])
    inner = _setting(folder, match[2].strip(), depth + 1)
    return JavaSetting(inner.value, match[1])


def flat_settings(folder: Project) -> dict[str, Fact[str]]:
    """Every setting, with the strongest file's value, by its key in the form that Spring compares (`plain_key`)."""
    return folder.tree.once(("java-settings", folder.path), lambda: _flat(folder))


def _flat(folder: Project) -> dict[str, Fact[str]]:
    found: dict[str, Fact[str]] = {}
    for name, document in read_settings(folder):
        for path, value in _leaves(document.value, ()):
            line = document.line(*path) or document.line(".".join(path))
            found.setdefault(plain_key(".".join(path)), folder.fact(value, name, line, f"{path[-1]}={value}"[:200]))
    return found


def plain_key(key: str) -> str:
    """The form that all spellings of a key share: `upload-dir`, `uploadDir` and `upload_dir` are the same key."""
    return re.sub(r"[-_]", "", key).lower()


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict) and len(path) < MAX_DEPTH:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, str | int) and path:
        yield path, str(value)


def expand(folder: Project, text: str, depth: int = 0) -> str | None:
    """A text with each `${key:default}` replaced by the setting, else by the default; None if a key has neither.

    https://docs.spring.io/spring-boot/reference/features/external-config.html
    """
    settings = flat_settings(folder)
    for _ in range(MAX_PLACEHOLDERS):
        match = _INNERMOST.search(text)
        if match is None:
            return text if "${" not in text and len(text) <= MAX_TEXT else None
        key, colon, default = match[1].partition(":")
        known = settings.get(plain_key(key.strip()))
        value = PROPERTIES.get(key) or (expand(folder, known.value, depth + 1) if known and depth < MAX_DEPTH else None)
        if value is None and not colon:
            return None
        text = text[: match.start()] + (default if value is None else value) + text[match.end() :]
    return None


MAX_DEPTH = 12
MAX_PLACEHOLDERS = 20
MAX_TEXT = 1_000
_INNERMOST = re.compile(r"\$\{([^${}]*)\}")
# Properties of the JVM: its working directory, and folders that every machine has.
PROPERTIES = {"user.dir": ".", "user.home": "~", "java.io.tmpdir": "/tmp", "file.separator": "/"}


def placeholders(folder: Project) -> Iterator[tuple[str, str | None, str]]:
    """The upper-case variables that the configuration names, each with its default and its file."""
    for name, text in texts(folder):
        for variable, default in _named(text):
            yield variable, default, name


def named_variables(document: Document) -> Iterator[tuple[str, str | None]]:
    """The upper-case variables that a document names, each with its default."""
    for text in texts_in(document.value):
        yield from _named(text)


def _named(text: str) -> Iterator[tuple[str, str | None]]:
    for match in _PLACEHOLDER.finditer(text):
        if match[1].isupper() and match[1].isidentifier():
            yield match[1], match[2]


def dropwizard_config(folder: Project) -> tuple[str, int | None] | None:
    """The configuration file that Dropwizard starts with, and the port of the first connector in it."""
    candidates = [name for name in folder.names() if name.endswith((".yml", ".yaml")) and name[:1] != "."]
    candidates.sort(key=lambda name: ("example" in name, "test" in name, name))
    candidates += [
        f"{place}/{name}" for place in ("config", "conf") for name in folder.names(place) if name.endswith(".yml")
    ]
    for name in candidates[:20]:
        document = folder.parse(parse_yaml, name)
        server = document.table("server") if document is not None else {}
        if not server and (document is None or not document.table("logging")):
            continue
        connectors = server.get("applicationConnectors")
        connector = connectors[0] if isinstance(connectors, list) and connectors else server.get("connector")
        text = str(connector.get("port", "")) if isinstance(connector, dict) else ""
        match = _PLACEHOLDER.fullmatch(text.strip()) or re.fullmatch(r"\$\{([A-Z_]+):-(\d+)\}", text.strip())
        text = (match[2] or "") if match else text
        return name, port_number(text)
    return None
