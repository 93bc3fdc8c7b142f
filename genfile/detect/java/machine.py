"""Settings of a developer's own machine in a project's files, and what the image uses instead."""

import itertools
import re
from collections.abc import Iterator

from genfile.detect.java.build import Build
from genfile.detect.java.documents import read_settings
from genfile.evidence import Draft, Evidence
from genfile.parsers.data import parse_properties

_FILE = "gradle.properties"
# The path of the JDK that runs Gradle itself; a build fails if nothing is there.
_HOME = "org.gradle.java.home"
# `C:/data`, `D:\\data`, `file:///C:/data`: on Linux an ordinary name below the working directory.
_WINDOWS = re.compile(r"(?:file:/{0,3})?[A-Za-z]:[\\/]\S")
MAX_TOLD = 3
MAX_DEPTH = 8


def machine_flags(build: Build) -> list[str]:
    """Arguments for the build tool that override settings of one machine; they take precedence over its files."""
    return [f'-D{_HOME}="$JAVA_HOME"'] if _named_home(build) is not None else []


def put_machine(build: Build, draft: Draft) -> None:
    """Note that such a setting is overridden, and warn of the program's own that point to a drive that no container
    has."""
    says = _named_home(build)
    if says is not None:
        text = f"{says}: a path of one machine, so the image's own JDK is given; move it to ~/.gradle/{_FILE}"
        draft.note("info", text, says.path, says.line)
    for key, told in itertools.islice(_windows_paths(build), MAX_TOLD):
        # The variable that Spring reads for a key.
        name = key.replace("-", "").replace(".", "_").upper()
        text = f"{told}: a path of a Windows machine: give {name} to the container, with a folder that it may write to"
        draft.note("warning", text, told.path, told.line)


def _windows_paths(build: Build) -> Iterator[tuple[str, Evidence]]:
    """The settings in the configuration that are such paths, each once, with evidence."""
    seen: set[str] = set()
    for name, document in read_settings(build.folder):
        for path, text in _texts(document.value, ()):
            key = ".".join(path)
            if key not in seen and re.fullmatch(r"[A-Za-z][\w.-]{0,80}", key) and _WINDOWS.match(text):
                seen.add(key)
                yield key, build.folder.says(name, document.line(*path), f"{key} is {text}")


def _texts(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict) and len(path) < MAX_DEPTH:
        for key, inner in value.items():
            yield from _texts(inner, (*path, str(key)))
    elif isinstance(value, str):
        yield path, value


def _named_home(build: Build) -> Evidence | None:
    known = build.root.parse(parse_properties, _FILE) if build.tool == "gradle" and build.root.has(_FILE) else None
    value = known.text(_HOME) if known is not None else None
    return build.root.says(_FILE, known.line(_HOME), f"{_HOME} is {value}") if known is not None and value else None
