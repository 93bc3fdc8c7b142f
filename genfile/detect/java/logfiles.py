"""The files that logging libraries are configured to write: logback.xml, log4j2.xml, log4j.properties."""

import posixpath
import re
from collections.abc import Callable, Iterator

from genfile.detect.java.build import Build
from genfile.detect.java.pom import descendants
from genfile.detect.java.settings import expand, find_setting, flat_settings, plain_key
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.data import parse_properties
from genfile.parsers.xml import Element, parse_xml

_RESOURCES = "src/main/resources"
_LOGBACK = ("logback-spring.xml", "logback.xml")
_LOG4J2 = ("log4j2-spring.xml", "log4j2.xml", "log4j2.component.xml")
_LOG4J = ("log4j.xml",)
_PROPERTIES = ("log4j2.properties", "log4j.properties")
# Elements of log4j2 that write files: https://logging.apache.org/log4j/2.x/manual/appenders/file.html.
_FILES = frozenset({"file", "rollingfile", "randomaccessfile", "rollingrandomaccessfile"})
_VARIABLE = re.compile(r"\$\{([^${}]*)\}")
MAX_VARIABLES = 20
# Profiles that are not active in an image.
_DEVELOPMENT = frozenset({"dev", "development", "local", "test"})
Named = dict[str, str]


def log_files(build: Build, setting: Callable[[str], str | None]) -> Iterator[tuple[str, Evidence]]:
    """The path of every log file, with evidence. ``setting``: looks up one of the program's settings."""
    folder = build.folder
    configurations = _configurations(build)
    yield from _of_settings(build, configurations)
    for name in configurations:
        path = f"{_RESOURCES}/{name}"
        if name.endswith(".properties"):
            yield from _of_properties(folder, path)
            continue
        root = folder.parse(_parse, path)
        elements = _active(root) if root is not None else []
        named = _named(elements, setting)
        referred = {
            item.attributes.get("ref") for item in elements if item.tag.lower() in ("appender-ref", "appenderref")
        }
        for item in elements:
            if item.attributes.get("name") not in referred:
                continue
            for line, text in _written(item):
                file = _resolved(text, named, setting)
                if file is not None:
                    yield file, folder.says(path, line, f"logs to {file}")


def _of_settings(build: Build, configurations: list[str]) -> Iterator[tuple[str, Evidence]]:
    """The log files that settings name: Spring Boot's `logging.file.name` and `logging.file.path`, unless the logging
    library's own configuration replaces them without including Boot's; Quarkus's `quarkus.log.file`."""
    folder, framework = build.folder, build.framework[0].name if build.framework is not None else None
    if framework == "quarkus":
        enabled = find_setting(
            folder, "%prod.quarkus.log.file.enable", "quarkus.log.file.enable", "quarkus.log.file.enabled"
        )
        if enabled is not None and enabled.value.value == "true":
            file = find_setting(folder, "%prod.quarkus.log.file.path", "quarkus.log.file.path")
            yield (file.value.value or "quarkus.log") if file is not None else "quarkus.log", enabled.evidence[0]
    texts = [folder.text(f"{_RESOURCES}/{name}") or "" for name in configurations]
    if framework != "spring-boot" or not all("logging/logback/" in text for text in texts):
        return
    for keys, ending in (
        (("logging.file.name", "logging.file"), ""),
        (("logging.file.path", "logging.path"), "/spring.log"),
    ):
        for key in keys:
            found = flat_settings(folder).get(plain_key(key))
            text = expand(folder, found.value) if found is not None else None
            if found is not None and text:
                yield text.rstrip("/") + ending, found.evidence[0]
                return


def _parse(text: str) -> Element:
    """Parse an XML configuration without the DTD that log4j 1 names, which nothing reads."""
    return parse_xml(re.sub(r"<!DOCTYPE[^>\[]{0,200}>", "", text, count=1))


def _configurations(build: Build) -> list[str]:
    """The configuration files that the logging library on the class path reads."""
    folder = build.folder
    newer = build.find("org.springframework.boot:spring-boot-starter-log4j2", "org.apache.logging.log4j:log4j-core")
    older = build.find("log4j:log4j", "org.slf4j:slf4j-log4j12", "org.slf4j:slf4j-reload4j", "ch.qos.reload4j")
    boot = build.framework is not None and build.framework[0].name == "spring-boot"
    names = list(_LOGBACK) if newer is None and (boot or older is None) else []
    names += [*_LOG4J2, _PROPERTIES[0]] if newer is not None else []
    names += [*_LOG4J, _PROPERTIES[1]] if older is not None and not boot else []
    return [name for name in names if folder.has(f"{_RESOURCES}/{name}")]


def _active(root: Element) -> list[Element]:
    """Every element except those of development profiles."""
    found = [root]
    for item in found:
        profiles = re.split(r"[,|&\s]+", item.attributes.get("name", "")) if item.tag == "springProfile" else []
        if not profiles or not all(name.lower() in _DEVELOPMENT for name in profiles if name):
            found.extend(item.children)
    return found


def _named(elements: list[Element], setting: Callable[[str], str | None]) -> Named:
    """The properties that a configuration defines: `<property name= value=>`, `<springProperty source=>`."""
    found: Named = {}
    for item in elements:
        name = item.attributes.get("name") or item.attributes.get("key")
        if not name:
            continue
        if item.tag == "springProperty":
            value = setting(item.attributes.get("source", "")) or item.attributes.get("defaultValue")
            if value is not None:
                found.setdefault(name, value)
        elif item.tag in ("property", "Property", "variable"):
            found.setdefault(name, item.attributes.get("value") or item.text)
    return found


def _written(appender: Element) -> Iterator[tuple[int | None, str]]:
    """The file that an appender writes, in each library's own syntax, with its line."""
    if appender.tag.lower() in _FILES:
        text = appender.attributes.get("fileName") or appender.attributes.get("filePattern")
        if text:
            yield appender.line, text
    elif appender.tag == "appender" and appender.attributes.get("class", "").endswith("FileAppender"):
        for item in descendants(appender):
            if item.tag in ("file", "File") and item.text:
                yield item.line, item.text
                return
            if item.tag == "param" and item.attributes.get("name", "").lower() == "file":
                yield item.line, item.attributes.get("value", "")
                return
        pattern = next((item for item in descendants(appender) if item.tag.lower() == "filenamepattern"), None)
        if pattern is not None and "%" in pattern.text:
            yield pattern.line, pattern.text[: pattern.text.index("%")] + "log"


def _resolved(text: str, named: Named, setting: Callable[[str], str | None]) -> str | None:
    """A text with its variables filled in: properties of the configuration, what Boot passes on, defaults (`:-`); None
    if one is unknown."""
    text = text.replace("$${", "${")
    for _ in range(MAX_VARIABLES):
        match = _VARIABLE.search(text)
        if match is None:
            return text if "${" not in text and len(text) < 300 else None
        name, sign, default = match[1].partition(":-")
        plain = re.sub(r"^(?:sys|env|spring|ctx|main|bundle):", "", name)
        value = named.get(plain) or _handed_on(plain, setting) or (default if sign else None)
        if value is None or value == match[0]:
            return None
        text = text[: match.start()] + value + text[match.end() :]
    return None


def _handed_on(name: str, setting: Callable[[str], str | None]) -> str | None:
    """What Spring Boot and the JVM pass on: LOG_PATH is logging.file.path, LOG_FILE logging.file.name.

    https://docs.spring.io/spring-boot/reference/features/logging.html#features.logging.custom-log-configuration
    """
    places = {"LOG_PATH": ("logging.file.path", "logging.path"), "LOG_FILE": ("logging.file.name", "logging.file"),
              "LOG_TEMP": (), "LOGGED_APPLICATION_NAME": ()}  # fmt: skip
    properties = {"user.dir": ".", "user.home": "~", "java.io.tmpdir": "/tmp"}
    return properties.get(name) or next((value for key in places.get(name, (name,)) if (value := setting(key))), None)


def _of_properties(folder: Project, path: str) -> Iterator[tuple[str, Evidence]]:
    """The files that `log4j.appender.file.File=logs/shop.log` and log4j2's `appender.file.fileName` name."""
    document = folder.parse(parse_properties, path)
    values: Named = document.value if document is not None else {}
    named = {key.removeprefix("property."): value for key, value in values.items()}
    for key, value in values.items():
        last = key.rpartition(".")[2]
        if key.startswith(("log4j.appender.", "appender.")) and last in ("File", "file", "fileName"):
            file = _resolved(value, named, lambda _: None)
            if file is not None:
                line = document.line(key) if document is not None else None
                yield file, folder.says(path, line, f"logs to {file}")


def folder_of_log(path: str) -> str:
    """The folder of a log file; `.` is the working directory."""
    return posixpath.dirname(path) or "."
