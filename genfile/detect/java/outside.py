"""What a Spring program reads from the environment: variables, and keys without a value in the tree.

Spring reads a key from the variable with its name in capitals, with `_` for each `.` and `-`:
https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/core/env/SystemEnvironmentPropertySource.html
"""

import itertools
import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.java.build import Build
from genfile.detect.java.documents import RESOURCES, profiled, texts
from genfile.detect.java.life import source_names
from genfile.detect.java.settings import flat_settings, named_variables, placeholders, plain_key
from genfile.detect.tree import Project
from genfile.evidence import Evidence

MAX_FILES = 400
_KEY = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+)\}")
_INJECTED = re.compile(r'@(?:\w+:)?Value\(\s*(?:value\s*=\s*)?"\\?\$\{([A-Za-z][\w.-]*)\}"')
# A bean that is only created under a condition does not always need its values.
_CONDITION = re.compile(r"@(?:Profile|ConditionalOn\w+|Conditional)\b")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"])//[^\n]*", re.DOTALL)
# Keys that Maven's filtering, Spring itself or a configuration server provides, and the JVM's own, each by its name:
# https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/System.html#getProperties()
_GIVEN = re.compile(
    r"(?:java|pom|maven|random|vcap|spring\.cloud|spring\.profiles)\."
    r"|project\.(?:groupId|artifactId|version|name|description|url|basedir|baseUri|inceptionYear|packaging|"
    r"(?:build|parent|properties|organization|scm|reporting)\.[\w.-]+)$"
    r"|user\.(?:home|dir|name|language|country|variant|script|region|timezone)$"
    r"|os\.(?:name|arch|version)$|file\.(?:encoding|separator)$|line\.separator$|path\.separator$"
    r"|env\.[A-Z][A-Z0-9_]*$|local\.(?:server|management)\.port$"
)
_SERVED = ("springcloudconfig", "springcloudvault", "springcloudconsul", "springcloudnacos", "springcloudzookeeper")


class Variable(Struct, frozen=True):
    """A variable that the program reads, its default, and where. ``needed``: the program exits without it."""

    name: str
    default: str | None
    says: Evidence
    needed: bool


def variables(build: Build, *, spring: bool, profile: str | None = None) -> Iterator[Variable]:
    """The variables that the configuration names. ``spring``: also those that set the keys without a value;
    ``profile``: the one that the program starts with, whose values hide others."""
    folder = build.folder
    for path, document in profiled(folder, profile) if profile is not None else ():
        for name, default in named_variables(document):
            yield Variable(name, default, folder.says(path, None, f"{name} must be set"), default is None)
    for name, default, path in placeholders(folder):
        # A profile's own file may never be read.
        needed = default is None and "application-" not in path
        yield Variable(name, default, folder.says(path, None, f"{name} must be set"), needed)
    if not spring or _is_served(folder):
        return
    known = _known(folder)
    for key, path, line in (*_configured(folder), *_injected(folder)):
        if not _GIVEN.match(key) and not _is_set(key, known) and "application-" not in path:
            name = re.sub(r"[.-]", "_", key).upper()
            more = f", for {key}" if name != key else ""
            yield Variable(name, None, folder.says(path, line, f"{name} must be set{more}"), True)


def _configured(folder: Project) -> Iterator[tuple[str, str, int | None]]:
    """The keys whose values the configuration uses, each with its file: `${mail.host}`."""
    for path, text in texts(folder):
        for match in _KEY.finditer(text):
            yield match[1], path, None


def _injected(folder: Project) -> Iterator[tuple[str, str, int | None]]:
    """The keys of `@Value("${…}")` without a default, in classes that are always created; each with file and line."""
    for path in itertools.islice(source_names(folder), MAX_FILES):
        text = folder.text(path) or ""
        if "Value(" not in text or _CONDITION.search(text):
            continue
        plain = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
        for match in _INJECTED.finditer(plain):
            yield match[1], path, plain.count("\n", 0, match.start()) + 1


def _known(folder: Project) -> frozenset[str]:
    """The keys that have a value in any configuration file, whichever profile or class reads it."""
    found = set(flat_settings(folder))
    for place in (RESOURCES, f"{RESOURCES}/config", "config", ""):
        names = folder.names(place) if place else folder.names()
        for name in itertools.islice((item for item in names if item.endswith((".properties", ".yml", ".yaml"))), 40):
            found |= _keys(folder, f"{place}/{name}" if place else name)
    return frozenset(found)


def _keys(folder: Project, path: str) -> set[str]:
    from genfile.detect.java.documents import parse_filtered
    from genfile.parsers.data import parse_properties

    if path.endswith(".properties"):
        document = folder.parse(parse_properties, path)
        return {plain_key(str(key)) for key in (document.value if document is not None else ())}
    parsed = folder.parse(parse_filtered, path) or ()
    return {plain_key(".".join(item)) for document in parsed for item in _paths(document.value)}


def _paths(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path to every key of a nested mapping."""
    if above:
        yield above
    if isinstance(value, dict) and len(above) < 12:
        for key, inner in value.items():
            yield from _paths(inner, (*above, str(key)))


def _is_set(key: str, known: frozenset[str]) -> bool:
    plain = plain_key(key)
    return plain in known or any(item.startswith((f"{plain}.", f"{plain}[")) for item in known)


def _is_served(folder: Project) -> bool:
    """Whether the configuration comes from a configuration server."""
    settings = flat_settings(folder)
    imported = " ".join(fact.value for key, fact in settings.items() if key.startswith("spring.config.import"))
    keys = {key.replace(".", "") for key in settings}
    return any(key.startswith(_SERVED) for key in keys) or bool(
        re.search(r"\b(?!optional|file|classpath)[a-z]+:", imported)
    )
