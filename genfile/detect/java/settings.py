"""What an application's own configuration files say: the port, the health endpoint, what must come from outside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers import Document
from genfile.parsers.data import parse_properties, parse_yaml
from genfile.parsers.hocon import parse_hocon
from genfile.parsers.values import port_number

# The default profile, then the one of production; read from the module's resources, then from beside the build.
FILES = (
    "src/main/resources/application.properties",
    "src/main/resources/application.yml",
    "src/main/resources/application.yaml",
    "src/main/resources/config/application.yml",
    "src/main/resources/config/application.properties",
    "src/main/resources/bootstrap.yml",
    "src/main/resources/application.conf",
    "config/application.properties",
    "config/application.yml",
    "src/main/resources/application-prod.yml",
    "src/main/resources/application-prod.properties",
    "src/main/resources/config/application-prod.yml",
)
# Ktor's own form in YAML: `"$PORT:8080"`.
_KTOR = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?")
_DEVELOPMENT = ("dev", "development", "local", "test")
_FILTERED = re.compile(r"@([A-Za-z][A-Za-z0-9._-]*)@")
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.-]*)(?::([^${}]*))?\}")


@dataclass(frozen=True)
class Setting:
    """A value of a configuration file, `${NAME:default}` taken apart: what it is by default, and the variable."""

    value: str | None
    variable: str | None


def read_settings(folder: Project) -> list[tuple[str, Document]]:
    """The configuration files of a module, flat: keys with dots."""
    found: list[tuple[str, Document]] = []
    others = [
        f"src/main/resources/{name}"
        for name in folder.names("src/main/resources")
        if name.endswith((".yml", ".yaml", ".properties"))
        and f"src/main/resources/{name}" not in FILES
        and not any(word in name.lower() for word in ("test", "sample", "example", "messages", "i18n", "log"))
        and not any(f"-{profile}." in name.lower() for profile in ("dev", "development", "local"))
    ]
    # A profile's own file after those that are always read.
    others.sort(key=lambda name: ("application-" in name, name))
    others = [name for name in others[:20] if _is_configuration(folder, name)]
    for name in (*FILES, *others[:6]):
        document = _read(folder, name)
        if document is not None:
            found.append((name, document))
    # What is active wins over what is always read.
    active = [item for item in _active(folder, found) if item not in found]
    return active + found


def _read(folder: Project, name: str) -> Document | None:
    parser = {"properties": parse_properties, "conf": parse_hocon}.get(name.rsplit(".", 1)[-1], _parse_filtered)
    return folder.parse(parser, name) if folder.has(name) else None


def _parse_filtered(text: str) -> Document:
    """YAML in which Maven has yet to put its values: `name: @project.artifactId@`, which no YAML has bare."""
    return parse_yaml(_FILTERED.sub(r"\1", text))


def _active(folder: Project, found: list[tuple[str, Document]]) -> Iterator[tuple[str, Document]]:
    """The files of the profile that the application's own configuration makes active, whatever its name."""
    for name, document in found:
        value = _lookup(document, "spring.profiles.active")[0] if "application." in name else None
        match = _PLACEHOLDER.fullmatch(str(value)) if value is not None else None
        profile = (match[2] or "" if match else str(value or "")).split(",")[-1].strip()
        if profile.lower() in _DEVELOPMENT and any("-prod" in other for other, _ in found):
            # There is one for production: this is what a developer starts with.
            return
        if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", profile):
            for ending in ("yml", "yaml", "properties"):
                path = f"{name.rpartition('/')[0]}/application-{profile}.{ending}"
                active = _read(folder, path)
                if active is not None:
                    yield path, active
            return


def _is_configuration(folder: Project, name: str) -> bool:
    """Whether a YAML file beside the usual ones is an application's configuration under another name."""
    text = folder.text(name) or ""
    return any(word in text for word in ("server:", "spring:", "server.port", "spring.application"))


def find_setting(folder: Project, *keys: str) -> Fact[Setting] | None:
    """The first value of these keys (`server.port`), with its default and variable."""
    for name, document in read_settings(folder):
        for key in keys:
            value, line = _lookup(document, key)
            if value is None:
                continue
            text = str(value)
            match = _PLACEHOLDER.fullmatch(text.strip()) or _KTOR.fullmatch(text.strip())
            setting = Setting(match[2], match[1]) if match else Setting(text.strip(), None)
            return folder.fact(setting, name, line, f"{key}={text}")
    return None


def _lookup(document: Document, key: str) -> tuple[Any, int | None]:
    value = document.get(key)
    if value is not None and not isinstance(value, dict | list):
        return value, document.line(key)
    path = key.split(".")
    value = document.get(*path)
    if value is not None and not isinstance(value, dict | list):
        return value, document.line(*path)
    return None, None


def flat_settings(folder: Project) -> dict[str, Fact[str]]:
    """Every setting by its key in the form that Spring compares keys in (`plain_key`), the strongest file's value."""
    memory, key = folder.tree.memory, ("java-settings", folder.path)
    if key not in memory:
        found: dict[str, Fact[str]] = {}
        for name, document in read_settings(folder):
            for path, value in _leaves(document.value, ()):
                line = document.line(*path) or document.line(".".join(path))
                found.setdefault(plain_key(".".join(path)), folder.fact(value, name, line, f"{path[-1]}={value}"[:200]))
        memory[key] = found
    flat: dict[str, Fact[str]] = memory[key]
    return flat


def plain_key(key: str) -> str:
    """A key without what its spellings differ in: `upload-dir`, `uploadDir` and `upload_dir` are one."""
    return re.sub(r"[-_]", "", key).lower()


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict) and len(path) < MAX_DEPTH:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, str | int) and path:
        yield path, str(value)


def expand(folder: Project, text: str, depth: int = 0) -> str | None:
    """A text with each `${key:default}` replaced by the setting, else by the default; None where neither is there.

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
# Properties of the JVM: the folder that it is started in, and those that are there for everybody.
PROPERTIES = {"user.dir": ".", "user.home": "~", "java.io.tmpdir": "/tmp", "file.separator": "/"}


def placeholders(folder: Project) -> Iterator[tuple[str, bool]]:
    """The variables in upper case that the configuration names, and whether each has a default."""
    for _, document in read_settings(folder):
        for text in _texts(document.value):
            for match in _PLACEHOLDER.finditer(text):
                if match[1].isupper() and match[1].isidentifier():
                    yield match[1], match[2] is not None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def dropwizard_config(folder: Project) -> tuple[str, int | None] | None:
    """The configuration file that Dropwizard is started with, and the port of its first connector in it."""
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
