"""The configuration of a JVM program, one document at a time, highest precedence first.

A file may hold several documents, each for some profiles. Active profiles come before what is always read, a later
document before an earlier one, and production's own before all. Documents of other profiles are left out:
https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files
"""

import itertools
import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers import Document
from genfile.parsers.data import parse_documents, parse_properties
from genfile.parsers.hocon import parse_hocon

RESOURCES = "src/main/resources"
# The default profile, then production's; from the module's resources, then from beside the build.
FILES = (
    f"{RESOURCES}/application.properties",
    f"{RESOURCES}/application.yml",
    f"{RESOURCES}/application.yaml",
    f"{RESOURCES}/config/application.yml",
    f"{RESOURCES}/config/application.yaml",
    f"{RESOURCES}/config/application.properties",
    f"{RESOURCES}/bootstrap.yml",
    f"{RESOURCES}/bootstrap.properties",
    f"{RESOURCES}/application.conf",
    f"{RESOURCES}/META-INF/microprofile-config.properties",
    "config/application.properties",
    "config/application.yml",
)
DEVELOPMENT = frozenset({"dev", "development", "local", "test", "default"})
# Names of a deployed program's profile, by their first word: `prod`, `production`, `prod-eu`.
DEPLOYED = re.compile(r"(?:prod|docker|container|k8s|kube|cloud|deploy|release|live|server|heroku|railway|render|aws)")
_OTHERS = ("test", "sample", "example", "messages", "i18n", "log")
FILTERED = re.compile(r"@([A-Za-z][A-Za-z0-9._-]*)@")
_NAMED = re.compile(r"(?:application|bootstrap)-([A-Za-z0-9_-]{1,40})\.\w+")
_DEFAULT = re.compile(r"\$\{[^${}:]*:([^${}]*)\}")
MAX_OTHERS = 20
MAX_PROFILES = 10
Named = tuple[str, Document]


class _Part(Struct, frozen=True):
    """A document in a file, and its profiles; without any it is always read."""

    name: str
    document: Document
    profiles: tuple[str, ...]


def read_settings(folder: Project) -> list[Named]:
    """The configuration documents of a module with the names of their files, strongest first; read once."""
    return folder.tree.once(("java-documents", folder.path), lambda: _read_all(folder))


def lookup(document: Document, key: str) -> tuple[object, int | None]:
    """A plain value by its dotted key, flat or nested, and its line."""
    for path in ((key,), tuple(key.split("."))):
        value = document.get(*path)
        if value is not None and not isinstance(value, dict | list):
            return value, document.line(*path)
    return None, None


def _read_all(folder: Project) -> list[Named]:
    usual = [part for name in FILES for part in _parts(folder, name)]
    others = [part for name in _beside(folder) for part in _parts(folder, name)]
    always = [part for part in usual if not part.profiles]
    active = _active(always, [*usual, *others])
    chosen = [part for profile in reversed(active) for part in (*usual, *others) if _is_for(part, profile)]
    plain = [part for part in others if not part.profiles]
    chosen += _served(folder, always)
    deployed = [part for part in (*usual, *others) if any(DEPLOYED.match(item.lower()) for item in part.profiles)]
    listed = {id(part): (part.name, part.document) for part in (*chosen, *always, *plain, *deployed)}
    return list(listed.values())


def _served(folder: Project, always: list[_Part]) -> list[_Part]:
    """A program's file on a configuration server in the same tree.
    https://docs.spring.io/spring-cloud-config/docs/current/reference/html/#_client_side_usage"""
    found = {key: next((value for part in always if (value := lookup(part.document, key)[0]) is not None), None)
             for key in ("spring.application.name", "spring.config.import", "spring.cloud.config.uri")}  # fmt: skip
    asks = "configserver:" in str(found["spring.config.import"]) or found["spring.cloud.config.uri"] is not None
    name = str(found["spring.application.name"] or "")
    if not asks or not re.fullmatch(r"[A-Za-z0-9][\w-]{0,60}", name):
        return []
    wanted = {f"{name}.{ending}" for ending in ("yml", "yaml", "properties")}
    places = [(place, file) for place, names in sorted(folder.tree.folders.items()) for file in names
              if file in wanted and "config" in place.lower() and "/target/" not in f"/{place}/"]  # fmt: skip
    if len(places) != 1:
        return []
    place, file = places[0]
    own = posixpath.relpath(f"{place}/{file}", folder.path or ".")
    return [replace(part, name=own) for part in _parts(Project(folder.tree, place), file)]


def _parts(folder: Project, name: str) -> list[_Part]:
    """The documents of a file, the last one first."""
    if not folder.has(name):
        return []
    ending = name.rsplit(".", 1)[-1]
    parser = {"properties": _properties, "conf": _hocon}.get(ending, parse_filtered)
    parsed = folder.parse(parser, name) or ()
    match = _NAMED.fullmatch(name.rpartition("/")[2])
    own = (match[1],) if match is not None else ()
    return [_Part(name, document, own or _condition(document)) for document in reversed(parsed)]


def parse_filtered(text: str) -> tuple[Document, ...]:
    """YAML with placeholders that Maven fills in, and that plain YAML does not allow: `name: @project.artifactId@`."""
    return parse_documents(FILTERED.sub(r"\1", text))


def _properties(text: str) -> tuple[Document, ...]:
    """The documents of a .properties file, separated by `#---` or `!---`."""
    found: list[Document] = []
    lines = text.splitlines()
    starts = [-1, *(number for number, line in enumerate(lines) if line.rstrip() in ("#---", "!---")), len(lines)]
    for start, end in itertools.pairwise(starts):
        found.append(parse_properties("\n" * (start + 1) + "\n".join(lines[start + 1 : end])))
    return tuple(found)


def _hocon(text: str) -> tuple[Document, ...]:
    return (parse_hocon(text),)


def _condition(document: Document) -> tuple[str, ...]:
    """The profiles that a document is for."""
    for key in ("spring.config.activate.on-profile", "spring.profiles"):
        value, _ = lookup(document, key)
        listed = document.get(*key.split("."))
        if isinstance(listed, list):
            return tuple(str(item) for item in listed)
        if value is not None:
            return tuple(re.findall(r"!?[\w-]+", str(value)))
    return ()


def _is_for(part: _Part, profile: str) -> bool:
    return profile in part.profiles


def _beside(folder: Project) -> list[str]:
    """The other configuration files among the resources: profiles' after those that are always read."""
    names = [
        f"{place}/{name}"
        for place in (RESOURCES, f"{RESOURCES}/config")
        for name in folder.names(place)
        if name.endswith((".yml", ".yaml", ".properties")) and f"{place}/{name}" not in FILES
    ]
    names = [name for name in names if not any(word in name.rpartition("/")[2].lower() for word in _OTHERS)
             or _NAMED.fullmatch(name.rpartition("/")[2])]  # fmt: skip
    names.sort(key=lambda name: (_NAMED.fullmatch(name.rpartition("/")[2]) is not None, name))
    return [name for name in names[:MAX_OTHERS] if _is_configuration(folder, name)]


def _is_configuration(folder: Project, name: str) -> bool:
    """Whether a file beside the usual ones is an application's configuration under another name."""
    text = folder.text(name) or ""
    words = ("server:", "spring:", "server.port", "spring.application")
    return _NAMED.fullmatch(name.rpartition("/")[2]) is not None or any(word in text for word in words)


def _active(always: list[_Part], parts: list[_Part]) -> list[str]:
    """The profiles that the configuration itself activates, and those that they include."""
    text = next((str(value) for part in always if (value := _profiles(part, "active")) is not None), "")
    found = [name.strip() for name in _DEFAULT.sub(r"\1", text).split(",")]
    found = [name for name in found if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name)]
    written = found and found[-1].lower() in DEVELOPMENT and "${" not in text
    if written and any(_is_production(part) for part in parts):
        # There is one for production, so this one is for developers. The default of a variable is what the image
        # starts with.
        return []
    for name in found:
        more = [_profiles(part, f"group.{name}") for part in always]
        more += [_profiles(part, "include") for part in always + [part for part in parts if _is_for(part, name)]]
        for value in more:
            listed = [item.strip() for item in str(value or "").split(",")]
            found += [item for item in listed if item and item not in found][: MAX_PROFILES - len(found)]
    lone = _lone_source(parts) if not found else None
    if lone is not None:
        return [lone]
    if not found:
        included = [str(value) for part in always if (value := _profiles(part, "include")) is not None]
        return [item.strip() for text in included for item in text.split(",")][:MAX_PROFILES]
    return found


def left_active(folder: Project) -> tuple[Evidence, str] | None:
    """A developer's profile that the configuration activates although there is one for production: the evidence, and
    the other's name."""
    parts = _all(folder)
    usual = (part for part in parts if part.name in FILES and not part.profiles)
    said = next((part for part in usual if _profiles(part, "active") is not None), None)
    text = str(_profiles(said, "active")) if said is not None else ""
    production = next((name for part in parts if _is_production(part) for name in part.profiles), None)
    if said is None or production is None or text.strip().lower() not in DEVELOPMENT - {"default"}:
        return None
    line = lookup(said.document, "spring.profiles.active")[1]
    return folder.says(said.name, line, f"spring.profiles.active is {text.strip()}"), production


def _all(folder: Project) -> list[_Part]:
    return [part for name in (*FILES, *_beside(folder)) for part in _parts(folder, name)]


def profiled(folder: Project, profile: str) -> list[Named]:
    """The documents of a profile, with the names of their files."""
    return [(part.name, part.document) for part in _all(folder) if _is_for(part, profile)]


def developed(folder: Project) -> list[Named]:
    """The documents that are always read and those of a developer's profiles, with the names of their files."""
    return [(part.name, part.document) for part in _all(folder) if DEVELOPMENT.issuperset(part.profiles)]


def lone_source(folder: Project) -> str | None:
    """The only profile whose documents have the data source, where the configuration activates none."""
    return _lone_source(_all(folder))


def _lone_source(parts: list[_Part]) -> str | None:
    plain = [part for part in parts if not part.profiles]
    if any(_profiles(part, key) is not None for part in plain for key in ("active", "include", "default")):
        return None
    with_source = {part.profiles for part in parts if lookup(part.document, "spring.datasource.url")[0] is not None}
    name = min(with_source)[0] if len(with_source) == 1 and () not in with_source else ""
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) and not name.startswith("test") else None


def _profiles(part: _Part, key: str) -> object:
    listed = part.document.get("spring", "profiles", *key.split("."))
    return (
        ",".join(map(str, listed)) if isinstance(listed, list) else lookup(part.document, f"spring.profiles.{key}")[0]
    )


def _is_production(part: _Part) -> bool:
    return any(profile.lower().startswith("prod") for profile in part.profiles)


def texts(folder: Project) -> Iterator[tuple[str, str]]:
    """Every text in the configuration, with its file."""
    for name, document in read_settings(folder):
        for text in texts_in(document.value):
            yield name, text


def texts_in(value: object) -> Iterator[str]:
    """The texts in a document's value, at any depth."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value
